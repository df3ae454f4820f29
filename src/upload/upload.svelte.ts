// One file on its way: what it is, how far it has come, what is wrong with it.
import type { PhotoId } from '../schema/ids.ts';
import { cleanName } from '../schema/original.ts';
import type { FailureCode } from '../schema/photo.ts';

/**
 * `waiting` -> `hashing` -> `sending` -> `processing` -> `ready`. Or it ends as `duplicate` (it is here already), `restored`
 * (it was in the trash), `unshowable` (stored, but its row says that it is no picture we can show), `stored` (its row is long in
 * coming, and may come yet) or `failed` (not stored).
 */
export type UploadState =
  | 'waiting'
  | 'hashing'
  | 'sending'
  | 'processing'
  | 'ready'
  | 'duplicate'
  | 'restored'
  | 'unshowable'
  | 'stored'
  | 'failed';

export class Upload {
  readonly name: string;
  readonly path: string | undefined;
  readonly bytes: number;
  /** Let go of once the photo is safe. */
  file: File | undefined;
  state = $state<UploadState>('waiting');
  /** Bytes that have left this device. */
  sent = $state(0);
  photoId = $state<PhotoId>();
  /** There is no picture of a video: by what the browser takes the file for, and in the end by its row. */
  video = $state(false);
  /** Why it failed, in the person's words. */
  problem = $state<string>();
  /** Why it cannot be shown, though it is stored. */
  failure = $state<FailureCode>();

  constructor(name: string, path?: string, file?: File) {
    this.name = cleanName(name);
    this.path = path;
    this.file = file;
    this.bytes = file?.size ?? 0;
    this.video = file?.type.startsWith('video/') ?? false;
  }

  /** The original is where it belongs: its row has come back. */
  get safe(): boolean {
    return this.state === 'ready' || this.state === 'duplicate' || this.state === 'restored';
  }

  get over(): boolean {
    return this.safe || this.problematic || this.state === 'stored';
  }

  get problematic(): boolean {
    return this.state === 'failed' || this.state === 'unshowable';
  }
}
