// The number on the installed app's icon, which several things would like to have.
import { beforeEach, expect, test, vi } from 'vitest';
import { Badge } from '../../src/ui/badge.ts';

let shown: number[];
const icon = {
  setAppBadge: async (count?: number) => void shown.push(count ?? -1),
  clearAppBadge: async () => void shown.push(0),
};
beforeEach(() => (shown = []));

test('photos on their way count before those of this day, which are there again afterwards', () => {
  const badge = new Badge(icon);
  badge.remembered(2);
  badge.uploading(3);
  badge.remembered(4);
  badge.uploading(1);
  badge.uploading(0);
  badge.remembered(0);
  expect(shown).toEqual([2, 3, 1, 4, 0]);
});

test('what an earlier visit has left on the icon is taken away, and nothing is told twice', () => {
  const badge = new Badge(icon);
  badge.uploading(0);
  badge.remembered(0);
  badge.uploading(5);
  badge.uploading(5);
  expect(shown).toEqual([0, 5]);
});

test('a browser without such a number, or that refuses it, is none the worse', async () => {
  const warned = vi.spyOn(console, 'warn').mockImplementation(() => {});
  new Badge({}).uploading(1);
  new Badge({ setAppBadge: () => Promise.reject(new DOMException('no')) }).uploading(1);
  await vi.waitFor(() => expect(warned).toHaveBeenCalledOnce());
});
