// Keeps a list right below the line it belongs to, or above where there is more room; on top of everything, moving nothing.
import type { Attachment } from 'svelte/attachments';

const GAP = 4;
const TALLEST = 240;

/** For an element with `popover="manual"`. */
export const below =
  (anchor: () => HTMLElement | undefined): Attachment<HTMLElement> =>
  (list) => {
    const place = (): void => {
      const rect = anchor()?.getBoundingClientRect();
      if (!rect) return;
      const under = innerHeight - rect.bottom - 2 * GAP;
      const over = rect.top - 2 * GAP;
      const up = under < TALLEST && over > under;
      list.style.left = `${rect.left}px`;
      list.style.width = `${rect.width}px`;
      list.style.maxHeight = `${Math.min(TALLEST, up ? over : under)}px`;
      list.style.top = up ? 'auto' : `${rect.bottom + GAP}px`;
      list.style.bottom = up ? `${innerHeight - rect.top + GAP}px` : 'auto';
    };
    list.showPopover();
    place();
    const ends = new AbortController();
    const { signal } = ends;
    addEventListener('scroll', place, { capture: true, passive: true, signal });
    addEventListener('resize', place, { signal });
    return () => ends.abort();
  };
