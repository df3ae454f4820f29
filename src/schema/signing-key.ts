// The key that AWS's signatures of one day, Region and service are made with, by WebCrypto. Pure.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html

const encoder = new TextEncoder();
const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

export const hex = (buffer: ArrayBuffer): string => {
  let found = '';
  for (const byte of new Uint8Array(buffer)) found += HEX[byte];
  return found;
};

export const sha256 = async (text: string): Promise<string> =>
  hex(await crypto.subtle.digest('SHA-256', encoder.encode(text)));

export const hmac = async (key: CryptoKey, text: string): Promise<string> =>
  hex(await crypto.subtle.sign('HMAC', key, encoder.encode(text)));

/** As `20261120T120000Z`. */
export const amzDate = (milliseconds: number): string =>
  new Date(milliseconds).toISOString().replaceAll(/[-:]|\.\d{3}/g, '');

const keyOf = (data: BufferSource): Promise<CryptoKey> =>
  crypto.subtle.importKey('raw', data, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);

/** The key, and the scope it is good for. `date` as above. */
export async function signingKey(
  secretAccessKey: string,
  date: string,
  region: string,
  service: string,
): Promise<{ key: CryptoKey; scope: string }> {
  const parts = [date.slice(0, 8), region, service, 'aws4_request'];
  let key = await keyOf(encoder.encode(`AWS4${secretAccessKey}`));
  for (const part of parts) key = await keyOf(await crypto.subtle.sign('HMAC', key, encoder.encode(part)));
  return { key, scope: parts.join('/') };
}
