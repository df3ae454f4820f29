// What becomes of a request whose handler fails, or is not there yet.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test, vi } from 'vitest';
import { listen, onlyFrom, type Handler } from '../../infra/local/ports.ts';

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

test('a request that comes before there is anybody to answer is turned away, not left waiting', async () => {
  const undo: (() => unknown)[] = [];
  const { servers, urls } = await listen({}, undo);
  try {
    expect((await fetch(urls.originals)).status).toBe(503);
    servers.originals.on('request', (_request, response) => response.end('here'));
    const answer = await fetch(urls.originals);
    expect([answer.status, await answer.text()]).toEqual([200, 'here']);
  } finally {
    for (const step of undo) await step();
  }
});
