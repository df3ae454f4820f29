// Verifies AWS Signature Version 4 on requests, signed in the header or (S3 only) presigned in the query.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { CredentialStore, Principal } from './contract.ts';
import { awsEncode, parseTarget, type Target } from './http.ts';
import { refuse, type Refusal, type RefusalCode } from './sigv4-refusals.ts';

export type { Refusal } from './sigv4-refusals.ts';

export interface SignedRequest {
  method: string;
  /** The request target as it was sent. */
  url: string;
  /** Names in lower case, as Node gives them. */
  headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** Needed for services other than S3, whose body is always signed; S3 compares its bytes while it stores them. */
  body?: Uint8Array;
}

export interface Verified {
  ok: true;
  principal: Principal;
  service: string;
  /** As the condition key `s3:authType` has it. */
  authType: 'REST-HEADER' | 'REST-QUERY-STRING';
  /** Epoch milliseconds. */
  signedAt: number;
  /** What the signature says about the body: a hex SHA-256, `UNSIGNED-PAYLOAD` or `STREAMING-...`. */
  payload: string;
}

export interface VerifyOptions {
  now: number;
  /** Service names that may stand in the credential scope here. */
  services: readonly string[];
  region: string;
}

const ALGORITHM = 'AWS4-HMAC-SHA256';
const SKEW = 15 * 60_000;
const WEEK = 7 * 24 * 3600;
const PAYLOAD = /^(?:[0-9a-f]{64}|UNSIGNED-PAYLOAD|STREAMING-UNSIGNED-PAYLOAD-TRAILER)$/;

/** What header and query say alike. */
interface Claim {
  accessKeyId: string;
  scope: readonly [date: string, region: string, service: string];
  signedHeaders: readonly string[];
  signature: string;
  token: string | undefined;
  signedAt: number;
  amzDate: string;
  payload: string | undefined;
  /** Seconds; presigned only. */
  expires: number | undefined;
}

const hex = (data: string | Uint8Array): string => createHash('sha256').update(data).digest('hex');
const hmac = (key: string | Buffer, data: string): Buffer => createHmac('sha256', key).update(data).digest();

const header = (request: SignedRequest, name: string): string | undefined => {
  const value = request.headers[name];
  return value === undefined || typeof value === 'string' ? value : value.join(',');
};

/** `20261120T120000Z` in epoch milliseconds. */
function timeOf(amzDate: string): number {
  const [, y, m, d, h, min, s] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(amzDate) ?? [];
  return Date.parse(`${y}-${m}-${d}T${h}:${min}:${s}Z`);
}

function claimOf(
  credential: string,
  rest: Omit<Claim, 'accessKeyId' | 'scope' | 'signedAt'>,
): Claim | RefusalCode {
  const [accessKeyId, date, region, service, end, ...more] = credential.split('/');
  const signedAt = timeOf(rest.amzDate);
  if (!accessKeyId || !date || !region || !service || end !== 'aws4_request' || more.length > 0)
    return 'malformed';
  if (Number.isNaN(signedAt) || !/^[0-9a-f]{64}$/.test(rest.signature)) return 'malformed';
  if (!rest.amzDate.startsWith(date) || !rest.signedHeaders.includes('host')) return 'malformed';
  return { accessKeyId, scope: [date, region, service], signedAt, ...rest };
}

function fromHeader(request: SignedRequest, authorization: string): Claim | RefusalCode {
  const match = /^AWS4-HMAC-SHA256 +Credential=([^, ]+), *SignedHeaders=([^, ]+), *Signature=([^, ]+)$/.exec(
    authorization,
  );
  const [, credential, signedHeaders, signature] = match ?? [];
  if (!credential || !signedHeaders || !signature) return 'malformed';
  return claimOf(credential, {
    signedHeaders: signedHeaders.split(';'),
    signature,
    token: header(request, 'x-amz-security-token'),
    amzDate: header(request, 'x-amz-date') ?? '',
    payload: header(request, 'x-amz-content-sha256'),
    expires: undefined,
  });
}

function fromQuery(request: SignedRequest, query: ReadonlyMap<string, string>): Claim | RefusalCode {
  const get = (name: string) => query.get(`x-amz-${name}`) ?? '';
  const expires = Number(get('expires'));
  if (get('algorithm') !== ALGORITHM || !/^\d{1,7}$/.test(get('expires'))) return 'malformed-query';
  if (expires < 1 || expires > WEEK) return 'malformed-query';
  const claim = claimOf(get('credential'), {
    signedHeaders: get('signedheaders').split(';'),
    signature: get('signature'),
    token: query.get('x-amz-security-token'),
    amzDate: get('date'),
    payload:
      query.get('x-amz-content-sha256') ?? header(request, 'x-amz-content-sha256') ?? 'UNSIGNED-PAYLOAD',
    expires,
  });
  return claim === 'malformed' ? 'malformed-query' : claim;
}

