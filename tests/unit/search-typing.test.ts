// Typing into the search field: suggestions out of one's own library, and results that keep up with it while it is being indexed.
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { CHUNKS } from '../../src/library/chunk.ts';
import { Columns } from '../../src/library/columns.ts';
import { indexOfChunk } from '../../src/library/search-chunk.ts';
import type { Indexer } from '../../src/library/search-indexer.ts';
import { Search } from '../../src/library/search.svelte.ts';
import type { Photo } from '../../src/schema/photo.ts';
import { changed, columnsOf, photo } from './search-library.ts';

/** Makes indexes when it is told to. */
class Patient implements Indexer {
  readonly #waiting: (() => void)[] = [];
  closed = 0;
  fails = false;
  readonly letters: number[] = [];

  indexOf: Indexer['indexOf'] = (chunk, letter) =>
    new Promise((resolve, reject) => {
      this.letters.push(letter);
      this.#waiting.push(() => (this.fails ? reject(new Error('no worker')) : resolve(indexOfChunk(chunk))));
    });
  close(): void {
    this.closed++;
  }
  /** Lets it make one; resolves when what follows from it has happened. */
  async next(): Promise<void> {
    this.#waiting.shift()?.();
    await new Promise((done) => {
      setTimeout(done);
    });
  }
  async all(): Promise<void> {
    while (this.#waiting.length > 0) await this.next();
  }
}

const beaches = (count: number, more: Partial<Photo> = {}): Photo[] =>
  Array.from({ length: count }, () => photo({ caption: 'beach', ...more }));

const countOf = (search: Search, text: string): number => search.find(text).photos.length;

describe('searching', () => {
  test('begins before all is indexed, and ends with all of it', async () => {
    const indexer = new Patient();
    const search = new Search(indexer);
    search.follow(columnsOf(beaches(2000)));
    await expect.poll(() => indexer.letters).toEqual([0]);
    expect(search.progress).toBe(0);
    expect(countOf(search, 'beach')).toBe(0);
    await indexer.next();
    expect(search.progress).toBeCloseTo(1 / CHUNKS, 1);
    expect(search.find('beach').photos.length).toBeGreaterThan(80);
    await indexer.all();
    expect(search.progress).toBe(1);
    expect(search.find('beach').photos).toHaveLength(2000);
    expect(indexer.letters).toEqual([...Array(CHUNKS).keys()]);
    expect(indexer.closed).toBe(1);
  });

  test('a small library needs no index, and a new photo is found at once', async () => {
    const indexer = new Patient();
    const search = new Search(indexer);
    const columns = columnsOf(beaches(20));
    search.follow(columns);
    await expect.poll(() => countOf(search, 'beach')).toBe(20);
    const [one] = beaches(1, { caption: 'harbor' }) as [Photo];
    search.follow(changed(columns, [[one.photoId, one]]));
    await expect.poll(() => [...search.find('harbor').photos]).toEqual([one]);
    expect(indexer.letters).toEqual([]);
  });

  test('a photo that comes while an index is made is found at once too, and costs no index', async () => {
    const indexer = new Patient();
    const search = new Search(indexer);
    const columns = columnsOf(beaches(2000));
    search.follow(columns);
    await expect.poll(() => indexer.letters).toEqual([0]);
    await indexer.all();
    const [one] = beaches(1, { caption: 'harbor' }) as [Photo];
    search.follow(changed(columns, [[one.photoId, one]]));
    await expect.poll(() => [...search.find('harbor').photos]).toEqual([one]);
    expect(search.progress).toBe(1);
    expect(indexer.letters).toHaveLength(CHUNKS);
  });

  test('many that change are indexed again, and meanwhile all others stay found', async () => {
    const indexer = new Patient();
    const search = new Search(indexer);
    const all = beaches(8000);
    const columns = columnsOf(all);
    search.follow(columns);
    await expect.poll(() => indexer.letters).toEqual([0]);
    await indexer.all();
    search.follow(
      changed(
        columns,
        all.slice(0, 5000).map((one) => [one.photoId, { ...one, caption: 'beach and harbor' }]),
      ),
    );
    await expect.poll(() => countOf(search, 'harbor')).toBeGreaterThan(0);
    const early = countOf(search, 'beach');
    expect(early).toBeGreaterThan(3000);
    expect(early).toBeLessThan(8000);
    await indexer.all();
    expect(search.find('beach').photos).toHaveLength(8000);
    expect(search.find('harbor').photos).toHaveLength(5000);
  });

  test('without a worker it says so, finds what it can, and tries again', async () => {
    const indexer = new Patient();
    const search = new Search(indexer);
    const columns = columnsOf(beaches(2000, { favorite: true }));
    indexer.fails = true;
    search.follow(columns);
    await expect.poll(() => indexer.letters).toEqual([0]);
    await indexer.next();
    expect(search.failed).toBe(true);
    expect(search.find('beach').photos).toHaveLength(0);
    expect(search.find('is:favorite').photos).toHaveLength(2000);
    indexer.fails = false;
    search.follow(columns.again());
    await expect.poll(() => indexer.letters).toEqual([0, 0]);
    await indexer.all();
    expect(search.failed).toBe(false);
    expect(search.find('beach').photos).toHaveLength(2000);
  });

  test('at rest it lets go of the library, and takes it up again without a new index', async () => {
    const indexer = new Patient();
    const search = new Search(indexer);
    const columns = columnsOf(beaches(2000));
    search.follow(columns);
    await expect.poll(() => indexer.letters).toEqual([0]);
    await indexer.all();
    search.rest();
    expect(search.find('beach').photos).toHaveLength(0);
    search.follow(columns);
    await expect.poll(() => countOf(search, 'beach')).toBe(2000);
    expect(indexer.letters).toHaveLength(CHUNKS);
  });

  test('says how many of the results are archived', async () => {
    const search = new Search(new Patient());
    search.follow(columnsOf([...beaches(3), ...beaches(2, { archived: true })]));
    await expect.poll(() => countOf(search, 'beach')).toBe(5);
    expect(search.find('beach').archived).toBe(2);
    expect(search.find('beach -is:archived')).toMatchObject({ archived: 0 });
  });

  test('in an empty library finds nothing, and has nothing left to index', () => {
    const search = new Search(new Patient());
    search.follow(Columns.none);
    expect(search.progress).toBe(1);
    expect(search.find('beach').photos).toHaveLength(0);
  });
});

describe('suggestions', () => {
  const search = new Search(new Patient());
  search.follow(
    columnsOf([
      ...beaches(3, {
        place: { city: 'New York', region: 'New York', country: 'US' },
        camera: 'Apple iPhone 7',
      }),
      ...beaches(2, {
        place: { city: 'Kraków', country: 'PL' },
        tags: ['Holiday'],
        takenAt: '2019-12-24T10:00:00',
      }),
      photo({ place: { city: 'Yosemite', country: 'US' } }),
      photo({ caption: 'Bears in Yosemite', type: 'video/mp4', camera: 'Apple "X"' }),
      photo({ place: { city: 'Nowhere', country: 'XX' }, trashedAt: '2026-02-02T00:00:00.000Z' }),
    ]),
  );
  beforeAll(() => vi.waitUntil(() => search.progress === 1));
  const texts = (typed: string): string[] => search.suggest(typed).map(({ text }) => text);

  test.each([
    ['kra', ['place:"Kraków" ']],
    ['new yo', ['place:"New York" ']],
    ['is:favorite kra', ['is:favorite place:"Kraków" ']],
    ['-kra', ['-place:"Kraków" ']],
    ['dec', ['on:2019-12 ']],
    ['december 20', ['on:2019-12 ']],
    ['holi', ['tag:"Holiday" ']],
    // New York has it in its second word, and more photos.
    ['y', ['place:"Yosemite" ', 'place:"New York" ']],
    ['camera:', ['camera:"Apple iPhone 7" ', 'camera:"Apple  X " ']],
    ['camera:x', ['camera:"Apple  X " ']],
    ['vid', ['type:video ']],
    ['be', ['beach ', 'bears ']],
    ['is:fa', ['is:favorite ', 'is:failed ']],
    ['beach ', []],
    ['nowh', []],
    ['"kra', []],
    ['', []],
    ['20', ['on:2021-06 ', 'on:2019-12 ']],
  ])('for %s', (typed, wanted) => {
    expect(texts(typed)).toEqual(wanted);
  });

  test('find as many photos as they say', () => {
    for (const typed of ['a', 'n', 'k', 'p', 'h', 'd', 'j', 'v', 'camera:', 'type:', 'place:', 'tag:']) {
      for (const { text, count } of search.suggest(typed))
        expect([text, search.find(text).photos.length]).toEqual([text, count]);
    }
  });
});
