// Which S3 operation a request is, and what the caller must be allowed for it. Operations that are not implemented are named
// too, with their real actions, so that policies refuse them first, as on AWS.
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html

/** Operations that have an implementation. */
export type OperationName =
  | 'GetObject'
  | 'HeadObject'
  | 'PutObject'
  | 'CopyObject'
  | 'DeleteObject'
  | 'DeleteObjects'
  | 'CreateMultipartUpload'
  | 'UploadPart'
  | 'CompleteMultipartUpload'
  | 'AbortMultipartUpload'
  | 'ListParts'
  | 'RestoreObject'
  | 'HeadBucket'
  | 'ListObjectsV2'
  | 'ListObjectVersions';

export interface Operation {
  /** Undefined where the operation is known, but not implemented. */
  name: OperationName | undefined;
  /** IAM actions on the object or S3 bucket, all of which are needed. A batch has none: it asks for each of its keys. */
  actions: readonly string[];
  /** The value of `s3:ObjectCreationOperation`, where the operation has one. */
  creates?: 'true' | 'false';
  /** Query parameters and `x-amz-` headers that the implementation understands. */
  query: readonly string[];
  headers: readonly string[];
}

const CHECKSUMS = [
  ...['sha256', 'sha1', 'crc32', 'crc32c', 'crc64nvme'].map((name) => `x-amz-checksum-${name}`),
  'x-amz-sdk-checksum-algorithm',
  'x-amz-trailer',
  'x-amz-decoded-content-length',
];
const DESCRIPTION = ['x-amz-meta-', 'x-amz-storage-class', 'x-amz-server-side-encryption'];
const COMMON = [
  'x-amz-date',
  'x-amz-security-token',
  'x-amz-content-sha256',
  'x-amz-user-agent',
  'x-amz-expected-bucket-owner',
];
const OVERRIDES = ['type', 'language', 'disposition', 'encoding'].map((name) => `response-content-${name}`);

const operation = (
  name: OperationName,
  action: string,
  {
    query = [] as readonly string[],
    headers = [] as readonly string[],
    creates = undefined as Operation['creates'],
  } = {},
): Operation => ({
  name,
  actions: [action],
  query: ['x-id', ...query],
  headers: [...COMMON, ...headers],
  ...(creates ? { creates } : {}),
});

const DELETE_OBJECTS: Operation = {
  name: 'DeleteObjects',
  actions: [],
  query: ['x-id', 'delete'],
  headers: [...COMMON, ...CHECKSUMS],
};

const get = (name: 'GetObject' | 'HeadObject', versioned: boolean): Operation =>
  operation(name, versioned ? 's3:GetObjectVersion' : 's3:GetObject', {
    query: ['versionId', ...OVERRIDES, 'response-cache-control', 'response-expires'],
    headers: ['x-amz-checksum-mode'],
  });

/** Subresources without implementation: the action for reading (GET, HEAD), writing (PUT, POST) and deleting. */
type Actions = readonly [read: string, write?: string, remove?: string];

const OBJECT_SUBRESOURCES: Readonly<Record<string, Actions>> = {
  acl: ['GetObjectAcl', 'PutObjectAcl'],
  attributes: ['GetObjectAttributes'],
  'legal-hold': ['GetObjectLegalHold', 'PutObjectLegalHold'],
  restore: ['RestoreObject', 'RestoreObject'],
  retention: ['GetObjectRetention', 'PutObjectRetention'],
  select: ['GetObject', 'GetObject'],
  tagging: ['GetObjectTagging', 'PutObjectTagging', 'DeleteObjectTagging'],
  torrent: ['GetObjectTorrent'],
};

const configuration = (name: string): Actions => [`Get${name}`, `Put${name}`, `Put${name}`];

