// What is behind a link, fetched and read: each way it can end is a value, because each has a page of its own.
import { linkedUrl, type LinkAddress } from '../schema/link.ts';
import { MOST_MANIFEST_BYTES, parseManifest, parseSealed, type Manifest } from '../schema/manifest.ts';
import { MANIFEST_NAME } from '../schema/share-keys.ts';

export type Opened =
  | { is: 'open'; manifest: Manifest }
  /** Asks for a password. `unlock` gives undefined for a wrong one. */
  | { is: 'sealed'; unlock: (password: string) => Promise<Opened | undefined> }
  | { is: 'gone' | 'broken' | 'offline' };

/** Revoked and never there look the same: 403, because whoever asks may not list. */
const GONE = new Set([403, 404, 410]);

export async function openLink(shareHost: string, address: LinkAddress): Promise<Opened> {
  let response: Response;
  let json: unknown;
  try {
    // The host says how long it may be kept; asked anew, so that what was taken back a moment ago is not shown from this device.
    response = await fetch(linkedUrl(shareHost, address, MANIFEST_NAME), {
      cache: 'no-cache',
      credentials: 'omit',
      referrerPolicy: 'no-referrer',
    });
    if (GONE.has(response.status)) return { is: 'gone' };
    if (!response.ok) return { is: 'offline' };
    if (Number(response.headers.get('content-length') ?? 0) > MOST_MANIFEST_BYTES) return { is: 'broken' };
    json = await response.json();
  } catch (error) {
    return { is: error instanceof SyntaxError ? 'broken' : 'offline' };
  }
  const now = timeOf(response.headers);
  const sealed = parseSealed(json);
  if (!sealed) return read(json, address, now);
  return {
    is: 'sealed',
    unlock: async (password) => {
      const { unseal } = await import('../schema/seal.ts');
      const opened = await unseal(sealed, password);
      return opened === undefined ? undefined : read(opened, address, now);
    },
  };
}

/** When it was answered, by the host's clock: that of whoever looks may be wrong. What was kept is older than it says. */
function timeOf(headers: Headers): number {
  const said = Date.parse(headers.get('date') ?? '');
  return Number.isNaN(said) ? Date.now() : said + 1000 * (Number(headers.get('age')) || 0);
}

function read(json: unknown, address: LinkAddress, now: number): Opened {
  const manifest = parseManifest(json, address);
  if (!manifest) return { is: 'broken' };
  // S3 takes its time with what has expired.
  if (manifest.until !== undefined && Date.parse(manifest.until) <= now) return { is: 'gone' };
  return { is: 'open', manifest };
}
