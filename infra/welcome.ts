// What a deployment says when it is done: the address, DNS records that are left to set, and how to let people in. Pure.
import type { Config } from '../src/schema/config.ts';
import type { Settings } from './settings.ts';

export interface Deployed {
  config: Config;
  address: string;
  /** What CloudFront calls page, links and, where it is on, the host of reads. */
  pageHost: string;
  linksHost: string;
  readsHost?: string | undefined;
  /** Of infra/shoebox.json, unless it is the file's own. */
  environment?: string | undefined;
}

export function welcome(settings: Settings, deployed: Deployed): string {
  return [
    `Shoebox is at ${deployed.address}`,
    dnsSteps(settings, deployed),
    googleSteps(settings, deployed),
    peopleSteps(settings, deployed),
    settings.alarmEmail &&
      `Alarms go to ${settings.alarmEmail}, once the link in the mail that AWS sends there has been followed.`,
  ]
    .filter(Boolean)
    .join('\n\n');
}

function dnsSteps({ domain }: Settings, { pageHost, linksHost, readsHost }: Deployed): string {
  if (!domain || domain.zone !== null) return '';
  return `It answers there once your DNS provider has these records (where a name is the whole domain, as ALIAS or ANAME):

  ${domain.page}  CNAME  ${pageHost}
  ${domain.links}  CNAME  ${linksHost}${readsHost === undefined ? '' : `\n  ${domain.reads}  CNAME  ${readsHost}`}`;
}

function googleSteps({ google }: Settings, { config }: Deployed): string {
  if (!google) return '';
  return `In the Google console (APIs & Services, Credentials, your OAuth client) these have to stand, letter by letter:

  Authorized JavaScript origins  ${config.signInUrl}
  Authorized redirect URIs       ${config.signInUrl}/oauth2/idpresponse`;
}

function peopleSteps({ google }: Settings, { environment: named }: Deployed): string {
  const environment = named === undefined ? '' : ` --environment ${named}`;
  const googleHint = google
    ? `\n\nTo come with Google instead, sign in there once, which makes you wait, and then:\n\n  npm run members -- let-in you@example.com --owner${environment}`
    : '';
  return `Whoever is not let in gets nothing. Invite yourself as an owner; all others then from the page, under "People":

  npm run members -- invite you@example.com --owner${environment}${googleHint}`;
}
