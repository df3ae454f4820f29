// A person at the page, without a browser: signs in through the sign-in page and holds what the page's composition root builds.
import { vi } from 'vitest';
import { SignIn } from '../../src/auth/oidc.ts';
import type { Browser } from '../../src/auth/record.ts';
import { Session } from '../../src/auth/session.ts';
import { Clock } from '../../src/cloud/clock.ts';
import { Cloud } from '../../src/cloud/cloud.ts';
import { Credentials } from '../../src/cloud/credentials.ts';
import type { Config } from '../../src/schema/config.ts';
import type { LocalCloud } from '../../infra/local/cloud.ts';
import { Locks, MemoryStorage } from '../unit/fake-browser.ts';

type MemoryBrowser = Browser & { storage: MemoryStorage };

export interface PagePerson {
  storage: MemoryStorage;
  visited: string[];
  session: Session;
  credentials: Credentials;
  open: () => Promise<Cloud>;
  /** The same browser after a reload. */
  reload: () => PagePerson;
  /** Credentials of somebody who holds this id token and nothing else. */
  withToken: (idToken: string) => Credentials;
}

export async function signInAs(local: LocalCloud, email: string): Promise<PagePerson> {
  const visited: string[] = [];
  const browser: MemoryBrowser = {
    storage: new MemoryStorage(),
    tabStorage: new MemoryStorage(),
    locks: new Locks(),
    location: { origin: local.urls.site, assign: (url) => void visited.push(String(url)) },
    events: new EventTarget(),
    now: Date.now,
  };
  await new SignIn(local.config, browser).signIn();
  await new SignIn(local.config, browser).completeSignIn(await choose(local, visited.pop() ?? '', email));
  return restored(local.config, browser, visited);
}

function restored(config: Config, browser: MemoryBrowser, visited: string[]): PagePerson {
  const session = Session.restore(config, browser);
  if (!session) throw new Error('signing in left no session');
  const { storage, locks } = browser;
  const subject = session.claims.sub;
  const clock = new Clock();
  const credentials = new Credentials({
    config,
    subject,
    idToken: (options) => session.idToken(options),
    storage,
    locks,
    fetch,
    clock,
  });
  return {
    storage,
    visited,
    session,
    credentials,
    open: () => Cloud.open({ config, credentials, clock }),
    reload: () => restored(config, browser, visited),
    withToken: (idToken) =>
      new Credentials({
        config,
        subject,
        idToken: async () => idToken,
        storage: new MemoryStorage(),
        locks,
        fetch,
        clock,
      }),
  };
}

/** Clicks a person in the account chooser; gives the address that the sign-in page leads back to. */
async function choose(local: LocalCloud, url: string, email: string): Promise<string> {
  const page = await (await fetch(url)).text();
  const transaction = /name="transaction" value="([^"]+)"/.exec(page)?.[1] ?? '';
  const action = /<form[^>]*action="([^"]+)"/.exec(page)?.[1] ?? url;
  const person = local.people.people.find((one) => one.email === email)?.sub ?? '';
  const answer = await fetch(new URL(action, url), {
    method: 'POST',
    body: new URLSearchParams({ transaction, person }),
    redirect: 'manual',
  });
  return answer.headers.get('location') ?? '';
}

/** As much of XMLHttpRequest as an upload needs, on fetch: Node has none. */
class FetchXhr extends EventTarget {
  static readonly LOADING = 3;
  static readonly DONE = 4;
  readonly upload = new EventTarget();
  readonly responseType = '';
  readyState = 0;
  status = 0;
  responseText = '';
  #request: { method: string; url: string; headers: Record<string, string> } | undefined;
  #received = new Headers();
  readonly #abort = new AbortController();

  open(method: string, url: string): void {
    this.#request = { method, url, headers: {} };
  }

  setRequestHeader(name: string, value: string): void {
    if (this.#request) this.#request.headers[name] = value;
  }

  getAllResponseHeaders(): string {
    return [...this.#received].map(([name, value]) => `${name}: ${value}\r\n`).join('');
  }

  abort(): void {
    this.#abort.abort();
  }

  send(body?: Blob): void {
    const { method, url, headers } = this.#request ?? { method: '', url: '', headers: {} };
    fetch(url, { method, headers, body, signal: this.#abort.signal })
      .then(async (response) => {
        this.upload.dispatchEvent(Object.assign(new Event('progress'), { loaded: body?.size ?? 0 }));
        this.#received = response.headers;
        this.responseText = await response.text();
        this.status = response.status;
      })
      // As in a browser: it ends with status 0.
      .catch(() => (this.status = 0))
      .finally(() => {
        this.readyState = FetchXhr.DONE;
        this.dispatchEvent(new Event('readystatechange'));
      });
  }
}

export const withXhr = (): void => {
  vi.stubGlobal('XMLHttpRequest', FetchXhr);
};
