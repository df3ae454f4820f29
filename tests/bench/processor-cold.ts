// How long the Lambda takes from nothing to its first photo: a fresh Node loads the package and handles one event, while this
// process plays S3 and DynamoDB.
import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pathToFileURL } from 'node:url';
import { ALLOCATOR } from '../../infra/allocator.ts';
import { photoIdOf } from '../fixtures.ts';

const OWNER = 'eu-central-1:00000000-0000-4000-8000-000000000001';

const script = (module: string, key: string): string => `
  const event = { Records: [{ s3: { bucket: { name: 'originals' }, object: { key: ${JSON.stringify(key)}, sequencer: '01' } } }] };
  const begin = performance.now();
  const { handler } = await import(${JSON.stringify(module)});
  await handler(event);
  process.stdout.write('\\n' + (performance.now() - begin));
`;

/** As the template gives them to the function; which S3 buckets and table there are, nobody asks here. */
const NAMES = {
  ORIGINALS_BUCKET: 'originals',
  LIBRARY_BUCKET: 'library',
  PHOTOS_TABLE: 'photos',
  ...ALLOCATOR,
};

/** Milliseconds from import to the end of the first event, one for each run. */
export async function coldStarts(
  packaged: string,
  photo: Buffer,
  {
    runs,
    pin,
    environment: deployed = NAMES,
  }: { runs: number; pin: readonly string[]; environment?: Readonly<Record<string, string>> },
): Promise<number[]> {
  const written = new Set<string>();
  const server = createServer((request, response) => {
    const { method, url = '', headers } = request;
    request.resume().on('end', () => {
      if (headers['x-amz-target']) {
        response.setHeader('content-type', 'application/x-amz-json-1.0');
        written.add(headers['x-amz-target'].toString().split('.')[1] ?? '');
        return response.end('{}');
      }
      response.setHeader('etag', '"1"');
      if (method === 'PUT') written.add(url.split('/').at(-1)?.split('?')[0] ?? '');
      if (method === 'PUT') return response.end();
      response.setHeader('last-modified', 'Thu, 01 Jan 2026 00:00:00 GMT');
      response.setHeader('content-length', photo.length);
      return response.end(method === 'HEAD' ? undefined : photo);
    });
  });
  await new Promise<void>((ready) => {
    server.listen(0, '127.0.0.1', ready);
  });
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const environment = {
    AWS_ENDPOINT_URL_S3: endpoint,
    AWS_ENDPOINT_URL_DYNAMODB: endpoint,
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'bench',
    AWS_SECRET_ACCESS_KEY: 'bench',
    PATH: process.env['PATH'],
    NODE_NO_WARNINGS: '1',
    ...deployed,
  };
  const key = encodeURIComponent(`${OWNER}/${photoIdOf(photo)}`);
  const code = script(pathToFileURL(packaged).href, key);
  try {
    const times: number[] = [];
    for (let run = 0; run < runs; run++) {
      written.clear();
      times.push(await timeOf([...pin, process.execPath, '--input-type=module', '-e', code], environment));
      for (const thing of ['view.webp', 'thumb.webp', 'UpdateItem'])
        if (!written.has(thing)) throw new Error(`the first event wrote no ${thing}`);
    }
    return times;
  } finally {
    server.close();
  }
}

function timeOf([command = '', ...argv]: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, argv, { env, stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    child.stdout.on('data', (text: Buffer) => (output += text.toString()));
    child.on('error', reject);
    child.on('close', (code) => {
      const milliseconds = Number(output.split('\n').at(-1));
      if (code === 0 && milliseconds > 0) resolve(milliseconds);
      else reject(new Error(`the handler failed (exit code ${code}): ${output}`));
    });
  });
}
