// A processor that asks before each event what to do with it, so that a test can stop, break and order it.
import { createServer, type Server } from 'node:http';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ROOT } from '../../infra/local/synth.ts';

/** `lose`: as if the event had never come. */
export type Order = 'go' | 'fail' | 'crash' | 'lose';

export interface Told {
  eventName: string;
  key: string;
}

/**
 * A gate before the real processor: every event asks it first, and waits for the answer; and tells it when the event is done.
 * So a test decides in which order things happen, without waiting for time to pass.
 */
export class Gate {
  order: (told: Told) => Order | Promise<Order> = () => 'go';
  readonly asked: Told[] = [];
  readonly done: Told[] = [];
  readonly #server: Server;
  #folder: string | undefined;

  constructor() {
    this.#server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        const told = JSON.parse(body) as Told;
        if (request.url === '/done') {
          this.done.push(told);
          response.end();
          return;
        }
        this.asked.push(told);
        void Promise.resolve(this.order(told)).then((order) => response.end(order));
      });
    });
  }

  /** Writes a processor that goes through this gate; gives its module. */
  async open(): Promise<string> {
    this.#folder = await mkdtemp(join(tmpdir(), 'shoebox-gate-'));
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
    const file = join(this.#folder, 'gated.mjs');
    await writeFile(
      file,
      `import { handler as real } from ${JSON.stringify(pathToFileURL(join(ROOT, 'processor/handler.ts')).href)};
      export async function handler(event) {
        const { eventName, s3 } = event.Records[0];
        const body = JSON.stringify({ eventName, key: s3.object.key });
        const order = await (await fetch(${JSON.stringify(url)}, { method: 'POST', body })).text();
        if (order === 'crash') process.exit(3);
        if (order === 'fail') throw new Error('told to fail');
        if (order !== 'lose') await real(event);
        await fetch(${JSON.stringify(`${url}/done`)}, { method: 'POST', body });
      }`,
    );
    return pathToFileURL(file).href;
  }

  /** As it was before anything came. */
  renew(): void {
    this.order = () => 'go';
    this.asked.length = 0;
    this.done.length = 0;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    if (this.#folder !== undefined) await rm(this.#folder, { recursive: true });
  }
}
