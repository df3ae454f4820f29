// What becomes of a request whose handler fails.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test, vi } from 'vitest';
import { onlyFrom, type Handler } from '../../infra/local/ports.ts';

test.each<[string, Handler]>([
  [
    'at once',
    () => {
      throw new Error('broken');
    },
  ],
  ['later', () => Promise.reject(new Error('broken'))],
])('a handler that throws %s is a plain 500, and is reported', async (_when, handler) => {
  const complaint = vi.spyOn(console, 'error').mockImplementation(() => undefined);
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  server.on('request', onlyFrom(url, handler));
  const answer = await fetch(url);
  expect(answer.status).toBe(500);
  expect(await answer.text()).not.toContain('broken');
  expect(complaint).toHaveBeenCalledWith(new Error('broken'));
  complaint.mockRestore();
  server.closeAllConnections();
  server.close();
});
