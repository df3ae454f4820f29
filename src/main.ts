// Starts the page.
import { mount } from 'svelte';
import App from './App.svelte';
import { App as Root } from './app.svelte.ts';
import './app.css';
import { readTheme, showTheme } from './ui/theme.ts';
import { words } from './ui/words/notices.ts';

showTheme(readTheme());
const app = new Root();
const target = document.querySelector('#app');
if (target) mount(App, { target, props: { app } });
void app.start();
if (import.meta.env.PROD) {
  // Not in the way of the first pictures.
  const register = async (): Promise<void> => {
    try {
      const { registerWorker } = await import('./worker-client.ts');
      await registerWorker((takeOver) =>
        app.notices.say(words.update.ready, { label: words.update.reload, run: takeOver }, { stays: true }),
      );
    } catch (error) {
      // The page works without it; the next visit tries again.
      console.warn('The service worker could not be registered.', error);
    }
  };
  addEventListener('load', () => setTimeout(register, 1000));
}
