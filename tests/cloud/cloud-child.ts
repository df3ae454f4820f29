// A local cloud in a process of its own, which can be killed at any moment, and started again where it was.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import type { CloudOptions } from '../../infra/local/cloud.ts';
import type { Reachable } from './people.ts';

const TSX = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;

/** What can be said to another process. */
export interface ChildOptions {
  directory: string;
  ports?: CloudOptions['ports'];
  /** The folder of the page's build. */
  dist?: string;
  /** False: events wait. */
  processor?: boolean;
}

export interface CloudChild {
  cloud: Reachable;
  /** Exit code and signal, once it is over. */
  ended: Promise<unknown[]>;
  /** As kill -9 does: nothing is told, nothing is tidied up. */
  kill: () => Promise<unknown[]>;
}

export async function startChild(options: ChildOptions): Promise<CloudChild> {
  const child = spawn(
    process.execPath,
    ['--import', TSX, join(import.meta.dirname, 'cloud-process.ts'), JSON.stringify(options)],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const ended = once(child, 'exit');
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  const kill = () => {
    child.kill('SIGKILL');
    return ended;
  };
  return { cloud: JSON.parse(line) as Reachable, ended, kill };
}
