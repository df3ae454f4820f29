// The pages of the library: where each is found, and what shows it. All but the timeline are fetched when they are opened.
import type { IconName } from './ui/icons.ts';
import { OWNERS_GROUP } from './schema/groups.ts';
import { words } from './ui/words/photos.ts';

export interface Page {
  path: string;
  label: string;
  icon: IconName;
  /** Whether it is in the bar of a phone, which has room for four; the others are in the menu of the person there. */
  inBar?: true;
  /** The group whose people it is for: only they find it, and only in the menu of the person. */
  only?: string;
  /** A component that takes `PageProps` and gives `PageExports`; undefined for the timeline, which is there from the start. */
  load?: () => Promise<{ default: unknown }>;
}

export const TIMELINE: Page = { path: '/', label: words.nav.photos, icon: 'photos', inBar: true };

export const PAGES: readonly Page[] = [
  TIMELINE,
  {
    path: '/search',
    label: words.nav.search,
    icon: 'search',
    inBar: true,
    load: () => import('./search/Search.svelte'),
  },
  {
    path: '/albums',
    label: words.nav.albums,
    icon: 'album',
    inBar: true,
    load: () => import('./albums/Albums.svelte'),
  },
  {
    path: '/shared',
    label: words.nav.shared,
    icon: 'shared',
    inBar: true,
    load: () => import('./share/Shared.svelte'),
  },
  {
    path: '/favorites',
    label: words.nav.favorites,
    icon: 'heart',
    load: () => import('./timeline/Favorites.svelte'),
  },
  {
    path: '/places',
    label: words.nav.places,
    icon: 'place',
    load: () => import('./places/Places.svelte'),
  },
  {
    path: '/on-this-day',
    label: words.nav.onThisDay,
    icon: 'calendar',
    load: () => import('./timeline/OnThisDay.svelte'),
  },
  {
    path: '/recent',
    label: words.nav.recent,
    icon: 'recent',
    load: () => import('./timeline/Recent.svelte'),
  },
  {
    path: '/friends',
    label: words.nav.friends,
    icon: 'people',
    load: () => import('./friends/Friends.svelte'),
  },
  {
    path: '/links',
    label: words.nav.links,
    icon: 'link',
    load: () => import('./links/Links.svelte'),
  },
  {
    path: '/archive',
    label: words.nav.archive,
    icon: 'archive',
    load: () => import('./timeline/Archive.svelte'),
  },
  {
    path: '/trash',
    label: words.nav.trash,
    icon: 'trash',
    load: () => import('./timeline/Trash.svelte'),
  },
  {
    path: '/settings',
    label: words.nav.settings,
    icon: 'settings',
    load: () => import('./settings/Settings.svelte'),
  },
  {
    path: '/people',
    label: words.nav.people,
    icon: 'person',
    only: OWNERS_GROUP,
    load: () => import('./people/People.svelte'),
  },
];

/** Those of everybody. */
export const RAIL: readonly Page[] = PAGES.filter(({ only }) => !only);
