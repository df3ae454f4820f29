// What the app was started with: files opened with it wait to be asked about, and what came to nothing is said.
import 'fake-indexeddb/auto';
import { beforeEach, expect, test, vi } from 'vitest';
import { takeHanded } from '../../src/launched.ts';
import { forget, waiting } from '../../src/upload/received.ts';
import { Locks } from './fake-browser.ts';

type Take = (launch: { files?: readonly object[] }) => void;

let launch: Take;
let said: string[];
beforeEach(async () => {
  said = [];
  vi.stubGlobal('navigator', { locks: new Locks() });
  vi.stubGlobal('launchQueue', { setConsumer: (take: Take) => (launch = take) });
  vi.stubGlobal('performance', { getEntriesByType: () => [{ type: 'navigate' }] });
  await forget(() => true);
});

/** The page, opened at an address. */
function opened(received?: string) {
  const app = {
    hand: vi.fn<() => void>(),
    route: { parameter: () => received, reset: vi.fn<(path: string) => void>() },
    notices: { say: (text: string) => void said.push(text) },
  };
  takeHanded(app as unknown as Parameters<typeof takeHanded>[0]);
  return app;
}

const handle = (name: string, kind = 'file'): object => ({ kind, name });
const names = async (): Promise<string[]> => (await waiting()).map(({ name }) => name);

test('files that were opened with the app wait to be asked about; folders and empty starts do not', async () => {
  const app = opened();
  launch({});
  launch({ files: [handle('Summer', 'directory')] });
  launch({ files: [handle('a.jpg'), handle('b.dng')] });
  await expect.poll(() => app.hand.mock.calls.length).toBe(1);
  expect(await names()).toEqual(['a.jpg', 'b.dng']);
  expect(said).toEqual([]);
});

test('what a browser hands over once more at a reload is not asked about again; what is opened later is', async () => {
  vi.stubGlobal('performance', { getEntriesByType: () => [{ type: 'reload' }] });
  const app = opened();
  launch({ files: [handle('before.jpg')] });
  launch({ files: [handle('later.jpg')] });
  await expect.poll(() => app.hand.mock.calls.length).toBe(1);
  expect(await names()).toEqual(['later.jpg']);
});

test('when there is no room, or a share was broken, that is said and the address is the page’s again', async () => {
  opened('full');
  const { route } = opened('broken');
  opened('anything else');
  expect(said).toEqual([
    expect.stringContaining('There is no room on this device'),
    expect.stringContaining('could not be read'),
  ]);
  expect(route.reset).toHaveBeenCalledWith('/');
  const app = opened();
  launch({ files: Array.from({ length: 1001 }, (_, i) => handle(`${i}.jpg`)) });
  await expect.poll(() => said).toHaveLength(3);
  expect(app.hand).not.toHaveBeenCalled();
  expect(await names()).toEqual([]);
});

test('a browser without such starts is none the worse', () => {
  vi.stubGlobal('launchQueue', undefined);
  expect(() => opened()).not.toThrow();
});
