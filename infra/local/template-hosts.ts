// The template's CloudFront hosts, as the local cloud serves them: the page's, that of links and, where it is on, that of reads. A setting
// that would have to be acted on and is not known is an error.
import {
  behaviorOf,
  headersOf,
  viewerRequestOf,
  type Behavior,
  type BehaviorProperties,
} from './template-behaviors.ts';
import type { Reader } from './template-reader.ts';
import { ACCOUNT, TemplateError } from './template-values.ts';

export interface Site {
  /** What CloudFront adds to every answer. */
  headers: Readonly<Record<string, string>>;
  /** Source of the viewer-request function. */
  viewerRequest?: string;
  rootObject: string;
}

export interface ShareHost {
  origin: string;
  /** Of the distribution, which the S3 bucket's policy lets in. */
  arn: string;
  /** Name of the S3 bucket behind it. */
  bucket: string;
  behaviors: readonly Behavior[];
  /** How long an error is kept, by status. */
  errorSeconds: Readonly<Record<string, number>>;
}

/** It has no rights: S3 is asked by the signature that comes along. */
export interface ReadsHost {
  origin: string;
  /** Name of the S3 bucket behind it. */
  bucket: string;
  behavior: Behavior;
  /** How long an error is kept, by status. */
  errorSeconds: Readonly<Record<string, number>>;
}

interface Distribution {
  arn: string;
  host: string;
  config: {
    DefaultRootObject?: string;
    Origins: OriginProperties[];
    CacheBehaviors?: BehaviorProperties[];
    CustomErrorResponses?: Record<string, unknown>[];
    DefaultCacheBehavior: BehaviorProperties;
  };
}

interface OriginProperties {
  Id: string;
  DomainName: string;
  OriginAccessControlId?: string;
  OriginPath?: string;
  CustomOriginConfig?: { OriginProtocolPolicy: string };
}

export interface Hosts {
  site: Site;
  /** The page's. */
  origin: string;
  shareHost: ShareHost;
  readsHost?: ReadsHost;
}

export function readHosts(reader: Reader): Hosts {
  const distributions = reader
    .all('AWS::CloudFront::Distribution')
    .map(({ names, properties }): Distribution => ({
      arn: `arn:aws:cloudfront::${ACCOUNT}:distribution/${names.ref}`,
      host: `https://${names.attributes['DomainName']}`,
      config: properties['DistributionConfig'] as Distribution['config'],
    }));
  const [page, ...pages] = distributions.filter(({ config }) => config.DefaultRootObject !== undefined);
  const others = distributions.filter(({ config }) => config.DefaultRootObject === undefined);
  const hasRights = ({ config }: Distribution) =>
    config.Origins.some(({ OriginAccessControlId }) => OriginAccessControlId !== undefined);
  const [links, ...moreLinks] = others.filter(hasRights);
  const [reads, ...moreReads] = others.filter((one) => !hasRights(one));
  if (!page || !links || pages.length + moreLinks.length + moreReads.length > 0) {
    throw new TemplateError(
      'it needs a distribution with a root object, for the page, one with rights, for links, and at most one without',
    );
  }
  return {
    site: readSite(reader, page),
    origin: page.host,
    shareHost: readShareHost(reader, links),
    ...(reads && { readsHost: readReadsHost(reader, reads) }),
  };
}

function readSite(reader: Reader, { config }: Distribution): Site {
  const { CacheBehaviors = [], CustomErrorResponses = [], DefaultCacheBehavior } = config;
  const { LambdaFunctionAssociations = [] } = DefaultCacheBehavior;
  if ([CacheBehaviors, CustomErrorResponses, LambdaFunctionAssociations].some((list) => list.length > 0)) {
    throw new TemplateError('the distribution may have its default behavior and CloudFront functions only');
  }
  const { headers, removed } = headersOf(reader, DefaultCacheBehavior);
  if (removed.length > 0) throw new TemplateError('headers of the page are added, and none is removed');
  const viewerRequest = viewerRequestOf(reader, DefaultCacheBehavior);
  return {
    headers,
    ...(viewerRequest !== undefined && { viewerRequest }),
    rootObject: config.DefaultRootObject ?? 'index.html',
  };
}

function readShareHost(reader: Reader, { arn, host, config }: Distribution): ShareHost {
  const [origin, second] = config.Origins;
  const bucket = bucketAt(reader, origin);
  if (!origin || second || !bucket || !origin.OriginAccessControlId || origin.OriginPath) {
    throw new TemplateError('links come from one S3 bucket of the template, by a signed request');
  }
  return {
    origin: host,
    arn,
    bucket: bucket.names.ref,
    behaviors: [...(config.CacheBehaviors ?? []), config.DefaultCacheBehavior].map((behavior) =>
      behaviorOf(reader, behavior, { queries: 'none' }),
    ),
    errorSeconds: errorSecondsOf(config),
  };
}

function readReadsHost(reader: Reader, { host, config }: Distribution): ReadsHost {
  const [origin, second] = config.Origins;
  const bucket = bucketAt(reader, origin);
  const { Id: _id, DomainName: _name, CustomOriginConfig, ...strange } = origin ?? {};
  if (
    !bucket ||
    second ||
    CustomOriginConfig?.OriginProtocolPolicy !== 'https-only' ||
    Object.keys(strange).length > 0
  ) {
    throw new TemplateError('reads come from one S3 bucket of the template, over TLS, as they are asked');
  }
  if ((config.CacheBehaviors ?? []).length > 0) throw new TemplateError('reads have one behavior');
  return {
    origin: host,
    bucket: bucket.names.ref,
    behavior: behaviorOf(reader, config.DefaultCacheBehavior, { queries: 'all' }),
    errorSeconds: errorSecondsOf(config),
  };
}

const bucketAt = (reader: Reader, origin: OriginProperties | undefined) =>
  reader
    .all('AWS::S3::Bucket')
    .find(({ names }) => names.attributes['RegionalDomainName'] === origin?.DomainName);

const errorSecondsOf = ({ CustomErrorResponses = [] }: Distribution['config']): Record<string, number> =>
  Object.fromEntries(
    CustomErrorResponses.map(({ ErrorCode, ErrorCachingMinTTL, ...others }) => {
      if (Object.keys(others).length > 0) throw new TemplateError('an error has a page of its own');
      return [String(ErrorCode), Number(ErrorCachingMinTTL)];
    }),
  );
