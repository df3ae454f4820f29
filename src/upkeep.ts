// What goes on behind the settings, put together; and the export, which is fetched when the settings are opened, and goes on whatever
// page is open then.
import type { Cloud } from './cloud/cloud.ts';
import type { Library } from './library/library.svelte.ts';
import type { Social } from './library/social.svelte.ts';
import { Upkeep, type ExportCard } from './settings/upkeep.svelte.ts';

export async function openUpkeep(
  library: Library,
  cloud: Cloud,
  social: Promise<Social>,
  closing: AbortSignal,
): Promise<Upkeep> {
  let opened: Promise<ExportCard> | undefined;
  const exporting = (): Promise<ExportCard> =>
    (opened ??= openExport(library, cloud, social, closing).catch((error: unknown) => {
      opened = undefined;
      throw error;
    }));
  const upkeep = new Upkeep(library, cloud, social, exporting, closing);
  await upkeep.start();
  return upkeep;
}

async function openExport(
  library: Library,
  cloud: Cloud,
  social: Promise<Social>,
  closing: AbortSignal,
): Promise<ExportCard> {
  const [{ default: Card }, { Exporting }, { Hasher, UnreadableFile }] = await Promise.all([
    import('./exporting/ExportCard.svelte'),
    import('./exporting/exporting.svelte.ts'),
    import('./upload/hash.ts'),
  ]);
  const hasher = new Hasher();
  closing.addEventListener('abort', () => hasher.close());
  const exporting = new Exporting({
    library,
    cloud,
    social,
    closing,
    identify: (file, signal) =>
      hasher.photoIdOf(file, signal).catch((error: unknown) => {
        if (error instanceof UnreadableFile) return undefined;
        throw error;
      }),
  });
  return { Card: Card as ExportCard['Card'], exporting };
}
