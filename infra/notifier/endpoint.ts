// Which addresses a notification may be sent to. A subscription is its owner's text: without this list it would be a way to have
// the notifier talk to whatever can be reached from where it runs. Pure.

/** The push services of the browsers there are: hosts, and domains whose hosts are theirs alone. */
const HOSTS = new Set(['fcm.googleapis.com', 'updates.push.services.mozilla.com']);
const DOMAINS = ['.push.apple.com', '.notify.windows.com'];

/** `standIn`: origin of the local cloud's push service, which takes the place of all others there; on AWS there is none. */
export function pushAddress(endpoint: string, standIn?: string): URL | undefined {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  if (!url || url.username || url.password || url.hash) return undefined;
  if (standIn !== undefined && url.origin === standIn) return url;
  if (url.protocol !== 'https:' || url.port !== '') return undefined;
  const { hostname } = url;
  const known =
    HOSTS.has(hostname) ||
    DOMAINS.some(
      (domain) => hostname.endsWith(domain) && /^[a-z0-9-]+$/.test(hostname.slice(0, -domain.length)),
    );
  return known ? url : undefined;
}
