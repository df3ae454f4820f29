// What a distribution of the template makes of a request: its function, what it keeps how long, and the headers of its answers.
import type { Properties } from './template-models.ts';
import type { Reader } from './template-reader.ts';
import { TemplateError } from './template-values.ts';

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
  /** Whether answers are compressed on their way. */
  compress: boolean;
  /** How long an answer is kept: what the origin says, within these. */
  minSeconds: number;
  defaultSeconds: number;
  maxSeconds: number;
}

export interface BehaviorProperties {
  PathPattern?: string;
  CachePolicyId?: string;
  Compress?: boolean;
  OriginRequestPolicyId?: string;
  ResponseHeadersPolicyId?: string;
  FunctionAssociations?: { EventType: string; FunctionARN: string }[];
  LambdaFunctionAssociations?: unknown[];
}

/** Of a host whose origin is told by whom it is asked, and what `queries` says of what is asked: nothing, or all of it. */
export function behaviorOf(
  reader: Reader,
  behavior: BehaviorProperties,
  { queries }: { queries: 'none' | 'all' },
): Behavior {
  const { PathPattern, CachePolicyId, OriginRequestPolicyId, LambdaFunctionAssociations = [] } = behavior;
  const viewerRequest = viewerRequestOf(reader, behavior);
  if (OriginRequestPolicyId || LambdaFunctionAssociations.length > 0 || viewerRequest === undefined) {
    throw new TemplateError('a behavior has one function, and tells S3 what is in its cache key');
  }
  const policy = reader.all('AWS::CloudFront::CachePolicy').find(({ names }) => names.ref === CachePolicyId);
  if (!policy) throw new TemplateError('the cache policy of a behavior is not of the template');
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
    QueryStringsConfig?.['QueryStringBehavior'] !== queries ||
    String(HeadersConfig?.['Headers']) !== 'Origin'
  ) {
    throw new TemplateError(`of a request S3 is told the origin, and of its query ${queries}`);
  }
  return {
    ...(PathPattern !== undefined && { pattern: PathPattern }),
    ...headersOf(reader, behavior, { overriding: true }),
    viewerRequest,
    compress: behavior.Compress ?? false,
    minSeconds: config.MinTTL,
    defaultSeconds: config.DefaultTTL,
    maxSeconds: config.MaxTTL,
  };
}

/** Source of the function that runs on a viewer's request, if there is one. */
export function viewerRequestOf(
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

export function headersOf(
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
