// A slideshow: its order, its pace, and what it does about photos that cannot be shown.
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { listOf } from '../../src/library/list.ts';
import type { PhotoId } from '../../src/schema/ids.ts';
import type { Photo } from '../../src/schema/photo.ts';
import { placeAfter, reelOf } from '../../src/viewer/reel.ts';
import { Slideshow } from '../../src/viewer/slideshow.svelte.ts';

test('shuffled, each photo comes once, and the one that is shown stays the first', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 200 }), fc.nat(), (length, n) => {
      const first = n % length;
      const reel = reelOf(length, { shuffled: true, first });
      expect(reel[0]).toBe(first);
      expect([...reel].toSorted((a, b) => a - b)).toEqual(Array.from({ length }, (_, i) => i));
    }),
  );
});

test('after the last comes the first only if it is repeated', () => {
  expect(placeAfter(1, 1, 3, false)).toBe(2);
  expect(placeAfter(2, 1, 3, false)).toBeUndefined();
  expect(placeAfter(0, -1, 3, false)).toBeUndefined();
  expect(placeAfter(2, 1, 3, true)).toBe(0);
  expect(placeAfter(0, -1, 3, true)).toBe(2);
  expect(placeAfter(0, 1, 0, true)).toBeUndefined();
});

const photo = (name: string, type = 'image/jpeg'): Photo =>
  ({ photoId: name as PhotoId, name, type, status: 'ready', takenAt: '2020-01-01T00:00:00' }) as Photo;

describe('under way', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  const source = {
    renditionUrl: (photoId: PhotoId, rendition: string) => Promise.resolve(`${photoId}/${rendition}`),
    anotherRenditionUrl: (url: string, photoId: PhotoId) =>
      Promise.resolve(photoId === 'elsewhere' ? 'by another way' : url),
    playUrl: ({ photoId }: Pick<Photo, 'photoId'>) => Promise.resolve(`${photoId}/video`),
  };
  /** Opens one whose pictures can be loaded but for some. */
  async function open(photos: readonly Photo[], { lacking = [] as string[], first = 0 } = {}) {
    const asked: string[] = [];
    const show = new Slideshow(listOf(photos), source, first, (url) => {
      asked.push(url);
      return Promise.resolve(!lacking.includes(url));
    });
    await vi.advanceTimersByTimeAsync(0);
    return { show, asked };
  }
  const seconds = (n: number) => vi.advanceTimersByTimeAsync(n * 1000);
  const three = ['a', 'b', 'c'].map((name) => photo(name));

  test('each photo is shown for its time, with the next one loaded before; at the end it stays', async () => {
    const { show, asked } = await open(three);
    expect(show.slide?.url).toBe('a/view');
    expect(asked).toEqual(['a/view', 'b/view']);
    await seconds(4.9);
    expect(show.slide?.url).toBe('a/view');
    await seconds(0.2);
    expect(show.slide?.url).toBe('b/view');
    await seconds(5);
    expect(show.slide?.url).toBe('c/view');
    await seconds(5);
    expect(show.slide?.url).toBe('c/view');
    expect(show.playing).toBe(false);
    show.close();
  });

  test('it pauses, goes on, follows the arrows, and begins anew when repeated', async () => {
    const { show } = await open(three);
    show.toggle();
    await seconds(60);
    expect(show.slide?.index).toBe(0);
    show.setPace(3);
    show.setLoop(true);
    show.go(-1);
    await seconds(0);
    expect(show.slide?.index).toBe(2);
    show.toggle();
    await seconds(3.1);
    expect(show.slide?.index).toBe(0);
    show.close();
    await seconds(60);
    expect(show.slide?.index).toBe(0);
  });

  test('what cannot be loaded is passed over; a thumbnail is better than nothing', async () => {
    const { show } = await open(three, { lacking: ['b/view', 'b/thumb', 'c/view'] });
    await seconds(5.1);
    expect(show.slide?.url).toBe('c/thumb');
    expect(show.nothing).toBe(false);
    show.close();
  });

  test('what can be had by another way only is shown by that', async () => {
    const { show, asked } = await open([photo('elsewhere')], {
      lacking: ['elsewhere/view', 'elsewhere/thumb'],
    });
    expect(show.slide?.url).toBe('by another way');
    expect(asked).toEqual(['elsewhere/view', 'elsewhere/thumb', 'by another way']);
    show.close();
  });

  test('only when nothing can be shown it says so, and it is tried again when asked', async () => {
    const lacking = three.flatMap(({ name }) => [`${name}/view`, `${name}/thumb`]);
    const { show } = await open(three, { lacking, first: 1 });
    await seconds(1);
    expect(show.slide).toBeUndefined();
    expect(show.nothing).toBe(true);
    lacking.length = 0;
    show.go(1);
    await seconds(0);
    expect(show.nothing).toBe(false);
    expect(show.slide?.url).toBe('c/view');
    show.close();
  });

  test('a video plays to its end, however long; one that cannot be played is passed over', async () => {
    const { show } = await open([
      photo('clip', 'video/mp4'),
      photo('a'),
      photo('bad', 'video/mp4'),
      photo('b'),
    ]);
    show.plays();
    await seconds(60);
    expect(show.slide?.url).toBe('clip/video');
    show.ended();
    await seconds(0);
    expect(show.slide?.url).toBe('a/view');
    await seconds(5);
    expect(show.slide?.url).toBe('bad/video');
    show.broken();
    await seconds(0);
    expect(show.slide?.url).toBe('b/view');
    show.close();
  });
});
