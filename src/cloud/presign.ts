// Presigned GET URLs, signed here with WebCrypto: 10 times as fast as the SDK's presigner, and without the SDK.
// The URL of a key stays the same for as long as the credentials live, so that the browser's own cache works.
// https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
import { amzDate, hmac, sha256, signingKey } from '../schema/signing-key.ts';
import type { AwsCredentials } from './kept.ts';
import type { Credentials } from './credentials.ts';

export interface PresignOptions {
  /** Saved under this file name instead of shown. */
  download?: string;
  cacheControl?: string;
  /** MIME type it is answered as, whatever it was stored as. */
  type?: string;
}

/** The hour that Cognito's credentials live; a URL signed "when they were issued" ends exactly when they do. */
const LIFE_SECONDS = 3600;

/** RFC 3986, as SigV4 wants it: encodeURIComponent leaves five characters too many. */
const encode = (text: string): string =>
  encodeURIComponent(text.toWellFormed()).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );

const encodeKey = (key: string): string => key.split('/').map(encode).join('/');

/** Saves under `name` whatever it holds: an ASCII stand-in for the old, RFC 8187 for the rest. */
export const attachment = (name: string): string =>
  `attachment; filename="${name.replaceAll(/[^ -~]|["\\%;]/g, '_')}"; filename*=UTF-8''${encode(name)}`;

/** What is the same for every URL while the credentials last. */
interface Signer {
  credentials: AwsCredentials;
  key: CryptoKey;
  date: string;
  scope: string;
  query: string;
  signatures: Map<string, string>;
}

export class Presigner {
  readonly #credentials: Pick<Credentials, 'current' | 'get'>;
  readonly #region: string;
  readonly #base: string;
  readonly #host: string;
  readonly #path: string;
  #signer: Signer | undefined;
  #pending: { credentials: AwsCredentials; signer: Promise<Signer> } | undefined;

  /** `base` is the address of the S3 bucket's objects, without a slash at its end. */
  constructor(credentials: Pick<Credentials, 'current' | 'get'>, region: string, base: string) {
    this.#credentials = credentials;
    this.#region = region;
    this.#base = base;
    const { host, pathname } = new URL(base);
    this.#host = host;
    this.#path = pathname === '/' ? '' : pathname;
  }

  /** The URL without a signature: what a cache goes by. */
  plain(key: string): string {
    return `${this.#base}/${encodeKey(key)}`;
  }

  /** The URL, if it was asked for before and the credentials are still good. */
  cached(key: string, options: PresignOptions = {}): string | undefined {
    const signer = this.#signer;
    if (!signer || signer.credentials !== this.#credentials.current()) return undefined;
    const overrides = overridesOf(options);
    const signature = signer.signatures.get(key + overrides);
    return signature && this.#url(encodeKey(key), signer.query + overrides, signature);
  }

  async url(key: string, options: PresignOptions = {}): Promise<string> {
    const signer = await this.#signerOf(this.#credentials.current() ?? (await this.#credentials.get()));
    const path = encodeKey(key);
    const overrides = overridesOf(options);
    const query = signer.query + overrides;
    const known = signer.signatures.get(key + overrides);
    const signature = known ?? (await this.#sign(signer, path, query));
    // Signatures, not URLs: a URL is 2 kB of session token, and there may be 100,000.
    signer.signatures.set(key + overrides, signature);
    return this.#url(path, query, signature);
  }

  #url(path: string, query: string, signature: string): string {
    return `${this.#base}/${path}?${query}&X-Amz-Signature=${signature}`;
  }

  async #sign(signer: Signer, path: string, query: string): Promise<string> {
    const request = `GET\n${this.#path}/${path}\n${query}\nhost:${this.#host}\n\nhost\nUNSIGNED-PAYLOAD`;
    const digest = await sha256(request);
    return hmac(signer.key, `AWS4-HMAC-SHA256\n${signer.date}\n${signer.scope}\n${digest}`);
  }

  async #signerOf(credentials: AwsCredentials): Promise<Signer> {
    if (this.#signer?.credentials === credentials) return this.#signer;
    if (this.#pending?.credentials !== credentials)
      this.#pending = { credentials, signer: createSigner(credentials, this.#region) };
    const signer = await this.#pending.signer;
    // Of two that were made at once, the first to be stored is everybody's.
    if (this.#signer?.credentials !== credentials) this.#signer = signer;
    return this.#signer;
  }
}

async function createSigner(credentials: AwsCredentials, region: string): Promise<Signer> {
  const issued = (Math.floor(credentials.expiration / 1000) - LIFE_SECONDS) * 1000;
  const date = amzDate(issued);
  const { key, scope } = await signingKey(credentials.secretAccessKey, date, region, 's3');
  // In the order of the canonical query: sorted by name, capitals first.
  const query = [
    'X-Amz-Algorithm=AWS4-HMAC-SHA256',
    'X-Amz-Content-Sha256=UNSIGNED-PAYLOAD',
    `X-Amz-Credential=${encode(`${credentials.accessKeyId}/${scope}`)}`,
    `X-Amz-Date=${date}`,
    `X-Amz-Expires=${LIFE_SECONDS}`,
    `X-Amz-Security-Token=${encode(credentials.sessionToken)}`,
    'X-Amz-SignedHeaders=host',
  ].join('&');
  return { credentials, key, date, scope, query, signatures: new Map() };
}

/** What S3 shall answer instead of what is stored. A download never has a type that a browser would open. */
function overridesOf({ cacheControl, download, type }: PresignOptions): string {
  const overrides: [string, string | undefined][] = [
    ['response-cache-control', cacheControl],
    ['response-content-disposition', download === undefined ? undefined : attachment(download)],
    ['response-content-type', download === undefined ? type : 'application/octet-stream'],
  ];
  return overrides
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `&${name}=${encode(value ?? '')}`)
    .join('');
}
