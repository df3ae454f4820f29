// Which photos of the page are selected: one byte for each photo of its list, so that a range of a hundred thousand is one fill. Follows
// the list through sync and edits: photos that leave it leave the selection.
import { carried } from '../library/carry.ts';
import { listOf, type PhotoList } from '../library/list.ts';
import type { PhotoId } from '../schema/ids.ts';

/** A run of neighbors in the list: the first index, and one past the last. */
export type Run = readonly [from: number, end: number];

/** How much of something is selected. */
export type Share = 'none' | 'some' | 'all';

export class Selection {
  #list: PhotoList = listOf([]);
  #marks = new Uint8Array();
  /** While a range is being drawn: the marks as they were before, where it begins, and whether it selects. */
  #drawing: { marks: Uint8Array; from: number; on: boolean } | undefined;
  /** Where the next range begins. */
  #anchor: PhotoId | undefined;
  #count = $state(0);
  /** Grows with every change: the marks themselves are too many to be watched. */
  #changes = $state(0);
  #preview = $state.raw<Run>();
  /** Grows whenever somebody tries to select nothing but what is somebody else's. */
  #refused = $state(0);

  constructor(list: PhotoList) {
    this.follow(list);
  }

  get count(): number {
    return this.#count;
  }
  get list(): PhotoList {
    return this.#list;
  }
  /** Grows with every change. */
  get changes(): number {
    return this.#changes;
  }
  /** How many could be selected. */
  get most(): number {
    const { length, theirs } = this.#list;
    return theirs ? length - theirs.reduce((sum, one) => sum + one, 0) : length;
  }
  get refused(): number {
    return this.#refused;
  }
  /** Whether a range is being drawn, by pointer or keys. */
  get drawing(): boolean {
    return this.#drawing !== undefined;
  }

  /** Whether it can be selected: it is one's own. */
  takes(index: number): boolean {
    return this.#list.theirs?.[index] !== 1;
  }

  takesAny([from, end]: Run): boolean {
    void this.#changes;
    for (let i = from; i < end; i++) if (this.takes(i)) return true;
    return false;
  }

  has(index: number): boolean {
    void this.#changes;
    return this.#marks[index] === 1;
  }

  /** Whether it would be selected, were the range taken that is being shown. */
  isAhead(index: number): boolean {
    const run = this.#preview;
    return run !== undefined && index >= run[0] && index < run[1] && this.takes(index);
  }

  share([from, end]: Run): Share {
    void this.#changes;
    let begin = from;
    while (begin < end && !this.takes(begin)) begin++;
    const first = this.#marks[begin] === 1;
    for (let i = begin + 1; i < end; i++)
      if ((this.#marks[i] === 1) !== first && this.takes(i)) return 'some';
    return first && begin < end ? 'all' : 'none';
  }

  toggle(index: number): void {
    this.set([index, index + 1], !this.has(index));
    this.#anchor = this.#list.idAt(index);
  }

  set(run: Run, on: boolean): void {
    this.#drawing = undefined;
    if (on) this.#heed(run);
    this.#fill([run], on);
  }

  /** Nothing in the run can be selected: that is noted, for whoever says so. */
  #heed(run: Run): void {
    if (run[0] < run[1] && !this.takesAny(run)) this.#refused++;
  }

  #fill(runs: readonly Run[], on: boolean): void {
    for (const [from, end] of runs) this.#marks.fill(on ? 1 : 0, from, end);
    const { theirs } = this.#list;
    if (theirs) for (let i = 0; i < theirs.length; i++) if (theirs[i] === 1) this.#marks[i] = 0;
    let count = 0;
    for (let i = 0; i < this.#marks.length; i++) count += this.#marks[i] as number;
    this.#count = count;
    this.#changes++;
  }

  all(): void {
    this.set([0, this.#list.length], true);
  }

  clear(): void {
    this.#preview = undefined;
    this.#anchor = undefined;
    this.set([0, this.#list.length], false);
  }

  /** The range from where one was last up to here is selected as well. */
  extend(index: number): void {
    this.set(this.#upTo(index), true);
    this.#anchor = this.#list.idAt(index);
    this.#preview = undefined;
  }

  /** Shows what `extend` would select; nothing without an index, or without a place to begin at. */
  show(index?: number): void {
    this.#preview = index === undefined || this.#anchor === undefined ? undefined : this.#upTo(index);
  }

  #upTo(index: number): Run {
    const anchor = this.#anchor === undefined ? -1 : this.#list.indexOf(this.#anchor);
    return runOf(anchor < 0 ? index : anchor, index);
  }

  /** Begins a range that grows and shrinks with `draw`, until `drawn`. */
  begin(from: number, on: boolean): void {
    this.#drawing = { marks: this.#marks.slice(), from, on };
    this.#preview = undefined;
    if (on) this.#heed([from, from + 1]);
    this.draw(from);
  }

  /** The range now ends here. */
  draw(index: number): void {
    const drawing = this.#drawing;
    if (!drawing || index < 0 || index >= this.#list.length) return;
    this.#marks.set(drawing.marks);
    this.#fill([runOf(drawing.from, index)], drawing.on);
    this.#anchor = this.#list.idAt(index);
  }

  /** Begins a frame: the photos that the last one touches are selected, besides those that are already. */
  beginFrame(): void {
    this.#drawing = { marks: this.#marks.slice(), from: 0, on: true };
  }

  frame(runs: readonly Run[]): void {
    if (!this.#drawing) return;
    this.#marks.set(this.#drawing.marks);
    this.#fill(runs, true);
  }

  drawn(): void {
    this.#drawing = undefined;
  }

  /** The list has become another. */
  follow(list: PhotoList): void {
    if (list === this.#list) return;
    this.#marks = this.#count > 0 ? carried(this.#marks, this.#list, list) : new Uint8Array(list.length);
    this.#list = list;
    this.#drawing = undefined;
    this.#preview = undefined;
    this.#fill([], true);
  }

  /** The selected photos, in the order of the list. */
  *indexes(): Generator<number> {
    const marks = this.#marks;
    for (let i = marks.indexOf(1); i >= 0; i = marks.indexOf(1, i + 1)) yield i;
  }

  ids(): PhotoId[] {
    return Array.from(this.indexes(), (index) => this.#list.idAt(index)).filter((id) => id !== undefined);
  }
}

const runOf = (a: number, b: number): Run => (a < b ? [a, b + 1] : [b, a + 1]);
