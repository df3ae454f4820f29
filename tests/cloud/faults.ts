// What a test says of S3's faults, and what it hears of the page's requests.
import type { Fault, Faults } from '../../infra/local/s3/faults.ts';

/** In the words of a person who watches: `put`, `begin`, `part 3`, `parts`, `complete`, `abort`, `look`. */
function wordFor({ method, url }: Parameters<Faults>[0]): string {
  const query = new URL(url ?? '', 'http://s3').searchParams;
  if (query.has('uploads')) return 'begin';
  if (query.has('partNumber')) return `part ${query.get('partNumber')}`;
  if (query.has('uploadId')) return { GET: 'parts', POST: 'complete', DELETE: 'abort' }[method ?? ''] ?? '?';
  if (query.has('list-type')) return 'look';
  return (method ?? '').toLowerCase();
}

/** Stands at the door of S3. */
export class Weather {
  /** What was asked for, in order. */
  heard: string[] = [];
  /** Decides on a request; `count` is 1 for the first of all. */
  fault: (word: string, count: number) => Fault | undefined = () => undefined;

  readonly faults: Faults = (request) => {
    if (request.method === 'OPTIONS') return undefined;
    const word = wordFor(request);
    this.heard.push(word);
    return this.fault(word, this.heard.length);
  };

  clear(): void {
    this.heard = [];
    this.fault = () => undefined;
  }
}

/** Each of these faults comes once in every `period` requests, by turns. */
export const everyNow =
  (period: number, faults: readonly Fault[]): Weather['fault'] =>
  (_word, count) =>
    faults.find((_fault, index) => (count + Math.floor((index * period) / faults.length)) % period === 0);
