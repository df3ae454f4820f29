// Selecting by keyboard: x or ctrl+space one photo, shift and arrows a range, ctrl+A all, Escape none.
import { indexOf, type Ground } from './select-ground.ts';

/** Keys that the grid walks by; with shift they take the photos between along. */
const WALKS = new Set(['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown', 'Home', 'End']);

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || /^(?:INPUT|TEXTAREA|SELECT)$/.test(target.tagName));

/** Listens until the signal. */
export function selectByKeys(ground: Ground, signal: AbortSignal): void {
  const { element, selection } = ground;
  /** Shift and an arrow were pressed: the photo that gets the focus now is the range's other end. */
  let extending = false;

  const onTile = (event: KeyboardEvent): void => {
    const index = indexOf(ground, event.target);
    if (index < 0) return;
    const { key, shiftKey, ctrlKey, metaKey, altKey } = event;
    const plain = !ctrlKey && !metaKey && !altKey;
    if ((key === ' ' && (ctrlKey || metaKey)) || (key.toLowerCase() === 'x' && plain)) {
      event.preventDefault();
      event.stopPropagation();
      if (!event.repeat) selection.toggle(index);
    } else if (shiftKey && plain && WALKS.has(key)) {
      if (!selection.drawing) selection.begin(index, true);
      extending = true;
    } else if (WALKS.has(key)) {
      extending = false;
      selection.drawn();
    }
  };

  const onPage = (event: KeyboardEvent): void => {
    // The viewer is open, or a dialog.
    if (element.closest('[inert]') || document.querySelector('dialog[open]')) return;
    if (event.defaultPrevented || isTyping(event.target)) return;
    const all = event.key.toLowerCase() === 'a' && (event.ctrlKey || event.metaKey);
    if (all && !event.shiftKey && !event.altKey) {
      event.preventDefault();
      selection.all();
    } else if (event.key === 'Escape') selection.clear();
  };

  const focused = (event: FocusEvent): void => {
    const index = indexOf(ground, event.target);
    if (extending && index >= 0) selection.draw(index);
  };
  const released = (event: KeyboardEvent): void => {
    // Else the button under the focus would be pressed by it.
    if (event.key === ' ' && event.ctrlKey) event.preventDefault();
  };

  element.addEventListener('keydown', onTile, { capture: true, signal });
  element.addEventListener('keyup', released, { signal });
  element.addEventListener('focusin', focused, { signal });
  addEventListener('keydown', onPage, { signal });
}
