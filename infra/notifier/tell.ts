// One event, one batch of news: who is to be told of it, and on which devices. Nothing that is read here is taken at its word: who
// sends is in the object's key, who reads is asked of the rows that each person wrote in their own partition.
import { decodeEventKey } from '../../src/schema/keys.ts';
import { parseManifest, type Manifest } from '../../src/schema/manifest.ts';
import { parseManifestKey } from '../../src/schema/share-keys.ts';
import type { IdentityId } from '../../src/schema/ids.ts';
import {
  friendId,
  mailId,
  MOST_READERS,
  muteId,
  parseSocialRow,
  shareId,
  type Mail,
  type Push,
  type SocialKind,
  type SocialRow,
} from '../../src/schema/social.ts';
import { plainLine, TOLD_NAME_LENGTH, TOLD_TITLE_LENGTH, type Told } from '../../src/schema/told.ts';
import type { Mailed } from './mail.ts';
import { newsFor, type News } from './news.ts';
import type { Sent } from './push.ts';
import { isQuiet } from './quiet.ts';
import type { ShareKey, Stores } from './stores.ts';

export interface Dependencies {
  stores: Stores;
  sendPush: (push: Push, told: Told) => Promise<Sent>;
  /** Undefined where the deployment sends no mail. Calls `asked` when the address was asked whether it wants any. */
  sendMail?: ((mail: Mail, told: Told, asked: () => Promise<void>) => Promise<Mailed>) | undefined;
  /** Epoch milliseconds. */
  now: () => number;
  /** One structured line; never a name, a title or an address. */
  log: (entry: Record<string, unknown>) => void;
}

/** What the notifier needs of a record of an S3 event. */
export interface EventRecord {
  s3: { object: { key: string } };
}

/** Devices of one person that are told. */
const MOST_DEVICES = 10;
/** Rows that are looked at to find them: also those that are gone are rows for a while. */
const MOST_ROWS = 100;
/** People who are told at once. */
const LANES = 10;
/** Tries every record; rejects at the end when any failed, so that Lambda tries them again. Who was told is not told again. */
export async function tellRecords(
  records: readonly EventRecord[],
  dependencies: Dependencies,
): Promise<void> {
  const errors: unknown[] = [];
  for (const record of records) {
    try {
      await tellRecord(record, dependencies);
    } catch (error) {
      errors.push(error);
      dependencies.log({ level: 'error', message: 'will be tried again', error: String(error) });
    }
  }
  if (errors.length === 1) throw errors[0];
  if (errors.length > 1) throw new AggregateError(errors, `${errors.length} records failed`);
}

