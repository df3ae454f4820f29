// The items of a HEIF file: which there are, which is the photo, and what belongs to it. (ISO/IEC 14496-12, 8.11, and 23008-12, 6 and 9)
import type { Source } from '../source.ts';
import { boxesOf, childrenOf, contentOf, findBox, topBoxes, type Box } from './isobmff.ts';

export interface Items {
  /** The id of the photo; undefined for a file that is only a sequence. */
  primary?: number;
  /** Four characters by item: `hvc1`, `av01`, `grid`, `tmap`, ... */
  types: ReadonlyMap<number, string>;
  /** `dimg`: made of these; `auxl`: belongs to these. */
  references: readonly Reference[];
  /** What auxiliary items say they are, as a URN, by item. */
  auxiliary: ReadonlyMap<number, string>;
}

interface Reference {
  type: string;
  from: number;
  to: readonly number[];
}

/** Honest files have some hundred items: the tiles of a grid. */
const MAX_ITEMS = 10_000;
const MAX_URN = 200;

/** Undefined for a file without items. What cannot be followed is left out. */
export async function itemsOf(source: Source): Promise<Items | undefined> {
  const meta = (await topBoxes(source)).find(({ type }) => type === 'meta');
  if (!meta) return undefined;
  const boxes = await childrenOf(source, meta, 4);
  const content = async (path: string): Promise<Reader> => {
    const box = await findBox(source, boxes, path);
    return new Reader(box ? await contentOf(source, box) : Buffer.alloc(0));
  };
  return {
    primary: primaryOf(await content('pitm')),
    types: await typesOf(source, boxes),
    references: await referencesOf(source, boxes),
    auxiliary: await auxiliaryOf(source, boxes, await content('iprp ipma')),
  };
}

/** Whether the photo's colors have been multiplied with its opacity. */
export const isPremultiplied = ({ primary, references }: Items): boolean =>
  references.some(({ type, from }) => type === 'prem' && from === primary);

/** Numbers one after another; 0 beyond the end. */
class Reader {
  readonly bytes: Buffer;
  #at = 0;
  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }

  get ended(): boolean {
    return this.#at >= this.bytes.length;
  }

  number(size: 1 | 2 | 4): number {
    this.#at += size;
    return this.#at <= this.bytes.length ? this.bytes.readUIntBE(this.#at - size, size) : 0;
  }

  text(length: number): string {
    this.#at += length;
    return this.bytes.toString('latin1', this.#at - length, this.#at);
  }

  /** Version and flags, which begin every full box. */
  full(): { version: number; flags: number } {
    const word = this.number(4);
    return { version: word >>> 24, flags: word & 0xff_ffff };
  }
}

function primaryOf(pitm: Reader): number | undefined {
  const { version } = pitm.full();
  return pitm.number(version === 0 ? 2 : 4) || undefined;
}

async function typesOf(source: Source, boxes: readonly Box[]): Promise<Map<number, string>> {
  const types = new Map<number, string>();
  const iinf = await findBox(source, boxes, 'iinf');
  if (!iinf) return types;
  const { version } = new Reader(await contentOf(source, iinf)).full();
  for (const entry of await childrenOf(source, iinf, version === 0 ? 6 : 8)) {
    const infe = new Reader(await contentOf(source, entry));
    const { version: entryVersion } = infe.full();
    if (entry.type !== 'infe' || entryVersion < 2) continue;
    const id = infe.number(entryVersion === 2 ? 2 : 4);
    infe.number(2);
    types.set(id, infe.text(4));
  }
  return types;
}

async function referencesOf(source: Source, boxes: readonly Box[]): Promise<Reference[]> {
  const references: Reference[] = [];
  const iref = await findBox(source, boxes, 'iref');
  if (!iref) return references;
  const { version } = new Reader(await contentOf(source, iref)).full();
  const size = version === 0 ? 2 : 4;
  for (const box of await childrenOf(source, iref, 4)) {
    const reader = new Reader(await contentOf(source, box));
    const from = reader.number(size);
    const count = Math.min(reader.number(2), MAX_ITEMS);
    const to = Array.from({ length: count }, () => reader.number(size));
    references.push({ type: box.type, from, to });
  }
  return references;
}

async function auxiliaryOf(
  source: Source,
  boxes: readonly Box[],
  ipma: Reader,
): Promise<Map<number, string>> {
  const auxiliary = new Map<number, string>();
  const ipco = await findBox(source, boxes, 'iprp ipco');
  if (!ipco) return auxiliary;
  const properties = await boxesOf(source, ipco.start, ipco.end);
  const urns: (string | undefined)[] = [];
  for (const box of properties) urns.push(box.type === 'auxC' ? await urnOf(source, box) : undefined);
  const { version, flags } = ipma.full();
  const entries = Math.min(ipma.number(4), MAX_ITEMS);
  for (let entry = 0; entry < entries && !ipma.ended; entry++) {
    const id = ipma.number(version === 0 ? 2 : 4);
    for (let count = ipma.number(1); count > 0; count--) {
      // The first bit says whether a reader must know the property.
      const index = (flags & 1) === 0 ? ipma.number(1) & 0x7f : ipma.number(2) & 0x7fff;
      const urn = urns[index - 1];
      if (urn !== undefined) auxiliary.set(id, urn);
    }
  }
  return auxiliary;
}

async function urnOf(source: Source, { start, end }: Box): Promise<string> {
  const urn = await source.read(start + 4, Math.min(end - start - 4, MAX_URN));
  return urn.toString('latin1').split('\0', 1)[0] ?? '';
}
