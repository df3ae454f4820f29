// Hands on the map: dragging, throwing, two fingers, the wheel, a double click and the keyboard.
import type { MapView } from './map-view.svelte.ts';

/** Less than this is a click, px. */
const SLACK = 5;
/** What counts for the speed at which it is let go, ms. */
const RECENT_MS = 80;
const WHEEL = 1 / 300;
/** Two fingers on a touchpad come as a wheel with the control key, in small steps. */
const PINCH_WHEEL = 1 / 70;
const STRIDE = 120;
/** Doublings per key or button. */
export const STEP = 1;

interface Touch {
  x: number;
  y: number;
}

export function handle(element: HTMLElement, map: MapView): () => void {
  const touches = new Map<number, Touch>();
  let trail: (Touch & { at: number })[] = [];
  let travelled = 0;
  let dragged = false;
  const controller = new AbortController();
  const { signal } = controller;

  const middle = (): Touch => {
    const { left, top, width, height } = element.getBoundingClientRect();
    return { x: left + width / 2, y: top + height / 2 };
  };

  element.addEventListener(
    'pointerdown',
    (event) => {
      if (event.button !== 0 || (event.target as Element).closest('[data-still]')) return;
      map.stop();
      touches.set(event.pointerId, { x: event.clientX, y: event.clientY });
      trail = [];
      if (touches.size === 1) {
        travelled = 0;
        dragged = false;
      }
    },
    { signal },
  );

  element.addEventListener(
    'pointermove',
    (event) => {
      const before = touches.get(event.pointerId);
      if (!before) return;
      const now = { x: event.clientX, y: event.clientY };
      travelled += Math.hypot(now.x - before.x, now.y - before.y);
      const [first, second] = [...touches.values()];
      const others = first && second ? (before === first ? second : first) : undefined;
      touches.set(event.pointerId, now);
      if (!dragged && travelled < SLACK && !others) return;
      if (!dragged) element.setPointerCapture(event.pointerId);
      dragged = true;
      if (others) {
        const at = middle();
        const spread = Math.hypot(now.x - others.x, now.y - others.y);
        const spreadBefore = Math.hypot(before.x - others.x, before.y - others.y);
        map.pan((now.x - before.x) / 2, (now.y - before.y) / 2);
        if (spread > 0 && spreadBefore > 0)
          map.zoomBy(
            Math.log2(spread / spreadBefore),
            (now.x + others.x) / 2 - at.x,
            (now.y + others.y) / 2 - at.y,
          );
        return;
      }
      map.pan(now.x - before.x, now.y - before.y);
      trail = [
        ...trail.filter(({ at }) => event.timeStamp - at < RECENT_MS),
        { ...now, at: event.timeStamp },
      ];
    },
    { signal },
  );

  const lift = (event: PointerEvent): void => {
    if (!touches.delete(event.pointerId) || touches.size > 0) return;
    const recent = trail.filter(({ at }) => event.timeStamp - at < RECENT_MS);
    const [first] = recent;
    const last = recent.at(-1);
    if (!first || !last || last.at - first.at < 10) return;
    map.throw((last.x - first.x) / (last.at - first.at), (last.y - first.y) / (last.at - first.at));
  };
  element.addEventListener('pointerup', lift, { signal });
  element.addEventListener('pointercancel', lift, { signal });

  // Whoever has dragged the map by one of its photos did not mean to open that.
  element.addEventListener(
    'click',
    (event) => {
      if (!dragged || event.detail === 0) return;
      event.stopPropagation();
      event.preventDefault();
      dragged = false;
    },
    { signal, capture: true },
  );

  element.addEventListener(
    'wheel',
    (event) => {
      event.preventDefault();
      const at = middle();
      const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1;
      const amount = -event.deltaY * lines * (event.ctrlKey ? PINCH_WHEEL : WHEEL);
      map.zoomBy(Math.max(-1, Math.min(1, amount)), event.clientX - at.x, event.clientY - at.y);
    },
    { signal, passive: false },
  );

  element.addEventListener(
    'dblclick',
    (event) => {
      if ((event.target as Element).closest('button')) return;
      const at = middle();
      map.step(STEP, event.clientX - at.x, event.clientY - at.y);
    },
    { signal },
  );

  const keys: Record<string, () => void> = {
    ArrowLeft: () => map.stride(STRIDE, 0),
    ArrowRight: () => map.stride(-STRIDE, 0),
    ArrowUp: () => map.stride(0, STRIDE),
    ArrowDown: () => map.stride(0, -STRIDE),
    '+': () => map.step(STEP),
    '=': () => map.step(STEP),
    '-': () => map.step(-STEP),
  };
  element.addEventListener(
    'keydown',
    (event) => {
      const run = keys[event.key];
      if (!run || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      run();
    },
    { signal },
  );

  return () => controller.abort();
}
