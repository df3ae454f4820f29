// A request's way through XMLHttpRequest: what moves, what stands still, what breaks off.
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { STANDSTILL_MS, UploadHandler } from '../../src/cloud/upload-handler.ts';

/** An XMLHttpRequest that the test is the network of. */
class TestXhr extends EventTarget {
  static readonly LOADING = 3;
  static readonly DONE = 4;
  static made: TestXhr[] = [];
  readonly upload = new EventTarget();
  readonly responseType = '';
  readonly responseText = '';
  readyState = 0;
  status = 0;
  constructor() {
    super();
    TestXhr.made.push(this);
  }
  open(): void {}
  setRequestHeader(): void {}
  send(): void {}
  getAllResponseHeaders = (): string => '';
  abort(): void {
    this.answer(0);
  }
  answer(status: number): void {
    this.status = status;
    this.readyState = TestXhr.DONE;
    this.dispatchEvent(new Event('readystatechange'));
  }
  sent(loaded: number): void {
    this.upload.dispatchEvent(Object.assign(new Event('progress'), { loaded }));
  }
  received(): void {
    this.dispatchEvent(Object.assign(new Event('progress'), { loaded: 1 }));
  }
}

type Request = Parameters<UploadHandler['handle']>[0];

function send(handler: UploadHandler, body: Blob, abortSignal?: AbortSignal) {
  const address = { protocol: 'http:', hostname: 'localhost', path: '/', headers: {}, query: {} };
  const answer = handler.handle({ ...address, method: 'PUT', body } as unknown as Request, { abortSignal });
  const how = answer.then(
    ({ response }) => String(response.statusCode),
    (error: Error) => error.name,
  );
  const xhr = TestXhr.made.at(-1);
  if (!xhr) throw new Error('nothing was sent');
  return { xhr, how };
}

let handler: UploadHandler;
const body = new Blob(['a photo']);
const ALMOST = STANDSTILL_MS - 1;

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('XMLHttpRequest', TestXhr);
  handler = new UploadHandler();
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test('a request in which nothing moves for a minute is given up', async () => {
  const { how } = send(handler, body);
  await vi.advanceTimersByTimeAsync(STANDSTILL_MS);
  expect(await how).toBe('TimeoutError');
});

test('one that moves, however slowly, is not: neither while it is sent nor while its answer comes', async () => {
  const sent: number[] = [];
  handler.watch(body, { onProgress: (bytes) => sent.push(bytes) });
  const { xhr, how } = send(handler, body);
  for (const bytes of [1, 2, 3]) {
    await vi.advanceTimersByTimeAsync(ALMOST);
    xhr.sent(bytes);
  }
  for (let times = 0; times < 3; times++) {
    await vi.advanceTimersByTimeAsync(ALMOST);
    xhr.received();
  }
  await vi.advanceTimersByTimeAsync(ALMOST);
  xhr.answer(200);
  expect(await how).toBe('200');
  expect(sent).toEqual([1, 2, 3]);
  // Nothing is left that would wake up for it later.
  expect(vi.getTimerCount()).toBe(0);
});

test('one that stops half way is given up a minute after its last byte', async () => {
  const { xhr, how } = send(handler, body);
  await vi.advanceTimersByTimeAsync(ALMOST);
  xhr.sent(3);
  await vi.advanceTimersByTimeAsync(STANDSTILL_MS);
  expect(await how).toBe('TimeoutError');
});

test('a connection that breaks is no answer', async () => {
  const { xhr, how } = send(handler, body);
  xhr.answer(0);
  expect(await how).toBe('TypeError');
});

test('giving up is told as giving up, not as a broken connection', async () => {
  const stop = new AbortController();
  const { how } = send(handler, body, stop.signal);
  stop.abort();
  expect(await how).toBe('AbortError');
  // Before it began.
  expect(await send(handler, body, stop.signal).how).toBe('AbortError');
});

test('whoever watches is told when S3 asks to slow down, and only then', async () => {
  const told = vi.fn<() => void>();
  handler.watch(body, { onThrottled: told });
  for (const status of [200, 403, 412, 500]) send(handler, body).xhr.answer(status);
  send(handler, new Blob(['another'])).xhr.answer(503);
  expect(told).not.toHaveBeenCalled();
  for (const status of [503, 429]) {
    const { xhr, how } = send(handler, body);
    xhr.answer(status);
    expect(await how).toBe(String(status));
  }
  expect(told).toHaveBeenCalledTimes(2);
});
