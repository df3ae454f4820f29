// A manifest behind a password: AES-GCM, with a key that takes a guesser long to make of each guess. Pure.
import { fromBase64, toBase64 } from './ids.ts';
import type { SealedManifest } from './manifest.ts';

/** PBKDF2-HMAC-SHA-256; as OWASP's cheat sheet on storing passwords has it. */
export const ITERATIONS = 600_000;
export const PASSWORD_LENGTH = 200;

async function keyOf(
  password: string,
  salt: Uint8Array<ArrayBuffer>,
  iterations: number,
  use: 'encrypt' | 'decrypt',
): Promise<CryptoKey> {
  // The same password, however a keyboard composes its letters.
  const bytes = new TextEncoder().encode(password.normalize('NFKC'));
  const material = await crypto.subtle.importKey('raw', bytes, 'PBKDF2', false, ['deriveKey']);
  return crypto.subtle.deriveKey(
    { name: 'PBKDF2', hash: 'SHA-256', salt, iterations },
    material,
    { name: 'AES-GCM', length: 256 },
    false,
    [use],
  );
}

export async function seal(
  json: unknown,
  password: string,
  { iterations = ITERATIONS } = {},
): Promise<SealedManifest> {
  const salt = crypto.getRandomValues(new Uint8Array(16));
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const key = await keyOf(password, salt, iterations, 'encrypt');
  const plain = new TextEncoder().encode(JSON.stringify(json));
  const data = new Uint8Array(await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, key, plain));
  return {
    version: 1,
    sealed: { salt: toBase64(salt), iterations, iv: toBase64(iv), data: toBase64(data) },
  };
}

/** The JSON in it; undefined for a wrong password, and for one that somebody has meddled with. */
export async function unseal({ sealed }: SealedManifest, password: string): Promise<unknown> {
  const [salt, iv, data] = [sealed.salt, sealed.iv, sealed.data].map(bytesOf);
  if (!salt || !iv || !data) return undefined;
  const key = await keyOf(password, salt, sealed.iterations, 'decrypt');
  try {
    const plain = await crypto.subtle.decrypt({ name: 'AES-GCM', iv }, key, data);
    return JSON.parse(new TextDecoder().decode(plain)) as unknown;
  } catch (error) {
    const wrong = error instanceof DOMException && error.name === 'OperationError';
    if (wrong || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

const bytesOf = (text: string): Uint8Array<ArrayBuffer> | undefined => {
  const bytes = fromBase64(text);
  return bytes && Uint8Array.from(bytes);
};
