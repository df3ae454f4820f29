// Starts the page of a link: a page of its own, so that somebody who has never heard of Shoebox loads what shows the photos, and no more.
import { mount } from 'svelte';
import { readTheme, showTheme } from '../ui/theme.ts';
import LinkPage from './LinkPage.svelte';
import { Link } from './link.svelte.ts';

showTheme(readTheme());
const link = new Link();
// Asked for first: the page is made while the answers are on their way.
void link.open();
const target = document.querySelector('#app');
if (target) mount(LinkPage, { target, props: { link } });
// Another link pasted over this one.
addEventListener('hashchange', () => void link.open());
