// Requests to AWS's JSON services, signed in their headers (Signature Version 4). For the few calls that are not worth a client of the
// SDK. Pure.
import { amzDate, hmac, sha256, signingKey } from './signing-key.ts';

export interface JsonCall {
  /** Address of the service, without a path. */
  endpoint: string;
  region: string;
  /** As signatures name it. */
  service: string;
  /** Service and operation, as `X-Amz-Target` has them. */
  target: string;
  input: object;
}

export interface Signer {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string | undefined;
}

/** The request, good for some minutes from `now` (epoch milliseconds). */
export async function signedCall(
  { endpoint, region, service, target, input }: JsonCall,
  { accessKeyId, secretAccessKey, sessionToken }: Signer,
  now: number,
): Promise<{ url: string; method: 'POST'; headers: Record<string, string>; body: string }> {
  const { host, origin } = new URL(endpoint);
  const body = JSON.stringify(input);
  const date = amzDate(now);
  // In the order in which they are signed.
  const headers: Record<string, string> = {
    'content-type': 'application/x-amz-json-1.1',
    'x-amz-date': date,
    ...(sessionToken !== undefined && { 'x-amz-security-token': sessionToken }),
    'x-amz-target': target,
  };
  const { 'content-type': type = '', ...others } = headers;
  const signed = { 'content-type': type, host, ...others };
  const names = Object.keys(signed).join(';');
  const lines = Object.entries(signed).map(([name, value]) => `${name}:${value}\n`);
  const request = `POST\n/\n\n${lines.join('')}\n${names}\n${await sha256(body)}`;
  const { key, scope } = await signingKey(secretAccessKey, date, region, service);
  const signature = await hmac(key, `AWS4-HMAC-SHA256\n${date}\n${scope}\n${await sha256(request)}`);
  const authorization = `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope}, SignedHeaders=${names}, Signature=${signature}`;
  return { url: `${origin}/`, method: 'POST', headers: { ...headers, authorization }, body };
}
