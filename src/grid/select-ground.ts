// What pointers and keys select on: the grid's element, its layout, and where in the rows a point of the screen is.
import type { PhotoId } from '../schema/ids.ts';
import type { Layout } from './layout.ts';
import type { Frame } from './select-near.ts';
import type { Selection } from './selection.svelte.ts';

export interface Ground {
  element: HTMLElement;
  selection: Selection;
  layout: () => Layout;
  /** How much further the rows on the screen are than their place in the element: see `reach`. */
  ahead: () => number;
  /** The frame that is being drawn over the rows, in px of the rows; none any more. */
  onframe: (frame?: Frame) => void;
}

/** The corner of a tile, px, that is its check. */
const CHECK = 44;

export const tileOf = (target: EventTarget | null): HTMLElement | null =>
  target instanceof Element ? target.closest<HTMLElement>('[data-photo]') : null;

/** The index of the photo whose tile this is in; -1 for anything else. */
export function indexOf({ selection }: Ground, target: EventTarget | null): number {
  const photoId = tileOf(target)?.dataset['photo'] as PhotoId | undefined;
  return photoId === undefined ? -1 : selection.list.indexOf(photoId);
}

/** A photo that is somebody else's has none. */
export function isOnCheck(ground: Ground, { target, clientX, clientY }: MouseEvent): boolean {
  const tile = tileOf(target)?.getBoundingClientRect();
  if (!ground.selection.takes(indexOf(ground, target))) return false;
  return tile !== undefined && clientX - tile.left < CHECK && clientY - tile.top < CHECK;
}

/** A point of the screen as a point of the rows. */
export function placeOf({ element, ahead }: Ground, x: number, y: number): { x: number; y: number } {
  const { left, top } = element.getBoundingClientRect();
  return { x: x - left, y: y - top + ahead() };
}
