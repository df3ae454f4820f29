// What the map shows and how it gets there: dragged, thrown, zoomed, or flown to a place.
import { between, clamped, panned, zoomed, type Size, type View } from './mercator.ts';

const FLIGHT_MS = 320;
const STEP_MS = 160;
/** Of its speed, a map that was thrown keeps this much per millisecond. */
const SLOWING = 0.994;
/** Px per millisecond, at which it stops. */
const STILL = 0.02;
/** How long it has to stay where it is to count as at rest. */
const REST_MS = 150;

const ease = (part: number): number => 1 - (1 - part) ** 3;

export class MapView {
  #view = $state.raw<View>({ x: 0.5, y: 0.4, zoom: 1 });
  #size = $state.raw<Size>({ width: 0, height: 0 });
  #frame = 0;
  /** Where a flight is bound, so that steps in quick succession add up. */
  #bound: View | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #onrest: (view: View) => void;

  /** `onrest` is told when it has come to rest after being moved by hand, key or button. */
  constructor(onrest: (view: View) => void) {
    this.#onrest = onrest;
  }

  get view(): View {
    return this.#view;
  }
  get size(): Size {
    return this.#size;
  }

  /** The middle stays where it is. */
  resize(size: Size): void {
    this.#size = size;
    this.#view = clamped(this.#view, size);
  }

  /** At once, and without telling. */
  jump(view: View): void {
    this.stop();
    clearTimeout(this.#timer);
    this.#view = clamped(view, this.#size);
  }

  pan(dx: number, dy: number): void {
    this.stop();
    this.#move(panned(this.#view, dx, dy));
  }

  /** By so many doublings; what is `dx`, `dy` px from the middle stays where it is. */
  zoomBy(doublings: number, dx = 0, dy = 0): void {
    this.stop();
    this.#move(zoomed(this.#view, this.#size, this.#view.zoom + doublings, dx, dy));
  }

  /** The same, smoothly; steps that follow each other add up. */
  step(doublings: number, dx = 0, dy = 0): void {
    const from = this.#bound ?? this.#view;
    this.#fly(zoomed(from, this.#size, Math.round((from.zoom + doublings) * 2) / 2, dx, dy), STEP_MS);
  }

  stride(dx: number, dy: number): void {
    this.#fly(panned(this.#bound ?? this.#view, dx, dy), STEP_MS);
  }

  flyTo(view: View): void {
    this.#fly(view, FLIGHT_MS);
  }

  #fly(view: View, milliseconds: number): void {
    this.stop();
    const from = this.#view;
    const to = clamped(view, this.#size);
    if (matchMedia('(prefers-reduced-motion: reduce)').matches) {
      this.#move(to);
      return;
    }
    this.#bound = to;
    const begun = performance.now();
    const draw = (now: number): void => {
      const part = Math.min(1, Math.max(0, (now - begun) / milliseconds));
      this.#move(part < 1 ? between(from, to, ease(part)) : to);
      if (part < 1) this.#frame = requestAnimationFrame(draw);
      else this.#bound = undefined;
    };
    this.#frame = requestAnimationFrame(draw);
  }

  /** Lets it glide on at this speed, px per millisecond. */
  throw(vx: number, vy: number): void {
    this.stop();
    if (matchMedia('(prefers-reduced-motion: reduce)').matches) return;
    let last = performance.now();
    let [x, y] = [vx, vy];
    const draw = (now: number): void => {
      const passed = Math.max(0, now - last);
      last = now;
      this.#move(panned(this.#view, x * passed, y * passed));
      const kept = SLOWING ** passed;
      x *= kept;
      y *= kept;
      if (Math.hypot(x, y) > STILL) this.#frame = requestAnimationFrame(draw);
    };
    this.#frame = requestAnimationFrame(draw);
  }

  /** Stays where it is. */
  stop(): void {
    cancelAnimationFrame(this.#frame);
    this.#bound = undefined;
  }

  close(): void {
    this.stop();
    clearTimeout(this.#timer);
  }

  #move(view: View): void {
    this.#view = clamped(view, this.#size);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#onrest(this.#view), REST_MS);
  }
}
