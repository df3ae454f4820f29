// A process of the bench of the processor that waits for photos, works on one at a time, and says what it took.
import { peakMB } from '../peak.ts';

export interface Task {
  path: string;
  photoId: string;
  /** For the renditions; without it they are thrown away. */
  into?: string;
}

export interface Outcome {
  cpuMs: number;
  /** Most that the process has ever held, Node included. */
  peakMB: number;
  /** Of view and thumb together. */
  bytes: number;
}

export interface Work {
  view: Buffer;
  thumb: Buffer;
}

type Do = (task: Task) => Promise<Work>;

/** Answers every task that the parent sends. */
export function serve(work: Do, write: (into: string, made: Work) => void): void {
  process.on('message', (task: Task) => {
    void (async () => {
      const before = process.cpuUsage();
      const made = await work(task);
      const { user, system } = process.cpuUsage(before);
      if (task.into !== undefined) write(task.into, made);
      const outcome: Outcome = {
        cpuMs: (user + system) / 1000,
        peakMB: peakMB(),
        bytes: made.view.length + made.thumb.length,
      };
      process.send?.(outcome);
    })();
  });
}
