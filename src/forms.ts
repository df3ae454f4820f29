// What can be edited of many photos at once, each in a form of its own: entries of the menu over a selection.
import type { Form } from './selection/actions.ts';

export const FORMS: readonly Form[] = [];
