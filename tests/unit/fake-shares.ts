// S3 and the social rows as publishing needs them, in memory: what was asked of them in order, and a way to fail in the middle.
import { copyName, type Copy, type OwnShare } from '../../src/cloud/copies.ts';
import { CloudError } from '../../src/cloud/error.ts';
import type { PublishTarget } from '../../src/library/publish.ts';
import type { ShareRows } from '../../src/library/publisher.svelte.ts';
import type { RowChange } from '../../src/library/share-rows.ts';
import type { IdentityId, PhotoId, RandomId } from '../../src/schema/ids.ts';
import type { Manifest } from '../../src/schema/manifest.ts';
import {
  parseSocialRow,
  type Album,
  type Entry,
  type Profile,
  type Share,
  type SharedWith,
  type SocialRow,
} from '../../src/schema/social.ts';

export class FakeStore {
  readonly objects = new Map<string, number>();
  readonly manifests = new Map<RandomId, Manifest>();
  readonly log: string[] = [];
  /** Requests as S3 would have counted them. */
  requests = 0;
  /** So many copies still succeed. */
  copiesLeft = Infinity;
  readonly lacking = new Set<PhotoId>();

  readonly target: PublishTarget = {
    manifest: async ({ share }) => {
      this.requests++;
      return this.manifests.get(share);
    },
    store: async () => ({
      list: async ({ share }: OwnShare) => {
        const found = new Map(
          [...this.objects].flatMap(([key, size]) =>
            key.startsWith(`${share}/`) ? [[key.slice(share.length + 1), size] as const] : [],
          ),
        );
        this.requests += Math.max(1, Math.ceil(found.size / 1000));
        return found;
      },
      copy: async ({ share }: OwnShare, copies: readonly Copy[]) => {
        const absent = new Set<Copy>();
        for (const copy of copies) {
          this.requests++;
          if (this.copiesLeft-- <= 0) throw new CloudError('offline', 'the connection broke');
          if (this.lacking.has(copy.photoId)) absent.add(copy);
          else this.objects.set(`${share}/${copyName(copy)}`, copy.of === 'thumb' ? 10 : 100);
        }
        if (copies.length > 0) this.log.push(`copy ${copies.length}`);
        return absent;
      },
      putManifest: async ({ share }: OwnShare, manifest) => {
        this.requests++;
        this.objects.set(`${share}/manifest.json`, 1);
        this.manifests.set(share, manifest as Manifest);
        this.log.push(`manifest ${(manifest as Manifest).photos.length}`);
      },
      remove: async ({ share }: OwnShare, names: readonly string[]) => {
        for (const name of names) this.objects.delete(`${share}/${name}`);
        this.requests += names.length;
        if (names.length > 0) this.log.push(`delete ${names.length}`);
      },
      end: async ({ share }: OwnShare) => {
        this.manifests.delete(share);
        for (const key of this.objects.keys()) if (key.startsWith(`${share}/`)) this.objects.delete(key);
        this.log.push('end');
      },
    }),
  };
}

export class FakeRows implements ShareRows {
  readonly identityId: IdentityId;
  complete = true;
  inbox: SocialRow[] = [];
  readonly items = new Map<string, Record<string, unknown>>();
  requests = 0;

  constructor(identityId: IdentityId) {
    this.identityId = identityId;
  }

  #of<Kind extends SocialRow['kind']>(kind: Kind): Extract<SocialRow, { kind: Kind }>[] {
    return [...this.items.values()].flatMap((item) => {
      const row = parseSocialRow(item);
      return row?.kind === kind && !row.deletedAt ? [row as Extract<SocialRow, { kind: Kind }>] : [];
    });
  }
  get shares(): Share[] {
    return this.#of('share');
  }
  get told(): SharedWith[] {
    return this.#of('shared');
  }
  get albums(): Album[] {
    return this.#of('album');
  }
  get profile(): Profile | undefined {
    return this.#of('profile')[0];
  }
  entriesOf(album: RandomId): Entry[] {
    return this.#of('entry').filter((entry) => entry.album === album);
  }
  async putAll(rows: readonly RowChange[]): Promise<void> {
    for (const { id, attributes } of rows) {
      this.requests++;
      const item = this.items.get(id) ?? {
        owner: this.identityId,
        id,
        changedAt: '2026-01-01T00:00:00.000Z',
      };
      const entries = Object.entries({ ...item, ...attributes }).filter(([, value]) => value !== null);
      this.items.set(id, Object.fromEntries(entries));
    }
  }
  async remove(ids: readonly string[]): Promise<void> {
    await this.putAll(ids.map((id) => ({ id, attributes: { deletedAt: '2026-01-01T00:00:00.000Z' } })));
  }
}
