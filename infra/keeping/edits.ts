// What an owner wrote, and how it comes to other rows: of another identity, or of the same one at another time. Only where nobody has
// written anything else since.
import { GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { isPhotoId } from '../../src/schema/ids.ts';
import {
  EDIT_TIMES,
  EDITABLE_ATTRIBUTES,
  editTimeOf,
  type EditableAttribute,
} from '../../src/schema/photo.ts';
import { parseSocialRow, type SocialKind } from '../../src/schema/social.ts';
import { instantOf } from '../../src/schema/time.ts';
import type { Library } from './library.ts';
import { rowsIn } from './rows.ts';

type Item = Record<string, unknown>;

/** What is somebody's own. Shares, friends, and what was said in shares of others hang on the identity; devices sign in anew. */
const OWN: ReadonlySet<SocialKind> = new Set(['profile', 'album', 'entry', 'path', 'mute'] as const);

/** Rows of photos that are there. */
export async function* liveRows(library: Library): AsyncGenerator<Item> {
  for await (const item of rowsIn(library, library.config.photosTable))
    if (isPhotoId(item['photoId']) && item['status'] !== undefined && item['deletedAt'] === undefined)
      yield item;
}

export async function* ownRows(library: Library): AsyncGenerator<Item> {
  for await (const item of rowsIn(library, library.config.socialTable)) {
    const row = parseSocialRow(item);
    if (row && row.deletedAt === undefined && OWN.has(row.kind)) yield item;
  }
}

export const rowAt = async (
  { dynamodb, config, owner }: Library,
  photoId: unknown,
): Promise<Item | undefined> =>
  (
    await dynamodb.send(
      new GetCommand({ TableName: config.photosTable, Key: { owner, photoId }, ConsistentRead: true }),
    )
  ).Item;

/** When a photo comes back after it was deleted, the processor dates what its owner wrote of it by then, though there is nothing. */
const isAnew = (now: Item, name: EditableAttribute): boolean => {
  const at = now[editTimeOf(name)];
  return at !== undefined && at === now['uploadedAt'];
};

/** What the owner wrote in the old library and nobody has written in the new one. */
export function missingEdits(old: Item, now: Item): Item {
  const edits: Item = {};
  for (const name of EDITABLE_ATTRIBUTES) {
    const at = editTimeOf(name);
    if (old[name] === undefined || now[name] !== undefined) continue;
    if (now[at] !== undefined && !isAnew(now, name)) continue;
    edits[name] = old[name];
    // In the trash it lies anew: the copy is younger than that edit, and would be taken out again.
    const dated = name === 'trashedAt' || now[at] !== undefined || old[at] === undefined;
    edits[at] = dated ? instantOf(Date.now()) : old[at];
  }
  return edits;
}

const times: ReadonlySet<string> = new Set(EDIT_TIMES);
const isEditTime = (name: string): boolean => times.has(name);

const MOST_TURNS = 5;

/** What the owner wrote, where nobody has written anything else; whether there was anything to bring. */
export async function bringEdits(old: Item, to: Library): Promise<boolean> {
  for (let turn = 1; ; turn++) {
    const now = await rowAt(to, old['photoId']);
    // Told by whoever waited for it.
    if (!now || now['status'] === undefined) return false;
    const edits = missingEdits(old, now);
    const names = Object.keys(edits);
    if (names.length === 0) return false;
    const values = { ...edits, changedAt: instantOf(Date.now()) };
    try {
      await to.dynamodb.send(
        new UpdateCommand({
          TableName: to.config.photosTable,
          Key: { owner: to.owner, photoId: old['photoId'] },
          UpdateExpression: `SET ${Object.keys(values)
            .map((name) => `#${name} = :${name}`)
            .join(', ')}`,
          // Somebody may be editing it there.
          ConditionExpression: names
            .map((name) =>
              isEditTime(name)
                ? `(attribute_not_exists(#${name}) OR #${name} = #uploadedAt)`
                : `attribute_not_exists(#${name})`,
            )
            .join(' AND '),
          ExpressionAttributeNames: Object.fromEntries(
            [...Object.keys(values), 'uploadedAt'].map((name) => [`#${name}`, name]),
          ),
          ExpressionAttributeValues: Object.fromEntries(
            Object.entries(values).map(([name, value]) => [`:${name}`, value]),
          ),
        }),
      );
      return true;
    } catch (error) {
      if ((error as Error).name !== 'ConditionalCheckFailedException' || turn === MOST_TURNS) throw error;
    }
  }
}

/** False where there is one already. */
export async function putRow(item: Item, { dynamodb, config, owner }: Library): Promise<boolean> {
  return dynamodb
    .send(
      new PutCommand({
        TableName: config.socialTable,
        Item: { ...item, owner, changedAt: instantOf(Date.now()) },
        ConditionExpression: 'attribute_not_exists(id)',
      }),
    )
    .then(
      () => true,
      (error: unknown) => {
        if ((error as Error).name !== 'ConditionalCheckFailedException') throw error;
        return false;
      },
    );
}
