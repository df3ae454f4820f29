// Small pictures of files that are being uploaded: nice to have, and never in the way of the upload.
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { previewOf } from '../../src/upload/preview.ts';

const DECODING_MS = 100;
let decoded: string[];

beforeEach(() => {
  vi.useFakeTimers();
  decoded = [];
  vi.stubGlobal('createImageBitmap', async (file: File) => {
    decoded.push(file.name);
    await new Promise((resolve) => setTimeout(resolve, DECODING_MS));
    if (file.name === 'broken.jpg') throw new DOMException('no picture', 'InvalidStateError');
    return { width: 8, height: 8, close: () => {} };
  });
  vi.stubGlobal(
    'OffscreenCanvas',
    class {
      getContext = () => ({ drawImage: () => {} });
      convertToBlob = async () => new Blob(['small']);
    },
  );
});
afterEach(async () => {
  // What is still resting is over for the next test.
  await vi.runAllTimersAsync();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const file = (name: string) => new File([name], name);
const wanted = new AbortController().signal;

test('between two previews the upload has nine times as long for itself, also after a file that is no picture', async () => {
  void previewOf(file('broken.jpg'), wanted);
  void previewOf(file('b.jpg'), wanted);
  void previewOf(file('c.jpg'), wanted);
  await vi.advanceTimersByTimeAsync(0);
  expect(decoded).toEqual(['broken.jpg']);
  await vi.advanceTimersByTimeAsync(10 * DECODING_MS - 1);
  expect(decoded).toEqual(['broken.jpg']);
  await vi.advanceTimersByTimeAsync(1);
  expect(decoded).toEqual(['broken.jpg', 'b.jpg']);
  await vi.advanceTimersByTimeAsync(10 * DECODING_MS);
  expect(decoded).toEqual(['broken.jpg', 'b.jpg', 'c.jpg']);
});

test('a preview is there as soon as it is made, and one that nobody wants any more costs nothing', async () => {
  const gone = new AbortController();
  const first = previewOf(file('a.jpg'), wanted);
  const second = previewOf(file('gone.jpg'), gone.signal);
  const third = previewOf(file('c.jpg'), wanted);
  gone.abort();
  await vi.advanceTimersByTimeAsync(DECODING_MS);
  expect(await first).toMatch(/^blob:/);
  await vi.advanceTimersByTimeAsync(10 * DECODING_MS);
  expect(await second).toBeUndefined();
  expect(await third).toMatch(/^blob:/);
  expect(decoded).toEqual(['a.jpg', 'c.jpg']);
});
