// Sends one encrypted notification to one device by its push service. https://www.rfc-editor.org/rfc/rfc8030
import webPush from 'web-push';
import type { Push } from '../../src/schema/social.ts';
import type { Told } from '../../src/schema/told.ts';
import { pushAddress } from './endpoint.ts';

export interface VapidKeys {
  publicKey: string;
  privateKey: string;
}

export interface PushSettings {
  keys: VapidKeys;
  /** The page's. */
  origin: string;
  standIn?: string | undefined;
  fetch?: typeof fetch;
}

/** `gone`: never try that one again. `refused`: nothing that another try would change. */
export type Sent = 'sent' | 'gone' | 'refused';

/** Who is away that long looks at the page first. */
const KEPT_SECONDS = 3 * 86_400;
const PATIENCE_MS = 8000;

/** Whom a push service may turn to: an address of HTTPS, which the local cloud's page does not have. */
const subjectOf = (origin: string): string =>
  origin.startsWith('https://') ? origin : 'mailto:shoebox@example.com';

/** The same keys; throws for what is no pair of keys. */
export function checkKeys(keys: VapidKeys): VapidKeys {
  webPush.setVapidDetails(subjectOf(''), keys.publicKey, keys.privateKey);
  return keys;
}

/** Rejects for what may go well another time: no connection, no answer, a push service in trouble. */
export async function sendPush(push: Push, told: Told, settings: PushSettings): Promise<Sent> {
  const { keys, origin, standIn, fetch: send = fetch } = settings;
  const address = pushAddress(push.endpoint, standIn);
  if (!address) return 'refused';
  const request = encrypted(push, told, { subject: subjectOf(origin), ...keys });
  if (!request) return 'refused';
  const response = await send(address, {
    method: 'POST',
    headers: Object.fromEntries(
      Object.entries(request.headers)
        // fetch counts for itself.
        .filter(([name]) => name !== 'Content-Length')
        .map(([name, value]) => [name, String(value)]),
    ),
    body: new Uint8Array(request.body as Buffer),
    // Wherever it would lead is not on the list.
    redirect: 'manual',
    signal: AbortSignal.timeout(PATIENCE_MS),
  });
  await response.body?.cancel();
  if (response.ok) return 'sent';
  if (response.status === 404 || response.status === 410) return 'gone';
  if (response.status === 429 || response.status >= 500) {
    throw new Error(`the push service at ${address.host} answered ${response.status}`);
  }
  return 'refused';
}

/** Undefined for keys that no browser has made. */
function encrypted(
  { endpoint, p256dh, auth }: Push,
  told: Told,
  vapidDetails: VapidKeys & { subject: string },
): webPush.RequestDetails | undefined {
  try {
    return webPush.generateRequestDetails({ endpoint, keys: { p256dh, auth } }, JSON.stringify(told), {
      vapidDetails,
      TTL: KEPT_SECONDS,
      // While the device is away, a later word about the same batch takes the place of the first.
      topic: told.news,
    });
  } catch {
    // A point that is not on the curve, for example. Our own keys are checked when they are read.
    return undefined;
  }
}
