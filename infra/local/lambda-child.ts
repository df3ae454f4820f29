// The Lambda's sandbox: a process that imports one handler and gives it one event at a time, with its role's credentials in the
// environment and nothing else of this machine's.
import { inspect } from 'node:util';

const [module = '', name = ''] = process.argv.slice(2);

type Handler = (event: unknown) => Promise<unknown>;

async function loadHandler(): Promise<Handler> {
  const loaded = (await import(module)) as Record<string, unknown>;
  const handler = loaded[name];
  if (typeof handler !== 'function') throw new TypeError(`${module} exports no function ${name}`);
  return handler as Handler;
}

const handler = loadHandler();
// Reported with the first event; until then it must not count as unhandled.
handler.catch(() => undefined);

process.on('message', ({ id, event }: { id: number; event: unknown }) => {
  handler
    .then((handle) => {
      // Loading the handler is Lambda's init phase, which its timeout does not count.
      process.send?.({ id, began: true });
      return handle(event);
    })
    .then(
      () => process.send?.({ id }),
      (error: unknown) => process.send?.({ id, error: inspect(error) }),
    );
});

// Without its parent there is nobody to work for.
process.on('disconnect', () => process.exit());
