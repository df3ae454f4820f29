// The page of the presign bench: signs 1,000 URLs our way and the SDK's, in turns, and gives the times to whoever asks.
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl, S3RequestPresigner } from '@aws-sdk/s3-request-presigner';
import { parseCredentials } from '../../src/cloud/kept.ts';
import { Presigner } from '../../src/cloud/presign.ts';

const COUNT = 1000;
const ROUNDS = 7;
const BUCKET = 'shoebox-library';
const REGION = 'eu-central-1';
const expiration = Date.now() + 3_600_000;

const credentials = parseCredentials({
  identityId: `${REGION}:11111111-2222-3333-4444-555555555555`,
  accessKeyId: 'ASIAEXAMPLEEXAMPLE12',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  // As long as real ones are.
  sessionToken: 'IQoJb3JpZ2luX2VjE/+='.repeat(65),
  expiration,
});
if (!credentials) throw new Error('the credentials of the bench are of the wrong shape');
const held = credentials;

const keys = Array.from(
  { length: COUNT },
  (_, index) => `renditions/${held.identityId}/${String(index).padStart(43, 'A')}/thumb.webp`,
);
const client = new S3Client({ region: REGION, credentials: { ...held, expiration: new Date(expiration) } });
const host = `${BUCKET}.s3.${REGION}.amazonaws.com`;

/** A new signer each round: a real page signs a key once and remembers it. */
const ways: Record<string, () => Promise<unknown>> = {
  async ours() {
    const presigner = new Presigner(
      { current: () => held, get: async () => held },
      REGION,
      `https://${host}`,
    );
    await Promise.all(keys.map((key) => presigner.url(key)));
  },
  async getSignedUrl() {
    await Promise.all(
      keys.map((Key) =>
        getSignedUrl(client, new GetObjectCommand({ Bucket: BUCKET, Key }), { expiresIn: 3600 }),
      ),
    );
  },
  async S3RequestPresigner() {
    const presigner = new S3RequestPresigner({ ...client.config, region: REGION });
    await Promise.all(
      keys.map((key) =>
        presigner.presign(
          { method: 'GET', protocol: 'https:', hostname: host, path: `/${key}`, query: {}, headers: {} },
          { expiresIn: 3600 },
        ),
      ),
    );
  },
};

async function measure(): Promise<Record<string, number[]>> {
  const times: Record<string, number[]> = {};
  for (let round = 0; round < ROUNDS; round += 1)
    for (const [name, sign] of Object.entries(ways)) {
      const start = performance.now();
      await sign();
      (times[name] ??= []).push(performance.now() - start);
    }
  return times;
}

Object.assign(globalThis, { measure });
