// The bench's process that does it as the Lambda does: `measure`, from the stream of an original to renditions and row.
import { createReadStream, statSync } from 'node:fs';
import { measure } from '../../processor/measure.ts';
import type { PhotoId } from '../../src/schema/ids.ts';
import { writeRenditions } from './processor-files.ts';
import { serve } from './processor-worker.ts';

serve(async ({ path, photoId }) => {
  const original = {
    version: '1',
    bytes: statSync(path).size,
    uploadedAt: '2026-01-01T00:00:00.000Z',
    metadata: {},
    body: createReadStream(path),
    read: () => Promise.reject(new Error('the bench holds its photos')),
  } as const;
  const { measured, renditions } = await measure(photoId as PhotoId, original, {
    now: Date.now(),
    warn: (message, error) => {
      throw new Error(message, { cause: error });
    },
  });
  if (!renditions) throw new Error(`${path}: ${measured.failure?.sentence}`);
  return renditions;
}, writeRenditions);
