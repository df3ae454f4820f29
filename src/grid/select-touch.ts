// Selecting by finger: a long press selects, and dragged on from there it draws a range, scrolling at the edges of the screen.
import { EdgeScroll } from './select-scroll.ts';
import { photoNear } from './select-near.ts';
import { indexOf, placeOf, type Ground } from './select-ground.ts';

const LONG_MS = 450;
/** Px that a finger moves without meaning to scroll. */
const SLACK = 10;

/** Listens until the signal. */
export function selectByTouch(ground: Ground, signal: AbortSignal): void {
  const { element, selection, layout } = ground;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let from = { x: 0, y: 0 };
  let at = from;
  let dragging = false;
  /** Lifting the finger after a long press is no click. */
  let swallowed = false;

  const drag = (): void => {
    const to = placeOf(ground, at.x, at.y);
    selection.draw(photoNear(layout(), to.x, to.y));
  };
  const edge = new EdgeScroll(drag);

  const press = (event: PointerEvent): void => {
    if (event.pointerType === 'mouse') return;
    swallowed = false;
    clearTimeout(timer);
    // A second finger is a pinch.
    if (!event.isPrimary) return end();
    const index = indexOf(ground, event.target);
    if (index < 0) return;
    from = at = { x: event.clientX, y: event.clientY };
    timer = setTimeout(() => {
      dragging = true;
      swallowed = true;
      navigator.vibrate?.(10);
      selection.begin(index, !selection.has(index));
    }, LONG_MS);
  };

  const move = (event: PointerEvent): void => {
    if (event.pointerType === 'mouse' || !event.isPrimary) return;
    at = { x: event.clientX, y: event.clientY };
    if (!dragging) {
      if (Math.hypot(at.x - from.x, at.y - from.y) > SLACK) clearTimeout(timer);
      return;
    }
    edge.at(at.y);
    drag();
  };

  const end = (): void => {
    clearTimeout(timer);
    edge.stop();
    if (dragging) selection.drawn();
    dragging = false;
  };

  /** While a range is drawn the finger does not scroll. */
  const hold = (event: Event): void => {
    if (dragging && event.cancelable) event.preventDefault();
  };
  /** The tile under the finger may leave the document while the page scrolls; it then still is the one that is told. */
  const holdOn = ({ target }: Event): void =>
    target?.addEventListener('touchmove', hold, { passive: false, signal });

  element.addEventListener('pointerdown', press, { signal });
  addEventListener('pointermove', move, { signal });
  addEventListener('pointerup', end, { signal });
  addEventListener('pointercancel', end, { signal });
  element.addEventListener('touchstart', holdOn, { passive: true, signal });
  element.addEventListener('touchmove', hold, { passive: false, signal });
  element.addEventListener(
    'contextmenu',
    (event) => {
      // What a long press brings up otherwise.
      if ((event as PointerEvent).pointerType === 'touch' || swallowed) event.preventDefault();
    },
    { signal },
  );
  element.addEventListener(
    'click',
    (event) => {
      if (swallowed) event.stopImmediatePropagation();
      swallowed = false;
    },
    { capture: true, signal },
  );
  signal.addEventListener('abort', end);
}
