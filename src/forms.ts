// What can be edited of many photos at once, each in a form of its own: entries of the menu over a selection.
import type { Form } from './selection/actions.ts';
import { albumHere } from './albums/here.ts';
import { words as albums } from './ui/words/albums.ts';
import { words } from './ui/words/editing.ts';
import { words as links } from './ui/words/links.ts';
import { words as sharing } from './ui/words/sharing.ts';
import { words as trash } from './ui/words/trash.ts';

const { entries } = words;

/** Forms of what the owner may say about a photo, which also the viewer opens. */
export const EDITS = {
  album: {
    label: albums.add.entry,
    icon: 'album',
    inBar: true,
    offered: ({ count, trashed }) => trashed < count,
    load: () => import('./albums/AddForm.svelte'),
  },
  caption: { label: entries.caption, icon: 'caption', load: () => import('./editing/CaptionForm.svelte') },
  tags: { label: entries.tags, icon: 'tag', load: () => import('./editing/TagsForm.svelte') },
  date: { label: entries.date, icon: 'calendar', load: () => import('./editing/DateForm.svelte') },
  place: { label: entries.place, icon: 'place', load: () => import('./editing/PlaceForm.svelte') },
} as const satisfies Record<string, Form>;

export const FORMS: readonly Form[] = [
  {
    label: sharing.entry,
    icon: 'share',
    offered: ({ trashed }) => trashed === 0,
    load: () => import('./share/ShareForm.svelte'),
  },
  {
    label: links.entry,
    icon: 'link',
    offered: ({ count, trashed }) => trashed < count,
    load: () => import('./links/LinkDialog.svelte'),
  },
  {
    label: sharing.add.entry,
    icon: 'shared',
    offered: ({ trashed }) => trashed === 0,
    load: () => import('./share/AddForm.svelte'),
  },
  ...Object.values(EDITS),
  {
    label: albums.cover.entry,
    icon: 'photos',
    offered: ({ count }) => count === 1 && albumHere() !== undefined,
    load: () => import('./albums/CoverForm.svelte'),
  },
  {
    label: albums.take.entry,
    icon: 'minus',
    offered: () => albumHere() !== undefined,
    load: () => import('./albums/TakeForm.svelte'),
  },
  {
    label: trash.deleteNow,
    icon: 'trash',
    offered: ({ count, trashed }) => trashed === count,
    load: () => import('./timeline/DeleteNow.svelte'),
  },
];
