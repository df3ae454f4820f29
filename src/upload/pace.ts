// How many files are sent at once: more while that brings more bytes through, fewer when the cloud asks for patience. Pure.
import { PARTS_FROM } from '../cloud/parts.ts';

/** S3 speaks HTTP/1.1 to browsers: six connections for each host. */
const MOST = 6;
const FIRST = 4;
/** How long a number is tried before it is judged. */
const TRY_MS = 3000;
/** One more has to bring so much more, or it is not worth it. */
const WORTH = 1.08;
/** So long a number that has proved right is kept. */
const REST_MS = 30_000;
/** Each request costs time of its own: small files count as if they were larger. */
const REQUEST_BYTES = 64 * 1024;
/** How many places a file takes: of one in parts, two go at once. */
export const placesOf = (bytes: number): number => (bytes >= PARTS_FROM ? 2 : 1);

export class Pace {
  #limit = FIRST;
  #since: number | undefined;
  #work = 0;
  /** Work per millisecond with one fewer, while one more is tried. */
  #before: number | undefined;
  #restUntil = 0;

  get limit(): number {
    return this.#limit;
  }

  /** Whether a file may set out while others take so many places. Alone, any may. */
  room(taken: number, places: number): boolean {
    return taken === 0 || taken + places <= this.#limit;
  }

  /** Bytes that have left. */
  sent(bytes: number, now: number): void {
    this.#add(bytes, now);
  }

  /** A file has arrived. `waiting` says whether there was another one to take its place: else nothing can be learned. */
  arrived(now: number, waiting: boolean): void {
    this.#add(REQUEST_BYTES, now);
    if (!waiting) this.#since = undefined;
    else this.#judge(now);
  }

  /** The cloud asks for patience. */
  throttled(now: number): void {
    this.#limit = Math.max(1, Math.floor(this.#limit / 2));
    this.#rest(now);
  }

  #add(work: number, now: number): void {
    if (this.#since === undefined) {
      this.#since = now;
      this.#work = 0;
    }
    this.#work += work;
  }

  #judge(now: number): void {
    if (this.#since === undefined || now - this.#since < TRY_MS) return;
    const rate = this.#work / (now - this.#since);
    this.#since = undefined;
    if (now < this.#restUntil) return;
    if (this.#before !== undefined && rate < this.#before * WORTH) {
      this.#limit = Math.max(1, this.#limit - 1);
      this.#rest(now);
    } else if (this.#limit < MOST) {
      this.#before = rate;
      this.#limit++;
    } else this.#rest(now);
  }

  #rest(now: number): void {
    this.#before = undefined;
    this.#since = undefined;
    this.#restUntil = now + REST_MS;
  }
}
