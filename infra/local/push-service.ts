// Stands in for the push services of browsers: takes what the notifier sends, checks who signed it, and decrypts it as the browser
// would that has subscribed. https://www.rfc-editor.org/rfc/rfc8291
import { createDecipheriv, createECDH, hkdfSync, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { dirname } from 'node:path';
import { importJWK, jwtVerify } from 'jose';
import { readBody } from './aws-json.ts';
import { readJson, writeJson } from './json-file.ts';
import type { Messages } from './messages.ts';

export const PUSH_PATH = '/push/';

interface Kept {
  id: string;
  /** base64url. */
  privateKey: string;
  publicKey: string;
  auth: string;
}

/** As a browser's `PushSubscription.toJSON()` has it. */
export interface Subscription {
  endpoint: string;
  keys: { p256dh: string; auth: string };
}

const MAX_BODY_BYTES = 4096;
const SALT = 16;
const HEAD = SALT + 4 + 1;
const TAG = 16;

export interface PushServiceOptions {
  /** Where its own address begins. */
  origin: string;
  /** What subscriptions were made with: nobody else may send. */
  applicationServerKey: string;
  file: string;
  messages: Messages;
}

export class PushService {
  readonly #options: PushServiceOptions;
  readonly #subscriptions: Map<string, Kept>;

  constructor(options: PushServiceOptions) {
    this.#options = options;
    mkdirSync(dirname(options.file), { recursive: true });
    const kept = existsSync(options.file) ? (readJson(options.file) as readonly Kept[]) : [];
    this.#subscriptions = new Map(kept.map((one) => [one.id, one]));
  }

  /** As a browser does that is allowed to notify. */
  subscribe(): Subscription {
    const pair = createECDH('prime256v1');
    const publicKey = pair.generateKeys('base64url');
    const id = randomBytes(16).toString('base64url');
    const auth = randomBytes(16).toString('base64url');
    // Without the zeros it may begin with.
    const privateKey = pair.getPrivateKey('base64url');
    this.#subscriptions.set(id, { id, publicKey, privateKey, auth });
    this.#write();
    return { endpoint: `${this.#options.origin}${PUSH_PATH}${id}`, keys: { p256dh: publicKey, auth } };
  }

  /** As when the browser unsubscribes, or is gone. */
  unsubscribe(endpoint: string): void {
    this.#subscriptions.delete(endpoint.split('/').at(-1) ?? '');
    this.#write();
  }

  async handle(request: IncomingMessage, response: ServerResponse, path: string): Promise<void> {
    const answer = (status: number): void => void response.writeHead(status).end();
    const subscription = this.#subscriptions.get(path);
    if (request.method !== 'POST') return answer(405);
    if (!subscription) return answer(410);
    if (!/^\d+$/.test(String(request.headers['ttl']))) return answer(400);
    if (request.headers['content-encoding'] !== 'aes128gcm') return answer(415);
    if (!(await this.#isSigned(String(request.headers.authorization)))) return answer(403);
    const text = decrypt(await readBody(request, MAX_BODY_BYTES), subscription);
    if (text === undefined) return answer(400);
    this.#options.messages.add({ kind: 'push', to: this.#options.origin + PUSH_PATH + path, text });
    answer(201);
  }

  /** https://www.rfc-editor.org/rfc/rfc8292 */
  async #isSigned(authorization: string): Promise<boolean> {
    const [, token, key] = /^vapid t=([\w.-]+), k=([\w-]+)$/.exec(authorization) ?? [];
    const { applicationServerKey, origin } = this.#options;
    if (!token || key !== applicationServerKey) return false;
    const point = Buffer.from(key, 'base64url');
    const [x, y] = [point.subarray(1, 33), point.subarray(33)].map((half) => half.toString('base64url'));
    const jwk = await importJWK({ kty: 'EC', crv: 'P-256', x, y }, 'ES256');
    return jwtVerify(token, jwk, {
      audience: origin,
      algorithms: ['ES256'],
      requiredClaims: ['exp', 'sub'],
    }).then(
      () => true,
      () => false,
    );
  }

  #write(): void {
    writeJson(this.#options.file, [...this.#subscriptions.values()]);
  }
}

/** One record, as push messages have; undefined for what no browser would take. */
function decrypt(body: Buffer, { privateKey, publicKey, auth }: Kept): string | undefined {
  const keyLength = body[HEAD - 1] ?? 0;
  const sealed = body.subarray(HEAD + keyLength);
  if (keyLength !== 65 || sealed.length <= TAG) return undefined;
  const salt = body.subarray(0, SALT);
  const sender = body.subarray(HEAD, HEAD + keyLength);
  const own = createECDH('prime256v1');
  own.setPrivateKey(privateKey, 'base64url');
  const hkdf = (secret: Uint8Array, with_: Uint8Array, info: Uint8Array, length: number) =>
    Buffer.from(hkdfSync('sha256', secret, with_, info, length));
  const info = Buffer.concat([Buffer.from('WebPush: info\0'), Buffer.from(publicKey, 'base64url'), sender]);
  try {
    const secret = hkdf(own.computeSecret(sender), Buffer.from(auth, 'base64url'), info, 32);
    const key = hkdf(secret, salt, Buffer.from('Content-Encoding: aes128gcm\0'), 16);
    const nonce = hkdf(secret, salt, Buffer.from('Content-Encoding: nonce\0'), 12);
    const decipher = createDecipheriv('aes-128-gcm', key, nonce);
    decipher.setAuthTag(sealed.subarray(-TAG));
    const plain = Buffer.concat([decipher.update(sealed.subarray(0, -TAG)), decipher.final()]);
    // Behind the text a mark of the last record, and zeros.
    const end = plain.lastIndexOf(2);
    return end >= 0 && plain.subarray(end + 1).every((byte) => byte === 0)
      ? plain.subarray(0, end).toString('utf8')
      : undefined;
  } catch {
    // Broken, or for somebody else: a browser drops it too.
    return undefined;
  }
}
