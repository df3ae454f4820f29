// What a deployment says when it is done: the address, DNS records that are left to set, and how to let people in. Pure.
import type { Config } from '../src/schema/config.ts';
import type { Settings } from './settings.ts';

export interface Deployed {
  config: Config;
  address: string;
  /** What CloudFront calls page and links. */
  pageHost: string;
  linksHost: string;
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

function dnsSteps({ domain }: Settings, { pageHost, linksHost }: Deployed): string {
  if (!domain || domain.zone !== null) return '';
  return `It answers there once your DNS provider has these records (where a name is the whole domain, as ALIAS or ANAME):

  ${domain.page}  CNAME  ${pageHost}
  ${domain.links}  CNAME  ${linksHost}`;
}

function googleSteps({ google }: Settings, { config }: Deployed): string {
  if (!google) return '';
  return `In the Google console (APIs & Services, Credentials, your OAuth client) these have to stand, letter by letter:

  Authorized JavaScript origins  ${config.signInUrl}
  Authorized redirect URIs       ${config.signInUrl}/oauth2/idpresponse`;
}

function peopleSteps({ region, google }: Settings, { config }: Deployed): string {
  const pool = `--region ${region} --user-pool-id ${config.userPoolId}`;
  const googleHint = google
    ? '\n\nSomebody who comes with Google signs in once (and is refused), then takes the second command only:\ntheir user name is shown by "aws cognito-idp list-users".'
    : '';
  return `Whoever is not let in gets nothing. To let a person in:

  aws cognito-idp admin-create-user ${pool} --username you@example.com \\
    --user-attributes Name=email,Value=you@example.com Name=email_verified,Value=true
  aws cognito-idp admin-add-user-to-group ${pool} --group-name members --username you@example.com${googleHint}`;
}
