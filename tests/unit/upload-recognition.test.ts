// Files that are given again find the place that waits for them, and no other.
import { expect, test } from 'vitest';
import { Recognition } from '../../src/upload/recognition.ts';
import { Upload, type Origin, type UploadState } from '../../src/upload/upload.svelte.ts';

const watcher = { moved: () => {}, progressed: () => {}, noted: () => {} };
const origin = (name: string, more: Partial<Origin> = {}): Origin => ({
  name,
  size: 100,
  lastModified: 5,
  ...more,
});
const waiting = (from: Origin, state: UploadState = 'needed'): Upload => new Upload(from, watcher, state);

function recognizing(needed: readonly Upload[], lost: readonly Upload[] = []): Recognition {
  const recognition = new Recognition();
  for (const upload of needed) recognition.needs(upload);
  for (const upload of lost) recognition.lost(upload);
  return recognition;
}

test('a file of the same name, folder, size and date takes its place, once', () => {
  const one = waiting(origin('a.jpg', { path: 'Summer' }));
  const recognition = recognizing([one]);
  const again = origin('a.jpg', { path: 'Summer' });
  expect(recognition.find(again)).toBe(one);
  one.take(again, 'waiting');
  expect(recognition.find(again)).toBeUndefined();
});

test('a file of another size or date is another file', () => {
  const recognition = recognizing([waiting(origin('a.jpg', { path: 'Summer' }))]);
  expect(recognition.find(origin('a.jpg', { path: 'Summer', size: 101 }))).toBeUndefined();
  expect(recognition.find(origin('a.jpg', { path: 'Summer', lastModified: 6 }))).toBeUndefined();
  expect(recognition.find(origin('b.jpg', { path: 'Summer' }))).toBeUndefined();
});

test('names with every hostile character are not mistaken for folders or other files', () => {
  const tricky = ['a","b', 'a/b', '__proto__', 'constructor', '\u0000', '[]', 'ünï\u202e.jpg'];
  const uploads = tricky.map((name) => waiting(origin(name, { path: name })));
  const recognition = recognizing(uploads);
  for (const [i, name] of tricky.entries())
    expect(recognition.find(origin(name, { path: name }))).toBe(uploads[i]);
  expect(recognition.find(origin('b', { path: 'a","a' }))).toBeUndefined();
});

test('the folder may be dropped from further up or down, unless two files could be meant', () => {
  const one = waiting(origin('a.jpg', { path: 'Photos/Summer' }));
  const twins = ['Photos/A', 'Photos/B'].map((path) => waiting(origin('twin.jpg', { path })));
  const recognition = recognizing([one, ...twins]);
  expect(recognition.find(origin('a.jpg', { path: 'Summer' }))).toBe(one);
  expect(recognition.find(origin('twin.jpg', { path: 'A' }))).toBeUndefined();
  expect(recognition.find(origin('twin.jpg', { path: 'Photos/B' }))).toBe(twins[1]);
});

test('a file that changed on the disk takes the place of the one that could not be read any more', () => {
  const gone = waiting(origin('a.jpg', { path: 'Summer' }), 'failed');
  const recognition = recognizing([], [gone]);
  expect(recognition.find(origin('a.jpg', { path: 'Winter', size: 7 }))).toBeUndefined();
  expect(recognition.find(origin('a.jpg', { path: 'Summer', size: 7 }))).toBe(gone);
});