const BUCKET_SUBRESOURCES: Readonly<Record<string, Actions>> = {
  accelerate: configuration('AccelerateConfiguration'),
  acl: configuration('BucketAcl'),
  analytics: configuration('AnalyticsConfiguration'),
  cors: configuration('BucketCORS'),
  delete: ['DeleteObject', 'DeleteObject'],
  encryption: configuration('EncryptionConfiguration'),
  'intelligent-tiering': configuration('IntelligentTieringConfiguration'),
  inventory: configuration('InventoryConfiguration'),
  lifecycle: configuration('LifecycleConfiguration'),
  location: ['GetBucketLocation'],
  logging: configuration('BucketLogging'),
  metrics: configuration('MetricsConfiguration'),
  notification: configuration('BucketNotification'),
  'object-lock': configuration('BucketObjectLockConfiguration'),
  ownershipControls: configuration('BucketOwnershipControls'),
  policy: ['GetBucketPolicy', 'PutBucketPolicy', 'DeleteBucketPolicy'],
  policyStatus: ['GetBucketPolicyStatus'],
  publicAccessBlock: configuration('BucketPublicAccessBlock'),
  replication: configuration('ReplicationConfiguration'),
  requestPayment: configuration('BucketRequestPayment'),
  tagging: configuration('BucketTagging'),
  uploads: ['ListBucketMultipartUploads'],
  versioning: configuration('BucketVersioning'),
  website: ['GetBucketWebsite', 'PutBucketWebsite', 'DeleteBucketWebsite'],
};

const VERSIONED: Readonly<Record<string, string>> = {
  GetObjectAcl: 'GetObjectVersionAcl',
  PutObjectAcl: 'PutObjectVersionAcl',
  GetObjectAttributes: 'GetObjectVersionAttributes',
  GetObjectTagging: 'GetObjectVersionTagging',
  PutObjectTagging: 'PutObjectVersionTagging',
  DeleteObjectTagging: 'DeleteObjectVersionTagging',
  GetObjectTorrent: 'GetObjectVersionTorrent',
};

const unimplemented = (action: string): Operation => ({
  name: undefined,
  actions: [`s3:${action}`],
  query: [],
  headers: [],
});

function subresource(
  table: Readonly<Record<string, Actions>>,
  method: string,
  query: ReadonlyMap<string, string>,
): Operation | undefined {
  const name = Object.keys(table).find((each) => query.has(each));
  const actions = name === undefined ? undefined : table[name];
  if (!actions) return undefined;
  const column = method === 'DELETE' ? 2 : method === 'PUT' || method === 'POST' ? 1 : 0;
  const action = actions[column] ?? actions[0];
  return unimplemented((query.has('versionId') && VERSIONED[action]) || action);
}

function multipart(method: string, query: ReadonlyMap<string, string>): Operation | undefined {
  if (query.has('uploads') && method === 'POST')
    return operation('CreateMultipartUpload', 's3:PutObject', {
      query: ['uploads'],
      headers: [...DESCRIPTION, 'x-amz-checksum-algorithm', 'x-amz-checksum-type'],
      creates: 'false',
    });
  if (!query.has('uploadId')) return undefined;
  if (method === 'PUT')
    return operation('UploadPart', 's3:PutObject', {
      query: ['uploadId', 'partNumber'],
      headers: CHECKSUMS,
      creates: 'false',
    });
  if (method === 'POST')
    return operation('CompleteMultipartUpload', 's3:PutObject', { query: ['uploadId'], creates: 'true' });
  if (method === 'DELETE')
    return operation('AbortMultipartUpload', 's3:AbortMultipartUpload', { query: ['uploadId'] });
  return operation('ListParts', 's3:ListMultipartUploadParts', {
    query: ['uploadId', 'max-parts', 'part-number-marker'],
  });
}

