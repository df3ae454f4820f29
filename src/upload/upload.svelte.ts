// One file on its way: what it is, how far it has come, what is wrong with it. There may be 50,000: each is cheap.
import type { CloudErrorCode } from '../cloud/error.ts';
import type { PhotoId, RandomId } from '../schema/ids.ts';
import { beyondMetadata, cleanName } from '../schema/original.ts';
import type { FailureCode } from '../schema/photo.ts';
import { fileAt, type Root } from './sources.ts';

/**
 * `waiting` -> `hashing` -> (`waiting` ->) `sending` -> `processing` -> `ready`. Or it ends as `duplicate` (it is here already), `restored`
 * (it was in the trash), `unshowable` (stored, but its row says that it is no picture we can show), `stored` (its row is long in
 * coming, and may come yet), `failed` (not stored), or `cancelled`. `needed` is from an earlier visit: its file must be given again.
 */
export type UploadState =
  | 'needed'
  | 'waiting'
  | 'hashing'
  | 'sending'
  | 'processing'
  | 'ready'
  | 'duplicate'
  | 'restored'
  | 'unshowable'
  | 'stored'
  | 'failed'
  | 'cancelled';

/** Whoever draws it is told so often: more is only flicker, and takes from the upload. */
export const TELL_MS = 250;

const SAFE: ReadonlySet<UploadState> = new Set(['ready', 'duplicate', 'restored']);
const PROBLEMS: ReadonlySet<UploadState> = new Set(['failed', 'unshowable']);
const OVER: ReadonlySet<UploadState> = new Set([...SAFE, ...PROBLEMS, 'stored', 'cancelled']);
/** Their bytes are none of this visit's work. */
const ASIDE: ReadonlySet<UploadState> = new Set(['needed', 'cancelled']);

/** Where a file's bytes come from. What is not read before its turn comes has only `open`. */
export interface Origin {
  readonly name: string;
  readonly size: number;
  readonly lastModified: number;
  /** Folder path without the file's name, `/` between parts; undefined for a file given by itself. */
  readonly path?: string | undefined;
  readonly file?: File | undefined;
  /** Fails with a DOMException when it cannot be read (any more). */
  readonly open?: (() => Promise<File>) | undefined;
  /** What it was dropped with, where the browser lets the page come back to that. */
  readonly root?: Root | undefined;
}

/** Is told of every change, so that nobody has to look through all of them. */
export interface Watcher {
  moved(upload: Upload, from: UploadState, by: Change): void;
  progressed(upload: Upload, bytes: number): void;
  /** Something about it is to be remembered that is nobody else's concern. */
  noted(upload: Upload): void;
}
/** By how much the bytes that there are, and those that are dealt with, have changed. */
export interface Change {
  bytes: number;
  dealt: number;
}

/** What is told with a new state; what is not told of problems is no longer so. */
export interface News {
  photoId?: PhotoId | undefined;
  /** Why it failed, in the person's words. */
  problem?: string | undefined;
  code?: CloudErrorCode | 'unreadable' | 'too-large' | undefined;
  failure?: FailureCode | undefined;
  video?: boolean | undefined;
}

export class Upload {
  /** As it is shown. */
  readonly name: string;
  readonly #watcher: Watcher;
  #origin: Origin;
  #opened: File | undefined;
  #size: number;
  #state: UploadState;
  #sent = 0;
  #photoId: PhotoId | undefined;
  #video: boolean;
  #news: News = {};
  #onsafe: (() => void)[] | undefined;
  /** The file that the photo id is of. */
  hashed: File | undefined;
  /** The upload in parts that has begun, so that it can go on. */
  begun: { photoId: PhotoId; uploadId: string } | undefined;
  /** What has been begun to be sent: should it be here after all, this upload has put it there. */
  tried: PhotoId | undefined;
  /** The albums it still has to be put into, once it is safe. */
  albums: readonly RandomId[] = [];
  /** What is known of it beyond its bytes, which is still to be told to its row. Whoever has said it understands it. */
  facts: object | undefined;
  /** Its path is longer than its original has room for, and is not kept elsewhere yet. */
  pathOpen = false;
  /** Nobody wants to hear of it any more. */
  forgotten = false;
  /** When it was last told how much has left. */
  #moment = 0;
  /** Two signals for all that changes: what moves often, and the rest. */
  #changes = $state(0);
  #moves = $state(0);

  constructor(origin: Origin, watcher: Watcher, state: UploadState = 'waiting', photoId?: PhotoId) {
    this.name = cleanName(origin.name);
    this.#origin = origin;
    this.#watcher = watcher;
    this.#size = origin.size;
    this.#state = state;
    this.#photoId = photoId;
    this.pathOpen = origin.path !== undefined && beyondMetadata(origin.path) !== undefined;
    this.#video = origin.file?.type.startsWith('video/') ?? false;
  }