function findClaim(request: SignedRequest, target: Target, services: readonly string[]): Claim | RefusalCode {
  const query = new Map(target.query.map(([name, value]) => [name.toLowerCase(), value]));
  // A name twice would let signature and server read different values.
  if (query.size < target.query.length) return 'ambiguous';
  const authorization = header(request, 'authorization');
  const presigned = query.has('x-amz-signature') || query.has('x-amz-credential');
  if (presigned && services.includes('s3'))
    return authorization === undefined ? fromQuery(request, query) : 'ambiguous';
  if (authorization === undefined) return 'unsigned';
  return authorization.startsWith(ALGORITHM) ? fromHeader(request, authorization) : 'malformed';
}

function timeliness({ signedAt, expires }: Claim, now: number): RefusalCode | undefined {
  if (expires === undefined) return Math.abs(now - signedAt) > SKEW ? 'skewed' : undefined;
  if (signedAt > now + SKEW) return 'not-yet-valid';
  return now > signedAt + expires * 1000 ? 'presigned-expired' : undefined;
}

function stringToSign(request: SignedRequest, target: Target, claim: Claim, payload: string): string {
  const encode = (part: string) => {
    const once = awsEncode(decodeURIComponent(part));
    // S3 alone signs the path as it is sent; everything else encodes it once more.
    return claim.scope[2] === 's3' ? once : awsEncode(once);
  };
  const query = target.query
    .filter(([name]) => name.toLowerCase() !== 'x-amz-signature')
    .map(([name, value]) => [awsEncode(name), awsEncode(value)] as const)
    .sort(([a, x], [b, y]) => (a < b ? -1 : a > b ? 1 : x < y ? -1 : 1));
  const canonical = [
    request.method,
    target.path.split('/').map(encode).join('/'),
    query.map((pair) => pair.join('=')).join('&'),
    ...claim.signedHeaders.map(
      (name) => `${name}:${(header(request, name) ?? '').trim().replaceAll(/ +/g, ' ')}`,
    ),
    '',
    claim.signedHeaders.join(';'),
    payload,
  ].join('\n');
  return [ALGORITHM, claim.amzDate, [...claim.scope, 'aws4_request'].join('/'), hex(canonical)].join('\n');
}

const signingKeys = new Map<string, Buffer>();

/** A signing key serves one secret for one day: worth remembering, but not for ever. */
function signingKey(secret: string, scope: Claim['scope']): Buffer {
  const name = hex([secret, ...scope].join('\n'));
  const known = signingKeys.get(name);
  if (known) return known;
  const key = [...scope, 'aws4_request'].reduce<string | Buffer>(hmac, `AWS4${secret}`) as Buffer;
  if (signingKeys.size >= 1000) signingKeys.clear();
  signingKeys.set(name, key);
  return key;
}

/** Who signed the request, or why it is refused, in the words the service would use. */
export function verify(
  request: SignedRequest,
  credentials: CredentialStore,
  options: VerifyOptions,
): Verified | Refusal {
  const target = parseTarget(request.url);
  const claim = target ? findClaim(request, target, options.services) : 'malformed-path';
  const s3 = options.services.includes('s3');
  if (!target || typeof claim === 'string') return refuse(claim as RefusalCode, s3);

  const [, region, service] = claim.scope;
  if (region !== options.region || !options.services.includes(service))
    return refuse(claim.expires === undefined ? 'malformed' : 'malformed-query', s3);
  const unsigned = Object.keys(request.headers).find(
    (name) => name.startsWith('x-amz-') && !claim.signedHeaders.includes(name),
  );
  if (unsigned !== undefined) return refuse('unsigned-header', s3);

  const payload = service === 's3' ? claim.payload : hex(request.body ?? '');
  if (payload === undefined) return refuse('no-payload-hash', s3);
  if (payload.startsWith('STREAMING-AWS4-')) return refuse('signed-chunks', s3);
  if (!PAYLOAD.test(payload)) return refuse('malformed-payload-hash', s3);

  const late = timeliness(claim, options.now);
  if (late) return refuse(late, s3);

  const found = credentials.resolve(claim.accessKeyId, claim.token, options.now);
  if (found.state !== 'valid') return refuse(found.state, s3);
  const expected = hmac(
    signingKey(found.secretAccessKey, claim.scope),
    stringToSign(request, target, claim, payload),
  );
  if (!timingSafeEqual(expected, Buffer.from(claim.signature, 'hex'))) return refuse('mismatch', s3);
  return {
    ok: true,
    principal: found.principal,
    service,
    authType: claim.expires === undefined ? 'REST-HEADER' : 'REST-QUERY-STRING',
    signedAt: claim.signedAt,
    payload,
  };
}
