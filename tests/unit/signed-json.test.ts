// Requests that the page signs by itself, held against what verifies those of the SDK.
import { expect, test } from 'vitest';
import type { CredentialStore } from '../../infra/local/contract.ts';
import { verify } from '../../infra/local/sigv4.ts';
import { signedCall, type Signer } from '../../src/schema/signed-json.ts';

const NOW = Date.parse('2026-11-20T12:00:00Z');
const SIGNER: Signer = { accessKeyId: 'ASIATEST', secretAccessKey: 'secret', sessionToken: 'token/+=' };
const principal = { arn: 'arn:aws:iam::123456789012:role/owner', policies: [], context: {} };
const store: CredentialStore = {
  resolve: (_id, token) =>
    token === SIGNER.sessionToken
      ? { state: 'valid', secretAccessKey: SIGNER.secretAccessKey, principal }
      : { state: 'bad-token' },
};
const call = {
  endpoint: 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Pool',
  region: 'eu-west-1',
  service: 'cognito-idp',
  target: 'AWSCognitoIdentityProviderService.ListUsers',
  input: { UserPoolId: 'eu-west-1_Pool', Filter: 'name ^= "Zoë 📷"' },
};

/** As it arrives. */
async function arriving(change: Partial<typeof call> = {}, signer = SIGNER, now = NOW) {
  const { url, method, headers, body } = await signedCall({ ...call, ...change }, signer, now);
  const { host, pathname } = new URL(url);
  return { method, url: pathname, headers: { ...headers, host } as Record<string, string>, body };
}
const check = ({ body, ...request }: Awaited<ReturnType<typeof arriving>>) => {
  const options = { now: NOW, services: ['cognito-idp'], region: 'eu-west-1' };
  const result = verify({ ...request, body: new TextEncoder().encode(body) }, store, options);
  return result.ok ? result.principal.arn : result.code;
};

test('a signed request is taken for what its signer sent', async () => {
  const request = await arriving();
  expect(request.url).toBe('/');
  expect(JSON.parse(request.body)).toEqual(call.input);
  expect(check(request)).toBe(principal.arn);
});

test('changed in any part, it is refused', async () => {
  const request = await arriving();
  const changed = [
    { ...request, body: request.body.replace('Zoë', 'Eve') },
    await arriving({}, { ...SIGNER, secretAccessKey: 'another' }),
    await arriving({}, { ...SIGNER, sessionToken: undefined }),
    await arriving({ region: 'us-east-1' }),
    await arriving({ service: 'dynamodb' }),
    await arriving({}, SIGNER, NOW - 3_600_000),
  ];
  for (const name of ['content-type', 'host', 'x-amz-date', 'x-amz-security-token', 'x-amz-target']) {
    const headers = { ...request.headers, [name]: `${request.headers[name]}x` };
    changed.push({ ...request, headers });
  }
  for (const one of changed) expect(check(one)).not.toBe(principal.arn);
});