  get origin(): Origin {
    return this.#origin;
  }
  get path(): string | undefined {
    return this.#origin.path;
  }
  get bytes(): number {
    void this.#changes;
    return this.#size;
  }
  /** Let go of once the photo is safe. */
  get file(): File | undefined {
    void this.#changes;
    return this.#opened ?? this.#origin.file;
  }
  get state(): UploadState {
    void this.#changes;
    return this.#state;
  }
  get photoId(): PhotoId | undefined {
    void this.#changes;
    return this.#photoId;
  }
  /** There is no picture of a video: by what the browser takes the file for, and in the end by its row. */
  get video(): boolean {
    void this.#changes;
    return this.#video;
  }
  /** Why it failed, or waits, in the person's words. */
  get problem(): string | undefined {
    void this.#changes;
    return this.#news.problem;
  }
  get code(): News['code'] {
    void this.#changes;
    return this.#news.code;
  }
  /** Why it cannot be shown, though it is stored. */
  get failure(): FailureCode | undefined {
    void this.#changes;
    return this.#news.failure;
  }
  /** Bytes that have left this device. */
  get sent(): number {
    void this.#moves;
    return this.#sent;
  }
  set sent(bytes: number) {
    const more = bytes - this.#sent;
    if (more === 0) return;
    this.#sent = bytes;
    // In step with all others: each on its own would have the page drawn anew with nearly every frame.
    const moment = Math.floor(performance.now() / TELL_MS);
    if (moment !== this.#moment) this.#moves++;
    this.#moment = moment;
    if (!OVER.has(this.#state) && !ASIDE.has(this.#state)) this.#watcher.progressed(this, more);
  }

  /** The original is where it belongs: its row has come back. */
  get safe(): boolean {
    return SAFE.has(this.state);
  }
  get over(): boolean {
    return OVER.has(this.state);
  }
  get problematic(): boolean {
    return PROBLEMS.has(this.state);
  }
  /** Whether its bytes are to be had. */
  get readable(): boolean {
    const { open, root } = this.#origin;
    return this.file !== undefined || open !== undefined || root !== undefined;
  }
  /** Of the bytes that there are, those that are dealt with. */
  get dealt(): number {
    return OVER.has(this.#state) ? this.#counted : Math.min(this.#sent, this.#counted);
  }
  get counted(): number {
    return this.#counted;
  }
  get #counted(): number {
    return ASIDE.has(this.#state) ? 0 : this.#size;
  }

  become(state: UploadState, { photoId = this.#photoId, video = this.#video, ...news }: News = {}): void {
    this.#change(() => {
      this.#state = state;
      this.#photoId = photoId;
      this.#video = video;
      this.#news = news;
      if (state === 'waiting' || state === 'failed' || state === 'cancelled') this.#sent = 0;
      if (state === 'processing') this.#sent = this.#size;
      if (SAFE.has(state) || state === 'unshowable') this.#letGo();
      // What can be opened again is not held for a try that may never come.
      else if (OVER.has(state) && !this.#origin.file) this.shut();
    });
  }

  /** Its bytes come from somewhere else now: the file was given again, or has changed. Nothing is known of them. */
  take(origin: Origin, state: UploadState = this.#state): void {
    this.#change(() => {
      this.#origin = origin;
      this.shut();
      this.#size = origin.size;
      this.#state = state;
      this.#news = {};
      this.#sent = 0;
      this.#photoId = undefined;
    });
  }

  /** The file, now that its turn has come. Fails with a DOMException where it cannot be read. */
  async open(): Promise<File> {
    const { file, open, root, path, name } = this.#origin;
    if (file) return file;
    if (!open && !root) throw new DOMException('The file must be given again.', 'NotFoundError');
    const opened = (this.#opened ??= await (open ? open() : root && fileAt(root, path, name)));
    if (!opened) throw new DOMException('The file is gone.', 'NotFoundError');
    if (opened.size !== this.#size) this.#change(() => (this.#size = opened.size));
    this.#video = opened.type.startsWith('video/');
    return opened;
  }

  /** Calls once it is safe, or at once if it is. */
  whenSafe(call: () => void): void {
    if (SAFE.has(this.#state)) call();
    else (this.#onsafe ??= []).push(call);
  }

  /** It is about to be sent. */
  begin(photoId: PhotoId): void {
    if (this.tried === photoId) return;
    this.tried = photoId;
    this.#watcher.noted(this);
  }

  /** It is to be put into an album once it is safe: that is remembered until `isIn` says that it was. */
  goInto(album: RandomId): void {
    if (this.albums.includes(album)) return;
    this.albums = [...this.albums, album];
    this.#watcher.noted(this);
  }

  isIn(album: RandomId): void {
    if (!this.albums.includes(album)) return;
    this.albums = this.albums.filter((one) => one !== album);
    this.#watcher.noted(this);
  }

  /** Something is known of it, which is told to its row once it is safe: that is remembered until `isTold`. */
  knows(facts: object): void {
    this.facts = facts;
    this.#watcher.noted(this);
  }

  isTold(): void {
    if (!this.facts) return;
    this.facts = undefined;
    this.#watcher.noted(this);
  }

  /** Its whole path is kept, or need not be. */
  pathKept(): void {
    if (!this.pathOpen) return;
    this.pathOpen = false;
    this.#watcher.noted(this);
  }

  /** Nothing of the file is held in memory that could be opened again. */
  shut(): void {
    this.#opened = undefined;
    this.hashed = undefined;
  }

  #letGo(): void {
    const { name, size, lastModified, path } = this.#origin;
    this.#origin = { name, size, lastModified, path };
    this.shut();
  }

  #change(work: () => void): void {
    const { dealt, counted } = this;
    const from = this.#state;
    work();
    this.#changes++;
    this.#moves++;
    this.#watcher.moved(this, from, { bytes: this.counted - counted, dealt: this.dealt - dealt });
    if (!this.#onsafe || !SAFE.has(this.#state)) return;
    const calls = this.#onsafe;
    this.#onsafe = undefined;
    for (const call of calls) call();
  }
}
