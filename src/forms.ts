// What can be edited of many photos at once, each in a form of its own: entries of the menu over a selection.
import type { Form } from './selection/actions.ts';
import { words as trash } from './ui/words/trash.ts';

export const FORMS: readonly Form[] = [
  {
    label: trash.deleteNow,
    icon: 'trash',
    offered: ({ count, trashed }) => trashed === count,
    load: () => import('./timeline/DeleteNow.svelte'),
  },
];
