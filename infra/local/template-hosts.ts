// The template's two CloudFront hosts, as the local cloud serves them: the page's, and that of links. A setting that would have to be
// acted on and is not known is an error.
import type { Properties } from './template-models.ts';
import type { Reader } from './template-reader.ts';
import { ACCOUNT, TemplateError } from './template-values.ts';

export interface Site {
  /** What CloudFront adds to every answer. */
  headers: Readonly<Record<string, string>>;
  /** Source of the viewer-request function. */
  viewerRequest?: string;
  rootObject: string;
}

/** What becomes of the paths that fit a pattern. */
export interface Behavior {
  /** Undefined for the last, which takes what fits no other. */
  pattern?: string;
  /** In place of what the origin says. */
  headers: Readonly<Record<string, string>>;
  /** Left out of what the origin says; lower case. */
  removed: readonly string[];
  /** Source of the viewer-request function. */
  viewerRequest: string;
  /** How long an answer is kept: what the origin says, within these. */
  minSeconds: number;
  defaultSeconds: number;
  maxSeconds: number;
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

interface BehaviorProperties {
  PathPattern?: string;
  CachePolicyId?: string;
  OriginRequestPolicyId?: string;
  ResponseHeadersPolicyId?: string;
  FunctionAssociations?: { EventType: string; FunctionARN: string }[];
  LambdaFunctionAssociations?: unknown[];
}

interface Distribution {
  arn: string;
  host: string;
  config: {
    DefaultRootObject?: string;
    Origins: { DomainName: string; OriginAccessControlId?: string; OriginPath?: string }[];
    CacheBehaviors?: BehaviorProperties[];
    CustomErrorResponses?: Record<string, unknown>[];
    DefaultCacheBehavior: BehaviorProperties;
  };
}

export function readHosts(reader: Reader): { site: Site; origin: string; shareHost: ShareHost } {
  const distributions = reader
    .all('AWS::CloudFront::Distribution')
    .map(({ names, properties }): Distribution => ({
      arn: `arn:aws:cloudfront::${ACCOUNT}:distribution/${names.ref}`,
      host: `https://${names.attributes['DomainName']}`,
      config: properties['DistributionConfig'] as Distribution['config'],
    }));
  const [page, ...pages] = distributions.filter(({ config }) => config.DefaultRootObject !== undefined);
  const [links, ...others] = distributions.filter(({ config }) => config.DefaultRootObject === undefined);
  if (!page || !links || pages.length + others.length > 0) {
    throw new TemplateError('it needs a distribution with a root object, for the page, and one for links');
  }
  return { site: readSite(reader, page), origin: page.host, shareHost: readShareHost(reader, links) };
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
  const bucket = reader
    .all('AWS::S3::Bucket')
    .find(({ names }) => names.attributes['RegionalDomainName'] === origin?.DomainName);
  if (!origin || second || !bucket || !origin.OriginAccessControlId || origin.OriginPath) {
    throw new TemplateError('links come from one S3 bucket of the template, by a signed request');
  }
  return {
    origin: host,
    arn,
    bucket: bucket.names.ref,
    behaviors: [...(config.CacheBehaviors ?? []), config.DefaultCacheBehavior].map((behavior) =>
      behaviorOf(reader, behavior),
    ),
    errorSeconds: Object.fromEntries(
      (config.CustomErrorResponses ?? []).map(({ ErrorCode, ErrorCachingMinTTL, ...others }) => {
        if (Object.keys(others).length > 0)
          throw new TemplateError('an error of a link has a page of its own');
        return [String(ErrorCode), Number(ErrorCachingMinTTL)];
      }),
    ),
  };
}

function behaviorOf(reader: Reader, behavior: BehaviorProperties): Behavior {
  const { PathPattern, CachePolicyId, OriginRequestPolicyId, LambdaFunctionAssociations = [] } = behavior;
  const viewerRequest = viewerRequestOf(reader, behavior);
  if (OriginRequestPolicyId || LambdaFunctionAssociations.length > 0 || viewerRequest === undefined) {
    throw new TemplateError('a behavior of links has one function, and tells S3 what is in its cache key');
  }
  const policy = reader.all('AWS::CloudFront::CachePolicy').find(({ names }) => names.ref === CachePolicyId);
  if (!policy) throw new TemplateError('the cache policy of links is not of the template');
  const config = policy.properties['CachePolicyConfig'] as {
    MinTTL: number;
    DefaultTTL: number;
    MaxTTL: number;
    ParametersInCacheKeyAndForwardedToOrigin: Record<string, Properties>;
  };
  const { CookiesConfig, QueryStringsConfig, HeadersConfig } =
    config.ParametersInCacheKeyAndForwardedToOrigin;
  if (
    CookiesConfig?.['CookieBehavior'] !== 'none' ||
    QueryStringsConfig?.['QueryStringBehavior'] !== 'none' ||
    String(HeadersConfig?.['Headers']) !== 'Origin'
  ) {
    throw new TemplateError('of a request for a link S3 is told the origin, and nothing else');
  }
  return {
    ...(PathPattern !== undefined && { pattern: PathPattern }),
    ...headersOf(reader, behavior, { overriding: true }),
    viewerRequest,
    minSeconds: config.MinTTL,
    defaultSeconds: config.DefaultTTL,
    maxSeconds: config.MaxTTL,
  };
}

/** Source of the function that runs on a viewer's request, if there is one. */
function viewerRequestOf(
  reader: Reader,
  { FunctionAssociations = [] }: BehaviorProperties,
): string | undefined {
  const [association, second] = FunctionAssociations;
  if (!association) return undefined;
  const found = reader
    .all('AWS::CloudFront::Function')
    .find(({ names }) => names.attributes['FunctionARN'] === association.FunctionARN);
  const source = found?.properties['FunctionCode'];
  if (second || association.EventType !== 'viewer-request' || typeof source !== 'string') {
    throw new TemplateError('the distribution may have one function, of the template, for viewer requests');
  }
  return source;
}

const HEADER_SETTINGS = new Set([
  'Comment',
  'CustomHeadersConfig',
  'Name',
  'RemoveHeadersConfig',
  'SecurityHeadersConfig',
]);

function headersOf(
  reader: Reader,
  { ResponseHeadersPolicyId }: BehaviorProperties,
  { overriding = false } = {},
): Pick<Behavior, 'headers' | 'removed'> {
  const policy = reader
    .all('AWS::CloudFront::ResponseHeadersPolicy')
    .find(({ names }) => names.ref === ResponseHeadersPolicyId);
  if (!policy)
    throw new TemplateError('the response headers policy of the distribution is not of the template');
  const config = policy.properties['ResponseHeadersPolicyConfig'] as {
    SecurityHeadersConfig?: Record<string, Record<string, unknown>>;
    CustomHeadersConfig?: { Items: { Header: string; Value: string; Override: boolean }[] };
    RemoveHeadersConfig?: { Items: { Header: string }[] };
  };
  const strange = Object.keys(config).find((name) => !HEADER_SETTINGS.has(name));
  if (strange) throw new TemplateError(`the response headers policy has the unknown setting ${strange}`);
  const custom = config.CustomHeadersConfig?.Items ?? [];
  const security = config.SecurityHeadersConfig ?? {};
  if (overriding && [...custom, ...Object.values(security)].some((one) => one['Override'] !== true)) {
    throw new TemplateError('what is stored would decide a header of a link');
  }
  return {
    headers: {
      ...securityHeaders(security),
      ...Object.fromEntries(custom.map(({ Header, Value }) => [Header, Value])),
    },
    removed: (config.RemoveHeadersConfig?.Items ?? []).map(({ Header }) => Header.toLowerCase()),
  };
}

function securityHeaders(config: Record<string, Record<string, unknown>>): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, setting] of Object.entries(config)) {
    if (name === 'ContentSecurityPolicy') {
      headers['Content-Security-Policy'] = String(setting['ContentSecurityPolicy']);
    } else if (name === 'ContentTypeOptions') headers['X-Content-Type-Options'] = 'nosniff';
    else if (name === 'FrameOptions') headers['X-Frame-Options'] = String(setting['FrameOption']);
    else if (name === 'ReferrerPolicy') headers['Referrer-Policy'] = String(setting['ReferrerPolicy']);
    // Strict-Transport-Security is left out: on plain HTTP browsers ignore it, and for localhost it must never be learned.
    else if (name !== 'StrictTransportSecurity')
      throw new TemplateError(`the header setting ${name} is unknown`);
  }
  return headers;
}
