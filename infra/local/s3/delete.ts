// DeleteObject and DeleteObjects. A batch is no right of its own: each of its keys is asked of the policies as if it came alone, and
// answered for by itself.
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html
import { receiveText } from './body.ts';
import { notifies } from './bucket.ts';
import { requireActions, requireNoBody, sendXml, type Call } from './call.ts';
import { invalidArgument, invalidRequest, notImplemented, toS3Error } from './errors.ts';
import { newId } from './store.ts';
import { answer, element, parseDelete, type NamedObject, type Xml } from './xml.ts';

/** What an S3 bucket with versions tells of a key that is gone. */
interface Removed {
  /** The marker that was made, or was itself what is gone. */
  marker?: string;
}

/** Without a version id an S3 bucket with versions only notes that the object is gone. */
async function remove({ bucket, store, now }: Call, { key, versionId }: NamedObject): Promise<Removed> {
  let removed: Removed = {};
  await store.change(bucket.name, key, (versions) => {
    if (versionId === undefined && bucket.versioned) {
      const marker = { id: newId(), modified: now(), marker: true as const };
      removed = { marker: marker.id };
      const eventName = 'ObjectRemoved:DeleteMarkerCreated';
      const told = notifies(bucket, eventName, key) ? { event: { eventName, versionId: marker.id } } : {};
      return { versions: [marker, ...versions], ...told };
    }
    const gone = versions.find((version) => version.id === (versionId ?? 'null'));
    removed = gone?.marker ? { marker: gone.id } : {};
    const eventName = 'ObjectRemoved:Delete';
    const told =
      gone && notifies(bucket, eventName, key)
        ? { event: { eventName, ...(versionId === undefined ? {} : { versionId }) } }
        : {};
    return { versions: versions.filter((version) => version !== gone), ...told };
  });
  return removed;
}

export async function deleteObject(call: Call): Promise<void> {
  requireNoBody(call);
  const { key, query, response } = call;
  for (const name of ['if-match', 'if-none-match'])
    if (call.headers.has(name)) throw notImplemented(`${name} on deletes`);
  const versionId = query.get('versionId');
  if (versionId === '') throw invalidArgument('Version id cannot be the empty string');
  const { marker } = await remove(call, { key, ...(versionId === undefined ? {} : { versionId }) });
  const id = versionId ?? marker;
  response
    .writeHead(204, {
      ...(marker !== undefined && { 'x-amz-delete-marker': 'true' }),
      ...(id !== undefined && { 'x-amz-version-id': id }),
    })
    .end();
}

const named = ({ key, versionId }: NamedObject): Xml[] => [
  element('Key', key),
  ...(versionId === undefined ? [] : [element('VersionId', versionId)]),
];

/** One key of a batch; undefined where it is gone and nobody wants to hear of that. */
async function removeOne(call: Call, object: NamedObject, quiet: boolean): Promise<Xml | undefined> {
  const { key, versionId } = object;
  try {
    // As the condition keys of this action have it: nothing of the batch but this key.
    const query = new Map(versionId === undefined ? [] : [['versionId', versionId] as const]);
    const action = versionId === undefined ? 's3:DeleteObject' : 's3:DeleteObjectVersion';
    requireActions({ ...call, key, query }, [action]);
    const { marker } = await remove(call, object);
    if (quiet) return undefined;
    return element('Deleted', [
      ...named(object),
      ...(marker === undefined
        ? []
        : [element('DeleteMarker', true), element('DeleteMarkerVersionId', marker)]),
    ]);
  } catch (error) {
    const { code, message } = toS3Error(error);
    return element('Error', [...named(object), element('Code', code), element('Message', message)]);
  }
}

export async function deleteObjects(call: Call): Promise<void> {
  const { request, headers, verified } = call;
  const isChecked = [...headers.keys()].some(
    (name) => name === 'content-md5' || name === 'x-amz-trailer' || name.startsWith('x-amz-checksum-'),
  );
  if (!isChecked) throw invalidRequest('Missing required header for this request: Content-MD5');
  const { objects, quiet } = parseDelete(await receiveText(request, headers, verified.payload));
  const told = await Promise.all(objects.map((object) => removeOne(call, object, quiet)));
  sendXml(
    call,
    answer(
      'DeleteResult',
      told.filter((one) => one !== undefined),
    ),
  );
}
