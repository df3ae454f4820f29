// Multipart uploads: parts are stored one by one, and become one object when the upload is completed.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { receive, receiveText, writeAll } from './body.ts';
import { requireNoBody, sendXml, wholeNumber, type Call } from './call.ts';
import {
  ALGORITHMS,
  checksumElement,
  checksumHeader,
  compositeChecksum,
  type Checksum,
} from './checksums.ts';
import { describe } from './describe.ts';
import { invalidArgument, invalidRequest, noSuchUpload, notImplemented, S3Error } from './errors.ts';
import type { Part, Upload } from './object.ts';
import { checkConditions, commitObject, requireConditions } from './write.ts';
import { answer, element, parseParts, type NamedPart } from './xml.ts';

const MIN_PART = 5 * 1024 ** 2;
const MAX_PARTS = 10_000;

async function uploadOf({ query, store, bucket, key }: Call): Promise<{ uploadId: string; upload: Upload }> {
  const uploadId = query.get('uploadId') ?? '';
  const upload = await store.upload(uploadId);
  if (!upload || upload.bucket !== bucket.name || upload.key !== key) throw noSuchUpload();
  return { uploadId, upload };
}

export async function createUpload(call: Call): Promise<void> {
  requireNoBody(call);
  const { headers, bucket, key, store } = call;
  const named = headers.get('x-amz-checksum-algorithm')?.toLowerCase();
  const algorithm = ALGORITHMS.find((each) => each === named);
  if (named !== undefined && !algorithm) throw notImplemented(`the checksum ${named}`);
  if ((headers.get('x-amz-checksum-type') ?? 'COMPOSITE') !== 'COMPOSITE')
    throw notImplemented('checksums of whole multipart objects');
  const uploadId = await store.startUpload({
    bucket: bucket.name,
    key,
    initiated: call.now(),
    ...describe(headers),
    ...(algorithm ? { algorithm } : {}),
  });
  const body = answer('InitiateMultipartUploadResult', [
    element('Bucket', bucket.name),
    element('Key', key),
    element('UploadId', uploadId),
  ]);
  sendXml(call, body, {
    'x-amz-server-side-encryption': 'AES256',
    ...(algorithm
      ? { 'x-amz-checksum-algorithm': algorithm.toUpperCase(), 'x-amz-checksum-type': 'COMPOSITE' }
      : {}),
  });
}

export async function uploadPart(call: Call): Promise<void> {
  const { request, response, headers, verified, store } = call;
  const number = wholeNumber(call, 'partNumber', 1, MAX_PARTS);
  if (number === undefined) throw invalidArgument('This operation needs a partNumber.');
  const { uploadId, upload } = await uploadOf(call);
  const { file, result } = await store.files.create((handle) =>
    receive(request, headers, verified.payload, (chunk) => writeAll(handle, chunk)),
  );
  const part: Part = { number, file, modified: call.now(), ...result };
  try {
    if (upload.algorithm && part.checksum?.algorithm !== upload.algorithm)
      throw invalidRequest(`Checksum type mismatch: the upload was created with ${upload.algorithm}.`);
    await store.withUpload(uploadId, async () => {
      // It may have been completed or aborted while the part came in.
      await uploadOf(call);
      await store.putPart(uploadId, part);
    });
  } catch (error) {
    await store.files.remove([file]);
    throw error;
  }
  response
    .writeHead(200, {
      etag: `"${part.etag}"`,
      'x-amz-server-side-encryption': 'AES256',
      ...(part.checksum ? { [checksumHeader(part.checksum)]: part.checksum.value } : {}),
      'content-length': '0',
    })
    .end();
}

/** The stored parts that the caller names, in order; throws for any that is not as named. */
function pick(named: readonly NamedPart[], stored: readonly Part[]): Part[] {
  const parts = named.map(({ number, etag, checksums }, index) => {
    const previous = named[index - 1];
    if (previous && previous.number >= number)
      throw new S3Error(400, 'InvalidPartOrder', 'The list of parts was not in ascending order.');
    const part = stored.find((each) => each.number === number);
    const differs = Object.entries(checksums).some(
      ([algorithm, value]) => part?.checksum?.algorithm !== algorithm || part.checksum.value !== value,
    );
    if (!part || part.etag !== etag || differs)
      throw new S3Error(400, 'InvalidPart', 'One or more of the specified parts could not be found.');
    return part;
  });
  if (parts.slice(0, -1).some((part) => part.size < MIN_PART))
    throw new S3Error(400, 'EntityTooSmall', 'Your proposed upload is smaller than the minimum allowed size');
  return parts;
}

