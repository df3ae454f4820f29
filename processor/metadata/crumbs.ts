// Files made of so many parts that to list them would take all time or memory there is: ExifReader makes an object of each.

/** A PNG of 200 MB in the usual pieces of 8 kB has half as many. */
const MAX_PARTS = 50_000;
/** Of the boxes that tell where the parts of a HEIF file are, which are many things more. */
const MAX_META_BYTES = 4_000_000;

/** How a format strings its parts together: where the first begins, and the one after; beyond the end where there is none to be. */
interface Chain {
  signature: RegExp;
  first: number;
  next: (document: Buffer, at: number) => number;
}

const FILL = 0xff;
const SCAN = 0xda;

// oxlint-disable no-control-regex -- bytes of a file are no text
const CHAINS: readonly Chain[] = [
  {
    signature: /^\x89PNG/,
    first: 8,
    next: (document, at) => at + document.readUInt32BE(at) + 12,
  },
  {
    signature: /^RIFF[^]{4}WEBP/,
    first: 12,
    next: (document, at) => {
      const size = document.readUInt32LE(at + 4);
      return at + 8 + size + (size % 2);
    },
  },
  {
    signature: /^\xff\xd8/,
    first: 2,
    next: (document, at) => {
      if (document[at] !== FILL || document[at + 1] === SCAN) return Infinity;
      return document[at + 1] === FILL ? at + 1 : at + 2 + document.readUInt16BE(at + 2);
    },
  },
  {
    signature: /^(?:[^]{4}ftyp|\x00\x00\x00\x0cJXL )/,
    first: 0,
    next: (document, at) => {
      const size = document.readUInt32BE(at);
      // 0 and 1 mean that the box is a large one; metadata does not come after those.
      return size < 8 ? Infinity : at + size;
    },
  },
];

export function isCrumbs(document: Buffer): boolean {
  const head = document.toString('latin1', 0, 16);
  const chain = CHAINS.find(({ signature }) => signature.test(head));
  if (!chain) return false;
  let parts = 0;
  for (let at = chain.first; at + 8 <= document.length; at = chain.next(document, at)) {
    if (++parts > MAX_PARTS || isVastMeta(document, at, chain)) return true;
  }
  return false;
}

const isVastMeta = (document: Buffer, at: number, { first }: Chain): boolean => {
  if (first !== 0 || document.toString('latin1', at + 4, at + 8) !== 'meta') return false;
  const size = document.readUInt32BE(at);
  return size > MAX_META_BYTES || size < 8;
};
