// Starts the page of a link: a page of its own, so that somebody who has never heard of Shoebox loads what shows the photos, and no more.
import { mount } from 'svelte';
import { readTheme, showTheme } from '../ui/theme.ts';
import LinkPage from './LinkPage.svelte';
import { Link } from './link.svelte.ts';

showTheme(readTheme());
const link = new Link();
const target = document.querySelector('#app');
if (target) mount(LinkPage, { target, props: { link } });
void link.open();
// Another link pasted over this one.
addEventListener('hashchange', () => void link.open());
