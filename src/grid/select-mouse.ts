// Selecting by mouse: a click on the check or with a key held down, a drag from a check over the photos, a frame drawn from empty space.
import { EdgeScroll } from './select-scroll.ts';
import { photoNear, photosIn } from './select-near.ts';
import { indexOf, isOnCheck, placeOf, tileOf, type Ground } from './select-ground.ts';

/** Px that a hand moves without meaning to drag. */
const SLACK = 5;

interface Press {
  x: number;
  y: number;
  /** The point of the rows where it began. */
  place: { x: number; y: number };
  /** Of the photo whose check was pressed; -1 for empty space. */
  index: number;
  moved: boolean;
}

/** Listens until the signal. */
export function selectByMouse(ground: Ground, signal: AbortSignal): void {
  const { element, selection, layout, onframe } = ground;
  let press: Press | undefined;
  let at = { x: 0, y: 0 };
  /** The click that ends a drag is none. */
  let swallowed = false;
  /** The photo under the pointer, for the range that is shown while shift is held. */
  let hovered = -1;

  const drag = (): void => {
    if (!press?.moved) return;
    const to = placeOf(ground, at.x, at.y);
    if (press.index >= 0) return selection.draw(photoNear(layout(), to.x, to.y));
    const { place } = press;
    const frame = {
      left: Math.min(place.x, to.x),
      right: Math.max(place.x, to.x),
      top: Math.min(place.y, to.y),
      bottom: Math.max(place.y, to.y),
    };
    onframe(frame);
    selection.frame(photosIn(layout(), frame));
  };
  const edge = new EdgeScroll(drag);

  const begin = (event: PointerEvent): void => {
    swallowed = false;
    if (event.pointerType !== 'mouse' || event.button !== 0 || event.shiftKey) return;
    const target = event.target as HTMLElement;
    const tile = tileOf(target);
    if (tile ? !isOnCheck(ground, event) : target.closest('button, a, input, label')) return;
    const { clientX: x, clientY: y } = event;
    press = { x, y, place: placeOf(ground, x, y), index: indexOf(ground, tile), moved: false };
  };

  const move = (event: PointerEvent): void => {
    at = { x: event.clientX, y: event.clientY };
    if (!press) return;
    if (!press.moved) {
      if (Math.hypot(at.x - press.x, at.y - press.y) < SLACK) return;
      press.moved = true;
      if (press.index >= 0) selection.begin(press.index, !selection.has(press.index));
      else selection.beginFrame();
    }
    edge.at(at.y);
    drag();
  };

  const end = (): void => {
    if (!press) return;
    swallowed = press.moved;
    press = undefined;
    edge.stop();
    onframe();
    selection.drawn();
  };

  const click = (event: MouseEvent): void => {
    if (swallowed) {
      swallowed = false;
      event.stopPropagation();
      return;
    }
    const index = indexOf(ground, event.target);
    if (index < 0) return;
    const mouse = (event as PointerEvent).pointerType !== 'touch' && event.detail > 0;
    const meant = event.ctrlKey || event.metaKey || (mouse && isOnCheck(ground, event));
    if (event.shiftKey) selection.extend(index);
    else if (meant || selection.count > 0) selection.toggle(index);
    else return;
    // The tile's own click opens the photo.
    event.stopPropagation();
  };

  const hover = (event: PointerEvent): void => {
    hovered = event.pointerType === 'mouse' ? indexOf(ground, event.target) : -1;
    selection.show(event.shiftKey && hovered >= 0 ? hovered : undefined);
  };
  const shift = (event: KeyboardEvent): void => {
    if (event.key !== 'Shift') return;
    selection.show(event.type === 'keydown' && hovered >= 0 ? hovered : undefined);
  };

  element.addEventListener('pointerdown', begin, { signal });
  element.addEventListener('pointerover', hover, { signal });
  element.addEventListener('pointerleave', hover, { signal });
  element.addEventListener('click', click, { capture: true, signal });
  addEventListener('pointermove', move, { signal });
  addEventListener('pointerup', end, { signal });
  addEventListener('pointercancel', end, { signal });
  addEventListener('keydown', shift, { signal });
  addEventListener('keyup', shift, { signal });
  signal.addEventListener('abort', () => {
    end();
    selection.show();
  });
}
