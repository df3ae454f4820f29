// config.json: what one page bundle must know to work with any deployment. Pure.
import { fields, flag, text } from './parse.ts';

/**
 * Raised whenever pages from before could not work with a deployment, or pages from after with one from before. A page that a device has
 * kept may be older than what is deployed: it then stops at once, and the new one, which its service worker fetches, takes over.
 */
export const CONFIG_VERSION = 1;

export interface Config {
  /** CONFIG_VERSION of the page that was deployed with it. */
  version?: number;
  region: string;
  userPoolId: string;
  /** OIDC issuer of the user pool, where its discovery document is found. */
  authority: string;
  /** The user pool's sign-in pages, without a slash at the end: `/logout` lies below it. */
  signInUrl: string;
  clientId: string;
  identityPoolId: string;
  /** Whether "Continue with Google" is offered. */
  google: boolean;
  originalsBucket: string;
  libraryBucket: string;
  photosTable: string;
  socialTable: string;
  /** Origin of the host of links, which serves what is behind them to anybody. */
  shareHost: string;
  /** Origin of the host through which pictures are read. Without it they come from S3 itself. */
  readsHost?: string;
  /** Public key that push subscriptions are made with: base64url, 87 characters. Without it nobody can be notified. */
  pushKey?: string;
  /** Whether friends may be told by e-mail. */
  mail?: boolean;
  /** How originals are kept, to be read by keepingOf(): most of the page has no need of it. */
  keeping?: unknown;
  /** ARN of the role in which owners say who is let in. Without it only the command line does. */
  ownersRole?: string;
  /** Only where AWS is not at its usual addresses (the local cloud). S3 endpoints are path-style. */
  endpoints?: {
    originals: string;
    library: string;
    dynamodb: string;
    cognitoIdentity: string;
  };
}

/** Thrown for a config.json that does not say what the page needs; `field` names the first one at fault. */
export class ConfigError extends Error {
  readonly field: string;
  constructor(field: string) {
    super(`config.json: "${field}" is missing or malformed`);
    this.name = 'ConfigError';
    this.field = field;
  }
}

const origin = (value: unknown): string | undefined => {
  const found = text(value, 300);
  return found && /^https?:\/\/[^/?#]+(?:\/[A-Za-z0-9_-]+)?$/.test(found) ? found : undefined;
};

/** Reads config.json; throws a ConfigError naming the first field that is wrong. */
export function parseConfig(json: unknown): Config {
  const from = fields(json) ?? {};
  const need = <T>(field: string, read: (value: unknown) => T | undefined, source = from): T => {
    const value = read(source[field]);
    if (value === undefined) throw new ConfigError(field);
    return value;
  };
  const version = from['version'];
  if (version !== undefined && version !== CONFIG_VERSION) throw new ConfigError('version');
  const word = (value: unknown) => text(value, 200);
  const readsHost = origin(from['readsHost']);
  const pushKey = text(from['pushKey'], 87);
  const ownersRole = text(from['ownersRole'], 2048);
  const endpoints = from['endpoints'] === undefined ? undefined : (fields(from['endpoints']) ?? {});
  return {
    ...(version !== undefined && { version: CONFIG_VERSION }),
    region: need('region', word),
    userPoolId: need('userPoolId', word),
    authority: need('authority', origin),
    signInUrl: need('signInUrl', origin),
    clientId: need('clientId', word),
    identityPoolId: need('identityPoolId', word),
    google: need('google', flag),
    originalsBucket: need('originalsBucket', word),
    libraryBucket: need('libraryBucket', word),
    photosTable: need('photosTable', word),
    socialTable: need('socialTable', word),
    shareHost: need('shareHost', origin),
    ...(readsHost && { readsHost }),
    ...(pushKey && /^[\w-]{87}$/.test(pushKey) && { pushKey }),
    ...(from['mail'] === true && { mail: true }),
    ...(from['keeping'] !== undefined && { keeping: from['keeping'] }),
    ...(ownersRole && { ownersRole }),
    ...(endpoints && {
      endpoints: {
        originals: need('originals', origin, endpoints),
        library: need('library', origin, endpoints),
        dynamodb: need('dynamodb', origin, endpoints),
        cognitoIdentity: need('cognitoIdentity', origin, endpoints),
      },
    }),
  };
}

/** The base address of an S3 bucket's objects: the key follows after a slash. */
export const bucketUrl = (config: Config, bucket: 'originals' | 'library'): string => {
  const name = bucket === 'originals' ? config.originalsBucket : config.libraryBucket;
  return config.endpoints
    ? `${config.endpoints[bucket]}/${name}`
    : `https://${name}.s3.${config.region}.amazonaws.com`;
};

/** What the identity pool calls the user pool in `Logins`. */
export const loginProvider = (config: Pick<Config, 'region' | 'userPoolId'>): string =>
  `cognito-idp.${config.region}.amazonaws.com/${config.userPoolId}`;
