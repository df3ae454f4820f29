// One authorized S3 request: what it asks for, who asks, and the questions its operation may have about their rights.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { authorize } from '../iam.ts';
import type { Context } from '../contract.ts';
import type { Target } from '../http.ts';
import type { Verified } from '../sigv4.ts';
import type { BucketSpec } from './bucket.ts';
import { accessDenied, invalidArgument, invalidRequest, S3Error } from './errors.ts';
import type { Store } from './store.ts';

/** What every operation works with. */
export interface Room {
  store: Store;
  buckets: ReadonlyMap<string, BucketSpec>;
  now: () => number;
  /** As lifecycle and restores go by; tests have it run ahead. */
  time: () => number;
  account: string;
}

export interface Call extends Room {
  request: IncomingMessage;
  response: ServerResponse;
  bucket: BucketSpec;
  key: string;
  query: ReadonlyMap<string, string>;
  headers: ReadonlyMap<string, string>;
  verified: Verified;
}

/** Query parameters that belong to the signature. */
const SIGNATURE = /^x-amz-(?:algorithm|credential|date|expires|signedheaders|signature|security-token)$/;

/**
 * Query and headers as the operations see them. The SDK's presigner moves `x-amz-` headers into the query, where S3 reads
 * them just the same, and so must whoever decides.
 */
export function readParameters(
  target: Target,
  raw: IncomingMessage['headers'],
): Pick<Call, 'query' | 'headers'> {
  const headers = new Map<string, string>();
  for (const [name, value] of Object.entries(raw))
    if (value !== undefined) headers.set(name, typeof value === 'string' ? value : value.join(','));
  const query = new Map<string, string>();
  for (const [name, value] of target.query) {
    const lower = name.toLowerCase();
    if (!lower.startsWith('x-amz-')) query.set(name, value);
    else if (!SIGNATURE.test(lower)) {
      if (headers.has(lower)) throw invalidArgument(`${name} stands in both header and query.`);
      headers.set(lower, value);
    }
  }
  return { query, headers };
}

/** `/bucket/key`, decoded; the key may begin with, end in and contain any number of slashes. */
export function parsePath(path: string): { bucketName: string; key: string } {
  const slash = path.indexOf('/', 1);
  const [bucketName, key] = slash < 0 ? [path.slice(1), ''] : [path.slice(1, slash), path.slice(slash + 1)];
  const decoded = decodeURIComponent(key);
  if (Buffer.byteLength(decoded) > 1024) throw new S3Error(400, 'KeyTooLongError', 'Your key is too long');
  return { bucketName: decodeURIComponent(bucketName), key: decoded };
}

/** Condition keys that AWS takes from the query, the headers and the signature; the gate drops what an action has not. */
function contextOf(call: Call): Record<string, string> {
  const { verified, headers, query } = call;
  const context: Record<string, string> = {
    's3:authType': verified.authType,
    's3:signatureversion': 'AWS4-HMAC-SHA256',
    's3:signatureAge': String(Math.max(0, call.now() - verified.signedAt)),
    // Loopback stands in for TLS, as for aws:SecureTransport.
    's3:TlsVersion': '1.3',
    's3:ResourceAccount': call.account,
  };
  for (const [name, value] of headers)
    if (name.startsWith('x-amz-') || name === 'if-match' || name === 'if-none-match')
      context[`s3:${name}`] = value;
  for (const name of ['prefix', 'delimiter', 'max-keys', 'versionId']) {
    const value = query.get(name);
    if (value !== undefined) context[`s3:${name}`] = value;
  }
  context['s3:x-amz-content-sha256'] = verified.payload;
  return context;
}

function may(call: Call, bucket: BucketSpec, action: string, resource: string, context: Context): boolean {
  const policies = bucket.policy ? [bucket.policy] : [];
  return authorize(call.verified.principal, { action, resource, context }, policies, call.now());
}

/** Throws AccessDenied unless every action is allowed. */
export function requireActions(call: Call, actions: readonly string[], creates?: string): void {
  const resource = call.key === '' ? call.bucket.arn : `${call.bucket.arn}/${call.key}`;
  const context = { ...contextOf(call), ...(creates ? { 's3:ObjectCreationOperation': creates } : {}) };
  if (!actions.every((action) => may(call, call.bucket, action, resource, context))) throw accessDenied();
}

/** Reading another object in the course of a copy takes the same right as reading it directly. */
export function requireRead(call: Call, bucket: BucketSpec, key: string, versionId?: string): void {
  const context = contextOf({ ...call, query: new Map() });
  const action = versionId === undefined ? 's3:GetObject' : 's3:GetObjectVersion';
  const versioned = versionId === undefined ? context : { ...context, 's3:VersionId': versionId };
  if (!may(call, bucket, action, `${bucket.arn}/${key}`, versioned)) throw accessDenied();
}

/** Only who may list an S3 bucket learns that a key is missing; there is no prefix in the request that asks for a key. */
export function missing(
  call: Call,
  bucket: BucketSpec,
  reveal: () => S3Error = () => new S3Error(404, 'NoSuchKey', 'The specified key does not exist.'),
): S3Error {
  return may(call, bucket, 's3:ListBucket', bucket.arn, contextOf({ ...call, query: new Map() }))
    ? reveal()
    : accessDenied();
}

export function wholeNumber(call: Call, name: string, min: number, max: number): number | undefined {
  const text = call.query.get(name);
  if (text === undefined) return undefined;
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= min && value <= max))
    throw invalidArgument(`Argument ${name} must be from ${min} to ${max}`);
  return value;
}

/** For requests whose operation reads no body: one that came anyway would be data nobody checked. */
export function requireNoBody({ headers }: Call): void {
  if (Number(headers.get('content-length') ?? 0) > 0 || headers.has('transfer-encoding'))
    throw invalidRequest('This operation takes no body.');
}

export function sendXml(call: Call, body: string, headers: Readonly<Record<string, string>> = {}): void {
  call.response.writeHead(200, {
    'content-type': 'application/xml',
    'content-length': Buffer.byteLength(body),
    ...headers,
  });
  call.response.end(body);
}
