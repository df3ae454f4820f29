// Whose library is meant, where a command was not told: who there is, with as much as helps to know them by.
import { GetCommand, paginateQuery } from '@aws-sdk/lib-dynamodb';
import type { IdentityId } from '../../src/schema/ids.ts';
import { parseSocialRow, profileId } from '../../src/schema/social.ts';
import { findOwners } from '../reprocess-plan.ts';
import type { Library } from './library.ts';

/** Lines to choose from; none where nobody has a photo yet. */
export async function librariesIn(target: Omit<Library, 'owner'>): Promise<string[]> {
  const { s3, dynamodb, config } = target;
  const owners = await findOwners({ s3, dynamodb, names: config });
  return Promise.all(
    owners.map(async (owner) => {
      const [name, photos] = await Promise.all([nameOf({ ...target, owner }), count({ ...target, owner })]);
      return `  ${owner}  ${[name, `${photos.toLocaleString('en-US')} ${photos === 1 ? 'photo' : 'photos'}`].filter(Boolean).join(', ')}`;
    }),
  );
}

/** What they call themselves. */
async function nameOf({ dynamodb, config, owner }: Library): Promise<string | undefined> {
  const { Item } = await dynamodb.send(
    new GetCommand({ TableName: config.socialTable, Key: { owner, id: profileId } }),
  );
  const row = Item && parseSocialRow(Item);
  return row?.kind === 'profile' ? row.name : undefined;
}

async function count({ dynamodb: client, config, owner }: Library): Promise<number> {
  let photos = 0;
  const pages = paginateQuery(
    { client },
    {
      TableName: config.photosTable,
      Select: 'COUNT',
      KeyConditionExpression: '#owner = :owner',
      FilterExpression: 'attribute_not_exists(deletedAt)',
      ExpressionAttributeNames: { '#owner': 'owner' } as Record<string, string>,
      ExpressionAttributeValues: { ':owner': owner as IdentityId },
    },
  );
  for await (const { Count = 0 } of pages) photos += Count;
  return photos;
}
