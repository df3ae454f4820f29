// A test video that really plays: recorded by Chromium of a drawing. Those of video-builders.ts have no frame to be shown.
import type { Page } from '@playwright/test';
import {
  ALL_FORMATS,
  BufferSource,
  BufferTarget,
  Conversion,
  Input,
  Output,
  WebMOutputFormat,
} from 'mediabunny';

export const VIDEO_SIZE = { width: 320, height: 180 } as const;

/** Records about so many seconds of WebM (VP8) in real time. A recording has no length and no index: both are added. */
export async function recordVideo(page: Page, seconds: number): Promise<Buffer> {
  const recorded = await page.evaluate(
    async ({ width, height, seconds: length }) => {
      const canvas = document.createElement('canvas');
      Object.assign(canvas, { width, height });
      const pen = canvas.getContext('2d');
      if (!pen) throw new Error('There is no canvas to draw on.');
      const recorder = new MediaRecorder(canvas.captureStream(25), { mimeType: 'video/webm;codecs=vp8' });
      const parts: Blob[] = [];
      recorder.addEventListener('dataavailable', (event) => parts.push(event.data));
      const stopped = new Promise((resolve) => {
        recorder.addEventListener('stop', resolve);
      });
      recorder.start();
      const begun = performance.now();
      for (let now = begun; now < begun + length * 1000;) {
        const share = (now - begun) / (length * 1000);
        pen.fillStyle = `hsl(${Math.round(360 * share)} 60% 50%)`;
        pen.fillRect(0, 0, width, height);
        pen.fillStyle = '#fff';
        pen.fillRect(width * share, height / 3, width / 8, height / 3);
        now = await new Promise((resolve) => {
          requestAnimationFrame(resolve);
        });
      }
      recorder.stop();
      await stopped;
      const bytes = new Uint8Array(await new Blob(parts).arrayBuffer());
      return Array.from(bytes);
    },
    { ...VIDEO_SIZE, seconds },
  );
  const target = new BufferTarget();
  const conversion = await Conversion.init({
    input: new Input({ source: new BufferSource(Uint8Array.from(recorded)), formats: ALL_FORMATS }),
    output: new Output({ format: new WebMOutputFormat(), target }),
  });
  await conversion.execute();
  if (!target.buffer) throw new Error('The recording could not be written as a file.');
  return Buffer.from(target.buffer);
}
