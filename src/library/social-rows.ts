// The owner's social rows in memory, in parts as they are kept on this device: one for each album's photos, one for each share's
// comments and likes, one for each kind of the others. Never changed: a change gives others that share what it did not touch.
import { isRandomId, type IdentityId, type PhotoId, type RandomId } from '../schema/ids.ts';
import { parseSocialRow, socialItem, type Entry, type SocialRow } from '../schema/social.ts';
import { Entries } from './entries.ts';

type Rows = ReadonlyMap<string, SocialRow>;
type Part = Entries | Rows;

/** Kinds of which there may be very many rows: each part has those of one album or share. */
const APART = new Set(['entry', 'like', 'comment']);

/** The part that a row is in, by its sort key. */
export function partOf(id: string): string {
  const [kind = '', first = ''] = id.split('#', 2);
  return APART.has(kind) ? `${kind}#${first}` : kind;
}

const albumOf = (part: string): RandomId | undefined => {
  const [kind, album] = part.split('#');
  return kind === 'entry' && isRandomId(album) ? album : undefined;
};

export class SocialRows {
  static readonly none = new SocialRows('' as IdentityId);

  readonly owner: IdentityId;
  readonly parts: ReadonlyMap<string, Part>;

  constructor(owner: IdentityId, parts: ReadonlyMap<string, Part> = new Map()) {
    this.owner = owner;
    this.parts = parts;
  }

  /** As they were kept on this device, by part; what cannot be read is left out and counted. */
  static read(
    owner: IdentityId,
    stored: Iterable<readonly [string, unknown]>,
  ): { rows: SocialRows; damaged: number } {
    const parts = new Map<string, Part>();
    let damaged = 0;
    for (const [name, value] of stored) {
      const album = albumOf(name);
      const part = album ? Entries.read(owner, album, value) : rowsIn(value);
      if (part) parts.set(name, part);
      else damaged += 1;
    }
    return { rows: new SocialRows(owner, parts), damaged };
  }

  /** A part as it is kept. */
  stored(name: string): unknown {
    const part = this.parts.get(name);
    return part instanceof Entries ? part.stored : part && [...part.values()].map(socialItem);
  }

  get(id: string): SocialRow | undefined {
    const part = this.parts.get(partOf(id));
    return part instanceof Entries ? part.get(id.split('#')[2] as PhotoId) : part?.get(id);
  }

  entries(album: RandomId): Entries | undefined {
    const part = this.parts.get(`entry#${album}`);
    return part instanceof Entries ? part : undefined;
  }

  /** The rows of a kind that are not in parts of their own, deleted ones too. */
  *of<Kind extends SocialRow['kind']>(
    kind: Kind,
    part: string = kind,
  ): Generator<Extract<SocialRow, { kind: Kind }>> {
    const rows = this.parts.get(part);
    if (!rows || rows instanceof Entries) return;
    for (const row of rows.values()) if (row.kind === kind) yield row as Extract<SocialRow, { kind: Kind }>;
  }

  *ids(): Generator<string> {
    for (const part of this.parts.values()) {
      if (part instanceof Entries) for (const { id } of part.all()) yield id;
      else yield* part.keys();
    }
  }

  /** With some rows as they now are (undefined: gone), and the names of the parts that are others. */
  with(changes: ReadonlyMap<string, SocialRow | undefined>): { rows: SocialRows; changed: Set<string> } {
    const byPart = new Map<string, Map<string, SocialRow | undefined>>();
    for (const [id, row] of changes) {
      const name = partOf(id);
      const some = byPart.get(name);
      if (some) some.set(id, row);
      else byPart.set(name, new Map([[id, row]]));
    }
    const parts = new Map(this.parts);
    for (const [name, some] of byPart) {
      const album = albumOf(name);
      parts.set(name, album ? this.#entriesWith(album, some) : rowsWith(parts.get(name), some));
    }
    return { rows: new SocialRows(this.owner, parts), changed: new Set(byPart.keys()) };
  }

  #entriesWith(album: RandomId, changes: ReadonlyMap<string, SocialRow | undefined>): Entries {
    const entries = new Map<PhotoId, Entry | undefined>();
    for (const [id, row] of changes) entries.set(id.split('#')[2] as PhotoId, row as Entry | undefined);
    return (this.entries(album) ?? Entries.of(this.owner, album, [])).with(entries);
  }
}

function rowsIn(value: unknown): Rows | undefined {
  if (!Array.isArray(value)) return undefined;
  return new Map(value.flatMap((item) => parseSocialRow(item) ?? []).map((row) => [row.id, row]));
}

function rowsWith(part: Part | undefined, changes: ReadonlyMap<string, SocialRow | undefined>): Rows {
  const rows = new Map(part instanceof Entries ? [] : part);
  for (const [id, row] of changes) {
    if (row) rows.set(id, row);
    else rows.delete(id);
  }
  return rows;
}
