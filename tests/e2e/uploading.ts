// The middle of an upload, held still so that a story can see it: files, what they go through, and what the device remembers.
import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import type { BrowserContext, Page } from '@playwright/test';
import type { LocalCloud } from '../../infra/local/cloud.ts';
import type { Member } from '../cloud/people.ts';
import { originalPrefix } from '../../src/schema/keys.ts';
import { snapshot, test as base, uploadCard } from './shoebox.ts';

export const press = (page: Page, name: string) =>
  uploadCard(page).getByRole('button', { name, exact: true }).click();

/** Photos of so many days, each with a name of its own. */
export async function album(count: number, folder = ''): Promise<Record<string, Buffer>> {
  const days = Array.from({ length: count }, (_, i) => i + 1);
  const made = await Promise.all(
    days.map(
      async (day) =>
        [
          `${folder}day ${day}.jpg`,
          await snapshot(day, `2021:06:${String(day).padStart(2, '0')} 18:20:00`),
        ] as const,
    ),
  );
  return Object.fromEntries(made);
}

/** Originals get through only while the gate is open, so that the middle of an upload can be seen. */
export interface Gate {
  /** So many more get through; all, without a number. */
  open: (more?: number) => void;
  /** Those that wait at the gate, and those that come, are cut off, as without a network. */
  cut: () => void;
  /** Where originals, or parts of them, were stored in answer to this context's requests. */
  stored: string[];
}

async function gateOf(context: BrowserContext, cloud: Pick<LocalCloud, 'urls'>): Promise<Gate> {
  const at = { left: 0, cut: false };
  let changed = (): void => {};
  let change = new Promise<void>((resolve) => (changed = resolve));
  const tell = (): void => {
    changed();
    change = new Promise((resolve) => (changed = resolve));
  };
  const stored: string[] = [];
  context.on('response', (response) => {
    if (response.request().method() === 'PUT' && response.ok()) stored.push(response.url());
  });
  await context.route(`${cloud.urls.originals}/**`, async (route) => {
    if (route.request().method() === 'PUT') {
      while (at.left === 0 && !at.cut) await change;
      if (at.cut) return route.abort('internetdisconnected').catch(() => {});
      at.left--;
    }
    // Whoever asked may be gone meanwhile.
    await route.continue().catch(() => {});
  });
  return {
    open: (more = Infinity) => {
      at.cut = false;
      at.left = more;
      tell();
    },
    cut: () => {
      at.cut = true;
      tell();
    },
    stored,
  };
}

/** As in browsers that let no page come back to a file: the person has to give it again. */
export const withoutHandles = (page: Page): Promise<unknown> =>
  page.addInitScript(() => {
    Reflect.deleteProperty(DataTransferItem.prototype, 'getAsFileSystemHandle');
  });

/** What this device remembers of uploads. */
export const kept = (page: Page): Promise<{ stored?: boolean }[]> =>
  page.evaluate(async () => {
    const name = (await indexedDB.databases()).find((one) => one.name?.startsWith('shoebox-uploads-'))?.name;
    const opening = indexedDB.open(name ?? '');
    const database = await new Promise<IDBDatabase>((resolve) => {
      opening.onsuccess = () => resolve(opening.result);
    });
    const asking = database.transaction('files').objectStore('files').getAll();
    const rows = await new Promise<{ stored?: boolean }[]>((resolve) => {
      asking.onsuccess = () => resolve(asking.result as { stored?: boolean }[]);
    });
    database.close();
    return rows;
  });

/** The page warns of leaving it while uploads are under way: that is agreed to. */
export const agreeToLeave = (page: Page) => page.on('dialog', (dialog) => dialog.accept());

/** The address of every PUT from here on. */
export function puts(page: Page): string[] {
  const seen: string[] = [];
  page.on('request', (request) => {
    if (request.method() === 'PUT') seen.push(request.url());
  });
  return seen;
}

/** The keys of all that somebody has stored. */
export async function originalsOf(
  cloud: Pick<LocalCloud, 'config'>,
  { identityId, s3 }: Member,
): Promise<string[]> {
  const listed = await s3.originals.send(
    new ListObjectsV2Command({ Bucket: cloud.config.originalsBucket, Prefix: originalPrefix(identityId) }),
  );
  return (listed.Contents ?? []).map(({ Key = '' }) => Key);
}

export const test = base.extend<{ gate: Gate }>({
  gate: async ({ context, cloud }, use) => use(await gateOf(context, cloud)),
});
