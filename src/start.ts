// Starts the page.
import { mount } from 'svelte';
import App from './App.svelte';
import { App as Root } from './app.svelte.ts';
import { words } from './ui/words/notices.ts';
import type { Visit } from './visit.ts';

/** After the first pictures: the worker fetches all there is of the page. */
const WORKER_MS = 2000;
/** What the installed app was started with is not to be waited for long. */
const HANDED_MS = 500;

export function start(visit: Promise<Visit>): void {
  const app = new Root();
  const target = document.querySelector('#app');
  if (target) mount(App, { target, props: { app } });
  void app.start(visit);
  const installed = !matchMedia('(display-mode: browser)').matches;
  setTimeout(() => handed(app), installed ? HANDED_MS : WORKER_MS);
  if (import.meta.env.PROD) setTimeout(() => registered(app), WORKER_MS);
}

async function handed(app: Root): Promise<void> {
  try {
    const { takeHanded } = await import('./launched.ts');
    takeHanded(app);
  } catch (error) {
    // What the app was started with is in the browser's hands until somebody asks for it.
    console.warn('What other apps have handed over was not taken.', error);
  }
}

async function registered(app: Root): Promise<void> {
  try {
    const { registerWorker } = await import('./worker-client.ts');
    await registerWorker(
      (takeOver) =>
        app.notices.say(words.update.ready, { label: words.update.reload, run: takeOver }, { stays: true }),
      (path) => app.route.go(path),
    );
  } catch (error) {
    // The page works without it; the next visit tries again.
    console.warn('The service worker could not be registered.', error);
  }
}
