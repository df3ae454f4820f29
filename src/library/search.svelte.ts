// Searching the library: an index of each chunk, made by a worker when somebody is about to search, and what is typed looked up in them.
import type { Chunk } from './chunk.ts';
import { Columns } from './columns.ts';
import { ColumnList, type PhotoList } from './list.ts';
import { countOf } from './order.ts';
import { find, type Views } from './search-find.ts';
import { WorkerIndexer, type Indexer } from './search-indexer.ts';
import { parseQuery, type Query } from './search-query.ts';
import { ownWords, suggestionsFor, valuesIn, type Suggestion, type Value } from './search-suggest.ts';
import { indexedOf, isStale, seenIn, viewOf, type Indexed, type View } from './search-view.ts';
import { breather } from './slices.ts';

export interface Results {
  query: Query;
  photos: PhotoList;
  /** How many of them are archived. */
  archived: number;
  /** What was looked for instead, where nothing is spelled as it was typed. */
  corrected: string | undefined;
}

interface Shown {
  columns: Columns;
  views: Views;
}

export class Search {
  readonly #indexer: Indexer;
  readonly #indexed: (Indexed | undefined)[] = [];
  #wanted: Columns | undefined;
  #looking = false;
  #indexing = false;
  #closed = false;
  #searchers = 0;
  #shown = $state.raw<Shown>({ columns: Columns.none, views: [] });
  #failed = $state(false);
  readonly #values = $derived(valuesIn(this.#shown.views));

  constructor(indexer: Indexer = new WorkerIndexer()) {
    this.#indexer = indexer;
  }

  /** How much of the library can be found, from 0 to 1. */
  get progress(): number {
    const { columns, views } = this.#shown;
    const all = countOf(columns.chunks);
    return all === 0 ? 1 : views.reduce((sum, view) => sum + (view ? seenIn(view) : 0), 0) / all;
  }
  /** No index could be made: only flags and dates can be searched. Tried again when the library is followed again. */
  get failed(): boolean {
    return this.#failed;
  }
  /** Cameras, places, tags ... of the library, those of most photos first. */
  get values(): readonly Value[] {
    return this.#values;
  }

  find(text: string): Results {
    const { columns, views } = this.#shown;
    const query = parseQuery(text);
    const { references, archived, corrected } = find(columns, views, query);
    return { query, photos: ColumnList.pick(columns, references), archived, corrected };
  }

  suggest(text: string): Suggestion[] {
    const { views } = this.#shown;
    return suggestionsFor(parseQuery(text), this.#values, (prefix) => ownWords(views, prefix));
  }

  /** The library as it now is: call it whenever that changes, for as long as somebody searches. */
  follow(columns: Columns): void {
    this.#wanted = columns;
    void this.#look();
  }

  /** Somebody searches, until the function given is called. */
  join(): () => void {
    this.#searchers++;
    return () => {
      if (--this.#searchers === 0) this.rest();
    };
  }

  /** Nobody searches for now: what is indexed stays, the library as it was is let go of. */
  rest(): void {
    this.#wanted = undefined;
    this.#shown = { columns: Columns.none, views: [] };
    this.#indexer.close();
  }

  close(): void {
    this.#closed = true;
    this.rest();
    this.#indexed.length = 0;
  }

  /** Lays what is indexed over the library as it is wanted; without a pause when little has changed. */
  async #look(): Promise<void> {
    if (this.#looking) return;
    this.#looking = true;
    let before: Views = [];
    while (this.#wanted && this.#wanted !== this.#shown.columns) {
      const columns = this.#wanted;
      before = this.#shown.views;
      const views: (View | undefined)[] = [];
      const breath = breather();
      for (const [letter, chunk] of columns.chunks.entries()) {
        views.push(chunk && this.#viewOf(chunk, letter, before));
        const rest = breath();
        if (rest) await rest;
      }
      if (this.#wanted) this.#shown = { columns, views };
    }
    this.#looking = false;
    await this.#index();
  }

  #viewOf(chunk: Chunk, letter: number, before: Views): View {
    const known = before[letter];
    const indexed = this.#indexed[letter];
    return known?.chunk === chunk && known.indexed === indexed ? known : viewOf(chunk, indexed);
  }

  /** Makes an index of each chunk that has none, or one that too many photos have changed since. */
  async #index(): Promise<void> {
    if (this.#indexing) return;
    this.#indexing = true;
    try {
      for (let next = this.#stale(); next; next = this.#stale()) {
        const { letter, chunk } = next;
        const index = await this.#indexer.indexOf(chunk, letter);
        if (this.#closed) return;
        this.#indexed[letter] = indexedOf(chunk, index);
        const { columns, views } = this.#shown;
        const now = columns.chunks[letter];
        if (now) this.#shown = { columns, views: views.with(letter, this.#viewOf(now, letter, [])) };
      }
      this.#failed = false;
    } catch (error) {
      console.error(error);
      this.#failed = true;
    } finally {
      this.#indexing = false;
      this.#indexer.close();
    }
  }

  #stale(): { letter: number; chunk: Chunk } | undefined {
    const { views } = this.#shown;
    const letter = views.findIndex((view) => view && isStale(view) && view.chunk.plain.rest);
    const chunk = views[letter]?.chunk.plain;
    return chunk && { letter, chunk };
  }
}