export async function tellRecord(record: EventRecord, dependencies: Dependencies): Promise<void> {
  const { stores, log } = dependencies;
  const key = parseManifestKey(decodeEventKey(record.s3.object.key) ?? '');
  if (key?.home !== 'friends') return log({ message: 'ignored: not the manifest of a share with friends' });
  const share: ShareKey = { owner: key.owner, share: key.share };
  const read = await stores.manifest(share).catch(async (error: unknown) => {
    // Refused is also what is no longer there: then the rows that told of it are gone too.
    if ((await readersOf(share, stores)).length > 0) throw error;
    return 'gone';
  });
  if (read === 'gone') return log({ message: 'taken back', ...share });
  const manifest = parseManifest(read, share);
  if (!manifest) return log({ level: 'warn', message: 'a manifest that cannot be read', ...share });
  const toTell = newsFor(manifest, dependencies.now());
  if (!toTell) return log({ message: 'nothing new', ...share });

  // Those whom it names, who may hear of it before their rows are written.
  const readers =
    manifest.readers?.filter((reader) => reader !== share.owner) ?? (await readersOf(share, stores));
  const errors: unknown[] = [];
  const counts: Record<string, number> = {};
  const waiting = [...readers];
  const lane = async (): Promise<void> => {
    for (let reader = waiting.pop(); reader; reader = waiting.pop()) {
      try {
        const news = toTell(reader);
        if (!news) continue;
        for (const outcome of await tellReader(reader, { ...manifest, news }, dependencies)) {
          counts[outcome] = (counts[outcome] ?? 0) + 1;
        }
      } catch (error) {
        // One person's push service must not keep the others from being told.
        errors.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  log({ message: 'told', ...share, readers: readers.length, ...counts, failed: errors.length });
  if (errors.length > 0)
    throw new AggregateError(errors, `${errors.length} readers could not be told: ${String(errors[0])}`);
}

/** A row that is there and not marked deleted. */
function live<K extends SocialKind>(item: unknown, kind: K): Extract<SocialRow, { kind: K }> | undefined {
  const row = parseSocialRow(item);
  return row?.kind === kind && !row.deletedAt ? (row as Extract<SocialRow, { kind: K }>) : undefined;
}

async function readersOf({ owner, share }: ShareKey, stores: Stores): Promise<IdentityId[]> {
  const rows = await stores.rowsBelow(owner, `${shareId(share)}#`, MOST_ROWS);
  return rows
    .flatMap((row) => live(row, 'shared')?.recipient ?? [])
    .filter((reader) => reader !== owner)
    .slice(0, MOST_READERS);
}

type Outcome = Sent | Mailed | 'no friend' | 'muted' | 'quiet' | 'again';

async function tellReader(
  reader: IdentityId,
  manifest: Manifest & { news: News },
  dependencies: Dependencies,
): Promise<Outcome[]> {
  const { stores, now } = dependencies;
  const { owner: sender, share, news } = manifest;
  const [theirs, mine, mute] = await Promise.all([
    stores.row(reader, friendId(sender)),
    stores.row(sender, friendId(reader)),
    stores.row(reader, muteId(sender)),
  ]);
  const friend = live(mine, 'friend');
  // Whoever only knows somebody's id cannot make their telephone ring.
  if (!live(theirs, 'friend') || !friend) return ['no friend'];
  const wish = live(mute, 'mute');
  if (wish?.muted || wish?.blocked) return ['muted'];

  const note = ['told', share, news.id, reader].join('#');
  if (await stores.wasTold(note)) return ['again'];
  const name = plainLine(friend.name, TOLD_NAME_LENGTH);
  const title = plainLine(manifest.title, TOLD_TITLE_LENGTH);
  const told: Told = {
    news: news.id,
    share,
    sender,
    count: news.count,
    ...(name && { name }),
    ...(title && { title }),
  };
  const outcomes = [
    ...(await tellDevices(reader, told, dependencies)),
    ...(await mail(reader, told, dependencies)),
  ];
  await stores.noteTold(note, now());
  return outcomes;
}

async function tellDevices(reader: IdentityId, told: Told, dependencies: Dependencies): Promise<Outcome[]> {
  const { stores, sendPush, now } = dependencies;
  const rows = await stores.rowsBelow(reader, 'push#', MOST_ROWS);
  const devices = rows.flatMap((row) => live(row, 'push') ?? []).slice(0, MOST_DEVICES);
  const tell = async (push: Push): Promise<Outcome> => {
    if (isQuiet(push, now())) return 'quiet';
    const sent = await sendPush(push, told);
    if (sent === 'gone') await stores.forget(push, now());
    return sent;
  };
  const settled = await Promise.allSettled(devices.map(tell));
  const failed = settled.find(({ status }) => status === 'rejected');
  if (failed) throw (failed as PromiseRejectedResult).reason;
  return settled.flatMap((one) => (one.status === 'fulfilled' ? one.value : []));
}

async function mail(reader: IdentityId, told: Told, dependencies: Dependencies): Promise<Outcome[]> {
  const { stores, sendMail, now } = dependencies;
  const row = sendMail && live(await stores.row(reader, mailId), 'mail');
  if (!sendMail || !row) return [];
  return [await sendMail(row, told, () => stores.noteAsked(row, now()))];
}
