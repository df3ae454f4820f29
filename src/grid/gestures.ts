// Larger and smaller photos by two fingers, by the wheel with Ctrl, and by a touchpad's pinch, which browsers tell of as just that.

/** Fingers this much further apart, or nearer, make one step. */
const PINCH = 1.3;
/** One notch of a wheel is a step; of a touchpad's many small moves it takes some. */
const WHEEL_PX = 40;
const WHEEL_PAUSE_MS = 180;

/** `onstep`: 1 for larger, -1 for smaller, around a point of the screen. */
export function listenForDensity(
  element: HTMLElement,
  onstep: (step: 1 | -1, x: number, y: number) => void,
): () => void {
  const ended = new AbortController();
  const { signal } = ended;
  let apart = 0;
  let wheel = 0;
  let stepped = 0;

  const fingers = ({ touches }: TouchEvent) => {
    const [a, b] = touches;
    if (!a || !b || touches.length !== 2) return undefined;
    return {
      apart: Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY),
      x: (a.clientX + b.clientX) / 2,
      y: (a.clientY + b.clientY) / 2,
    };
  };
  element.addEventListener('touchstart', (event) => (apart = fingers(event)?.apart ?? 0), {
    signal,
    passive: true,
  });
  element.addEventListener(
    'touchmove',
    (event) => {
      const two = fingers(event);
      if (!two || apart === 0) return;
      const ratio = two.apart / apart;
      if (ratio < PINCH && ratio > 1 / PINCH) return;
      apart = two.apart;
      onstep(ratio > 1 ? 1 : -1, two.x, two.y);
    },
    { signal, passive: true },
  );
  element.addEventListener(
    'wheel',
    (event) => {
      if (!event.ctrlKey && !event.metaKey) return;
      // Not the page's zoom, which is for everywhere else.
      event.preventDefault();
      if (event.timeStamp - stepped < WHEEL_PAUSE_MS) return;
      if (Math.sign(event.deltaY) !== Math.sign(wheel)) wheel = 0;
      wheel += event.deltaY;
      if (Math.abs(wheel) < WHEEL_PX) return;
      stepped = event.timeStamp;
      onstep(wheel < 0 ? 1 : -1, event.clientX, event.clientY);
      wheel = 0;
    },
    { signal, passive: false },
  );
  return () => ended.abort();
}
