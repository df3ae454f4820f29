// The settings that consist of several: Google sign-in, where originals are kept, names of one's own, and the firewall.
import { STORAGES, type DeepArchive, type Storage } from '../src/schema/keeping.ts';
import { fields, oneOf, type Fields } from '../src/schema/parse.ts';
import { eitherOr, matching, refuseUnknown, SettingsError, wholeAt, type At } from './settings-read.ts';

/** The client secret is read at deployment from where it is kept, and stands in no file and no template. */
export type Google = { clientId: string } & (
  | {
      /** Of the Secrets Manager secret that holds it as plain text. */
      secretName: string;
    }
  | {
      /** Of the SSM parameter, of type String, that holds it. */
      secretParameter: string;
    }
);

export interface Domain {
  /** Host name of the page. */
  page: string;
  /** Host name of what is shared by link. */
  links: string;
  /** Host name of what is read through CloudFront, where that is on. */
  reads: string;
  /** Id of the Route 53 hosted zone that all are in; null where another provider has their DNS. */
  zone: string | null;
}

export interface Firewall {
  /** More than that from one address within five minutes are refused. */
  requestsPer5Minutes: number;
}

const partOf = (value: unknown, name: string, path: string, known: readonly string[], cure: string): At => {
  const from = fields(value);
  if (!from) throw new SettingsError(path + name, cure);
  const inner = `${path}${name}.`;
  refuseUnknown(from, known, inner);
  return { from, path: inner };
};

export function parseGoogle(value: unknown, path: string): Google {
  const at = partOf(
    value,
    'google',
    path,
    ['clientId', 'secretName', 'secretParameter'],
    'must be { "clientId": ..., "secretParameter": ... }, or null',
  );
  const clientId = matching(
    at,
    'clientId',
    /^[\w-]+\.apps\.googleusercontent\.com$/,
    'must be the OAuth client id from the Google console, ending in .apps.googleusercontent.com',
  );
  const { secretName, secretParameter } = at.from;
  if ((secretName === undefined) === (secretParameter === undefined)) {
    const cure =
      'must say where the client secret is kept: either "secretParameter" (SSM, free) or "secretName" (Secrets Manager)';
    throw new SettingsError(`${path}google`, cure);
  }
  if (secretName !== undefined) {
    const cure = 'must name the Secrets Manager secret that holds the Google client secret';
    return { clientId, secretName: matching(at, 'secretName', /^[\w/+=.@-]{1,200}$/, cure) };
  }
  const cure =
    'must name the SSM parameter that holds the Google client secret, such as "/shoebox/google-secret"';
  return { clientId, secretParameter: matching(at, 'secretParameter', /^\/?[\w.-]+(?:\/[\w.-]+)*$/, cure) };
}

/**
 * Days from which on the deep archive, which asks for 180 days of whatever comes, gets no photo that is on its way out: one may look
 * through new photos for a month, and what was put in trash stays there for another. Glacier Instant Retrieval asks for 90 days itself.
 */
const SOONEST = { intelligentTiering: 60, glacierInstant: 90 };

export function parseOriginals({ from, path }: At): Storage {
  const storage = oneOf(from['originals'], STORAGES);
  if (!storage) throw new SettingsError(`${path}originals`, `must be one of: ${STORAGES.join(', ')}`);
  return storage;
}

export function parseDeepArchive(value: unknown, path: string, storage: Storage): DeepArchive {
  const cure = 'must be { "afterDays": 180 }, { "afterDays": null } or null';
  const at = partOf(value, 'deepArchive', path, ['afterDays'], cure);
  const of = `days, with "originals": "${storage}",`;
  return {
    afterDays: eitherOr(at, 'afterDays', () => wholeAt(at, 'afterDays', SOONEST[storage], 3650, { of })),
  };
}

const HOST = /^(?=.{4,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$/;

export function parseDomain(value: unknown, path: string): Domain {
  const cure = 'must be { "page": "photos.example.com", "links": ..., "reads": ..., "zone": ... }, or null';
  const at = partOf(value, 'domain', path, ['page', 'links', 'reads', 'zone'], cure);
  const hostCure = (example: string) => `must be a host name in lower case, such as "${example}"`;
  const page = matching(at, 'page', HOST, hostCure('photos.example.com'));
  const all = { links: `links.${page}`, reads: `reads.${page}`, zone: null, ...at.from } as Fields;
  const links = matching({ from: all, path: at.path }, 'links', HOST, hostCure('links.example.com'));
  const reads = matching({ from: all, path: at.path }, 'reads', HOST, hostCure('reads.example.com'));
  if (links === page) {
    // What strangers are served must never be of the page's origin.
    throw new SettingsError(`${at.path}links`, 'must be another host than "page"');
  }
  if (reads === page || reads === links) {
    // Nor what friends have stored.
    throw new SettingsError(`${at.path}reads`, 'must be another host than "page" and "links"');
  }
  const zoneCure = 'must be the id of the Route 53 hosted zone, such as "Z0123456789ABCDEFGHIJ", or null';
  const zone =
    all['zone'] === null
      ? null
      : matching({ from: all, path: at.path }, 'zone', /^Z[A-Z0-9]{5,31}$/, zoneCure);
  return { page, links, reads, zone };
}

export function parseFirewall(value: unknown, path: string): Firewall {
  const cure = 'must be { "requestsPer5Minutes": 2000 }, or null';
  const at = partOf(value, 'firewall', path, ['requestsPer5Minutes'], cure);
  // A page with its first photos takes some dozens; behind one address there may be a whole family.
  return {
    requestsPer5Minutes: wholeAt(at, 'requestsPer5Minutes', 100, 2_000_000, { optional: false }),
  };
}