function checksumOf({ algorithm }: Upload, parts: readonly Part[]): Checksum | undefined {
  if (!algorithm) return undefined;
  return compositeChecksum(
    algorithm,
    parts.map((part) => part.checksum?.value ?? ''),
  );
}

export async function completeUpload(call: Call): Promise<void> {
  checkConditions(call);
  const { store, bucket, key, request, verified } = call;
  const named = parseParts(await receiveText(request, call.headers, verified.payload));
  const uploadId = call.query.get('uploadId') ?? '';
  await store.withUpload(uploadId, async () => {
    const { upload } = await uploadOf(call);
    const stored = await store.parts(uploadId);
    const parts = pick(named, stored);
    requireConditions(call, await store.versions(bucket.name, key));
    const { file } = await store.files.create(async (handle) => {
      for (const part of parts)
        for await (const chunk of createReadStream(store.files.path(part.file)))
          await writeAll(handle, chunk);
    });
    const md5 = createHash('md5');
    for (const part of parts) md5.update(part.etag, 'hex');
    const checksum = checksumOf(upload, parts);
    const { headers, metadata, storageClass } = upload;
    const object = await commitObject(
      call,
      {
        file,
        size: parts.reduce((sum, part) => sum + part.size, 0),
        etag: `${md5.digest('hex')}-${parts.length}`,
        headers,
        metadata,
        storageClass,
        ...(checksum ? { checksum } : {}),
      },
      'ObjectCreated:CompleteMultipartUpload',
      { uploadId, parts: stored },
    );
    const body = answer('CompleteMultipartUploadResult', [
      element('Bucket', bucket.name),
      element('Key', key),
      element('ETag', `"${object.etag}"`),
      ...(checksum
        ? [element(checksumElement(checksum), checksum.value), element('ChecksumType', 'COMPOSITE')]
        : []),
    ]);
    sendXml(call, body, {
      'x-amz-server-side-encryption': 'AES256',
      ...(object.id === 'null' ? {} : { 'x-amz-version-id': object.id }),
    });
  });
}

export async function abortUpload(call: Call): Promise<void> {
  requireNoBody(call);
  const uploadId = call.query.get('uploadId') ?? '';
  await call.store.withUpload(uploadId, async () => {
    await uploadOf(call);
    await call.store.abort(uploadId);
  });
  call.response.writeHead(204).end();
}

export async function listParts(call: Call): Promise<void> {
  requireNoBody(call);
  const { uploadId, upload } = await uploadOf(call);
  const max = Math.min(1000, wholeNumber(call, 'max-parts', 0, 2 ** 31 - 1) ?? 1000);
  const marker = wholeNumber(call, 'part-number-marker', 0, MAX_PARTS) ?? 0;
  const rest = (await call.store.parts(uploadId)).filter((part) => part.number > marker);
  const page = rest.slice(0, max);
  const body = answer('ListPartsResult', [
    element('Bucket', call.bucket.name),
    element('Key', call.key),
    element('UploadId', uploadId),
    element('StorageClass', upload.storageClass),
    element('PartNumberMarker', marker),
    element('NextPartNumberMarker', page.at(-1)?.number ?? marker),
    element('MaxParts', max),
    element('IsTruncated', rest.length > page.length),
    ...(upload.algorithm ? [element('ChecksumAlgorithm', upload.algorithm.toUpperCase())] : []),
    ...page.map((part) =>
      element('Part', [
        element('PartNumber', part.number),
        element('LastModified', new Date(part.modified).toISOString()),
        element('ETag', `"${part.etag}"`),
        element('Size', part.size),
        ...(part.checksum ? [element(checksumElement(part.checksum), part.checksum.value)] : []),
      ]),
    ),
  ]);
  sendXml(call, body);
}
