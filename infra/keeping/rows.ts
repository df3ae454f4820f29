// All rows of one library: its photos, and the albums they are in.
import { paginateQuery } from '@aws-sdk/lib-dynamodb';
import { parsePhotoRow, isTombstone, type Photo } from '../../src/schema/photo.ts';
import { parseSocialRow, type Album, type Entry } from '../../src/schema/social.ts';
import type { Library } from './library.ts';

/** Whatever an owner has in a table, as it is stored. */
export async function* rowsIn(
  { dynamodb: client, owner }: Pick<Library, 'dynamodb' | 'owner'>,
  TableName: string,
): AsyncGenerator<Record<string, unknown>> {
  const pages = paginateQuery(
    { client },
    {
      TableName,
      KeyConditionExpression: '#owner = :owner',
      ExpressionAttributeNames: { '#owner': 'owner' },
      ExpressionAttributeValues: { ':owner': owner },
      ConsistentRead: true,
    },
  );
  for await (const { Items = [] } of pages) yield* Items;
}

export async function photoRowsIn(library: Library): Promise<Photo[]> {
  const photos: Photo[] = [];
  for await (const item of rowsIn(library, library.config.photosTable)) {
    const row = parsePhotoRow(item);
    if (row && !isTombstone(row)) photos.push(row);
  }
  return photos;
}

export async function albumsIn(library: Library): Promise<{ albums: Album[]; entries: Entry[] }> {
  const found = { albums: [] as Album[], entries: [] as Entry[] };
  for await (const item of rowsIn(library, library.config.socialTable)) {
    const row = parseSocialRow(item);
    if (row?.deletedAt !== undefined) continue;
    if (row?.kind === 'album') found.albums.push(row);
    if (row?.kind === 'entry') found.entries.push(row);
  }
  return found;
}
