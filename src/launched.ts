// The page's part in "Open with": the system starts the installed app with files, which wait like those that were shared.
// https://developer.mozilla.org/docs/Web/API/Window/launchQueue
import type { App } from './app.svelte.ts';
import { words } from './ui/words/received.ts';

/** What TypeScript does not know of yet, not every browser has. */
interface LaunchQueue {
  setConsumer: (take: (launch: { files?: readonly FileSystemHandle[] }) => void) => void;
}

const isFile = (handle: FileSystemHandle): handle is FileSystemFileHandle => handle.kind === 'file';

/** Some browsers hand over once more at a reload what they did at the start: it is here already, or dealt with. */
const reloaded = (): boolean =>
  performance
    .getEntriesByType('navigation')
    .some((entry) => (entry as PerformanceNavigationTiming).type === 'reload');

/** Takes what this visit was started with, and tells what was not to be had of what was shared. */
export function takeHanded(app: Pick<App, 'hand' | 'notices' | 'route'>): void {
  const { problems } = words.received;
  const { launchQueue } = globalThis as { launchQueue?: LaunchQueue };
  const problem = app.route.parameter('received');
  if (problem !== undefined) app.route.reset('/');
  if (problem === 'full' || problem === 'broken')
    app.notices.say(problems[problem], undefined, { stays: true });
  let known = reloaded();
  const keep = async (handles: readonly FileSystemFileHandle[]): Promise<void> => {
    const { receive } = await import('./upload/received.ts');
    if (await receive(handles, 'opened')) app.hand();
    else app.notices.say(problems.full, undefined, { stays: true });
  };
  launchQueue?.setConsumer(({ files = [] }) => {
    const handles = files.filter(isFile);
    if (handles.length > 0 && !known) keep(handles).catch(console.warn);
    known = false;
  });
}
