// What every form is given. One photo or ten thousand: it is the same form.
import type { Library } from '../library/library.svelte.ts';
import type { PhotoId } from '../schema/ids.ts';
import type { Notices } from '../ui/notices.svelte.ts';

export interface FormProps {
  photoIds: readonly PhotoId[];
  library: Library;
  notices: Notices;
  onclose: () => void;
}