function onObject(method: string, query: ReadonlyMap<string, string>, copies: boolean): Operation {
  if (query.has('restore') && method === 'POST')
    return operation('RestoreObject', 's3:RestoreObject', {
      query: ['restore', 'versionId'],
      headers: CHECKSUMS,
    });
  const known = multipart(method, query) ?? subresource(OBJECT_SUBRESOURCES, method, query);
  if (known) return known;
  const versioned = query.has('versionId');
  if (method === 'GET' || method === 'HEAD')
    return get(method === 'GET' ? 'GetObject' : 'HeadObject', versioned);
  if (method === 'PUT' && copies)
    return operation('CopyObject', 's3:PutObject', {
      headers: [...DESCRIPTION, 'x-amz-copy-source', 'x-amz-metadata-directive', 'x-amz-checksum-algorithm'],
      creates: 'true',
    });
  if (method === 'PUT')
    return operation('PutObject', 's3:PutObject', {
      headers: [...DESCRIPTION, ...CHECKSUMS],
      creates: 'true',
    });
  if (method === 'DELETE')
    return operation('DeleteObject', versioned ? 's3:DeleteObjectVersion' : 's3:DeleteObject', {
      query: ['versionId'],
    });
  return unimplemented('PutObject');
}

function onBucket(method: string, query: ReadonlyMap<string, string>): Operation {
  if (method === 'POST' && query.has('delete')) return DELETE_OBJECTS;
  const known = subresource(BUCKET_SUBRESOURCES, method, query);
  if (known) return known;
  if (method === 'HEAD') return operation('HeadBucket', 's3:ListBucket');
  if (method === 'GET' && query.has('versions'))
    return operation('ListObjectVersions', 's3:ListBucketVersions', {
      query: ['versions', 'prefix', 'max-keys', 'key-marker', 'version-id-marker'],
    });
  if (method === 'GET' && query.get('list-type') === '2')
    return operation('ListObjectsV2', 's3:ListBucket', {
      query: [
        'list-type',
        'prefix',
        'delimiter',
        'max-keys',
        'continuation-token',
        'start-after',
        'encoding-type',
      ],
      headers: ['x-amz-optional-object-attributes'],
    });
  if (method === 'GET') return unimplemented('ListBucket');
  if (method === 'PUT') return unimplemented('CreateBucket');
  return unimplemented(method === 'DELETE' ? 'DeleteBucket' : 'PutObject');
}

/** Headers that ask for a right of their own beside the operation's. */
const HEADER_ACTIONS: readonly (readonly [prefix: string, action: string])[] = [
  ['x-amz-acl', 's3:PutObjectAcl'],
  ['x-amz-grant-', 's3:PutObjectAcl'],
  ['x-amz-tagging', 's3:PutObjectTagging'],
  ['x-amz-object-lock-mode', 's3:PutObjectRetention'],
  ['x-amz-object-lock-retain', 's3:PutObjectRetention'],
  ['x-amz-object-lock-legal-hold', 's3:PutObjectLegalHold'],
];

export function operationOf(
  method: string,
  key: string,
  query: ReadonlyMap<string, string>,
  headers: ReadonlyMap<string, string>,
): Operation {
  const found =
    key === '' ? onBucket(method, query) : onObject(method, query, headers.has('x-amz-copy-source'));
  const more = HEADER_ACTIONS.filter(([prefix]) =>
    [...headers.keys()].some((name) => name.startsWith(prefix)),
  );
  return key === '' || method !== 'PUT'
    ? found
    : { ...found, actions: [...found.actions, ...more.map(([, action]) => action)] };
}

/** The first query parameter or `x-amz-` header that an operation does not understand. */
export function notUnderstood(
  { query, headers }: Operation,
  given: { query: ReadonlyMap<string, string>; headers: ReadonlyMap<string, string> },
): string | undefined {
  return (
    [...given.query.keys()].find((name) => !query.includes(name)) ??
    [...given.headers.keys()].find(
      (name) =>
        name.startsWith('x-amz-') &&
        !headers.includes(name) &&
        !(name.startsWith('x-amz-meta-') && headers.includes('x-amz-meta-')),
    )
  );
}
