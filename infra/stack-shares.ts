// The host of links: what its owner shares by link, for anyone, from a CloudFront host of its own. Whatever bytes or headers somebody
// managed to store, they are answered as a picture, as JSON or as a download, never as a page or a script, and never kept for long.
import { Annotations, Duration, Validations } from 'aws-cdk-lib';
import * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import { S3BucketOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { LINK_PATH, LINKS_PREFIX, MANIFEST_NAME, sharedOriginalName } from '../src/schema/share-keys.ts';
import { METADATA_NAMES } from '../src/schema/original.ts';
import type { RandomId } from '../src/schema/ids.ts';
import {
  acknowledgeFront,
  addressRecords,
  frontProps,
  globalName,
  securityHeaders,
  type Front,
} from './stack-hosts.ts';
import { bucketName } from './stack-storage.ts';

/** What was revoked is gone from every cache after so long. */
const KEPT_SECONDS = 300;
/** What is not there yet may be there soon. */
const ERRORS_KEPT_SECONDS = 10;

// Which of the paths below a behavior fits decides the headers; that a path is one of them at all is decided here.
const ONLY_LINKS = `var LINK = new RegExp(${JSON.stringify(LINK_PATH)});
function handler(event) {
  var request = event.request;
  if (!LINK.test(request.uri)) {
    return { statusCode: 404, statusDescription: 'Not Found', headers: { 'cache-control': { value: 'no-store' } } };
  }
  request.uri = '/${LINKS_PREFIX}' + request.uri.slice(1);
  request.querystring = {};
  return request;
}`;

/** CloudFront looks at behaviors in this order; all else is answered as bytes, and by the function not at all. */
const KINDS = [
  { name: 'Manifest', pattern: `*/${MANIFEST_NAME}`, type: 'application/json' },
  { name: 'Originals', pattern: `*/${sharedOriginalName('*' as RandomId)}`, type: undefined },
  { name: 'Pictures', pattern: '*.webp', type: 'image/webp' },
] as const;

export class ShareHost extends Construct {
  readonly distribution: cloudfront.Distribution;
  /** Without a slash at the end. */
  readonly origin: string;
  readonly #stackName: string;
  readonly #front: Front;

  constructor(scope: Construct, id: string, { stackName, front }: { stackName: string; front: Front }) {
    super(scope, id);
    this.#stackName = stackName;
    this.#front = front;
    const host = front.domain?.links;
    // By its name: the S3 bucket's CORS rules name the page's host, whose content security policy names this one.
    const library = s3.Bucket.fromBucketName(this, 'Library', bucketName(stackName, 'library'));
    const origin = S3BucketOrigin.withOriginAccessControl(library, {
      originAccessControl: new cloudfront.S3OriginAccessControl(this, 'Access', {
        originAccessControlName: globalName(stackName, 'links'),
      }),
    });
    const shared = {
      origin,
      viewerProtocolPolicy: cloudfront.ViewerProtocolPolicy.HTTPS_ONLY,
      allowedMethods: cloudfront.AllowedMethods.ALLOW_GET_HEAD,
      compress: true,
      cachePolicy: this.#cachePolicy(),
      functionAssociations: [
        {
          eventType: cloudfront.FunctionEventType.VIEWER_REQUEST,
          function: new cloudfront.Function(this, 'OnlyLinks', {
            comment: 'Only what links consist of is served',
            code: cloudfront.FunctionCode.fromInline(ONLY_LINKS),
            runtime: cloudfront.FunctionRuntime.JS_2_0,
          }),
        },
      ],
    };
    const bytes = this.#headers('Originals', undefined);
    this.distribution = new cloudfront.Distribution(this, 'Distribution', {
      comment: `${stackName}: links`,
      ...frontProps(front, host),
      httpVersion: cloudfront.HttpVersion.HTTP2_AND_3,
      defaultBehavior: { ...shared, responseHeadersPolicy: bytes },
      additionalBehaviors: Object.fromEntries(
        KINDS.map(({ name, pattern, type }) => [
          pattern,
          { ...shared, responseHeadersPolicy: type === undefined ? bytes : this.#headers(name, type) },
        ]),
      ),
      errorResponses: [403, 404].map((httpStatus) => ({
        httpStatus,
        ttl: Duration.seconds(ERRORS_KEPT_SECONDS),
      })),
    });
    this.origin = `https://${host ?? this.distribution.domainName}`;
    addressRecords(this, front.domain?.zone, host, this.distribution);
    acknowledgeFront(
      this.distribution,
      front,
      'It serves files whose addresses nobody can guess; a web application firewall costs more than all the rest, and is there for whoever asks for it.',
    );
    // The S3 bucket's policy is extended where the S3 bucket is made.
    Annotations.of(this).acknowledgeWarning(
      '@aws-cdk/aws-cloudfront-origins:updateImportedBucketPolicyOac',
      'The library is given the statement by the stack.',
    );
    Validations.of(this.distribution).acknowledge(
      { id: 'AwsSolutions-CFR1', reason: 'Whom a link is sent to may live anywhere.' },
      {
        id: 'AwsSolutions-CFR3',
        reason: 'Logs would tell who looked at which link: personal data that nobody has asked for.',
      },
    );
  }

  #cachePolicy(): cloudfront.CachePolicy {
    return new cloudfront.CachePolicy(this, 'Cache', {
      cachePolicyName: globalName(this.#stackName, 'links'),
      comment: `${this.#stackName}: links are forgotten within five minutes`,
      minTtl: Duration.seconds(0),
      defaultTtl: Duration.seconds(KEPT_SECONDS),
      maxTtl: Duration.seconds(KEPT_SECONDS),
      cookieBehavior: cloudfront.CacheCookieBehavior.none(),
      queryStringBehavior: cloudfront.CacheQueryStringBehavior.none(),
      // So that S3 hears which page asks, and answers with its CORS rules.
      headerBehavior: cloudfront.CacheHeaderBehavior.allowList('Origin'),
      enableAcceptEncodingBrotli: true,
      enableAcceptEncodingGzip: true,
    });
  }

  /** Of one content type, or of downloads. */
  #headers(name: string, type: string | undefined): cloudfront.ResponseHeadersPolicy {
    const custom: Record<string, string> = {
      'Cache-Control': `max-age=${KEPT_SECONDS}`,
      'Content-Type': type ?? 'application/octet-stream',
      'Cross-Origin-Resource-Policy': 'cross-origin',
      'X-Robots-Tag': 'noindex, nofollow',
      ...(type === undefined && { 'Content-Disposition': 'attachment' }),
    };
    return new cloudfront.ResponseHeadersPolicy(this, `${name}Headers`, {
      responseHeadersPolicyName: globalName(this.#stackName, `links-${name.toLowerCase()}`),
      comment: `${this.#stackName}: headers of links, ${name.toLowerCase()}`,
      securityHeadersBehavior: securityHeaders(
        "sandbox; default-src 'none'; frame-ancestors 'none'",
        this.#front,
      ),
      customHeadersBehavior: {
        customHeaders: Object.entries(custom).map(([header, value]) => ({ header, value, override: true })),
      },
      // The name and the folder of the owner's file go along with a copy of it.
      removeHeaders: [...METADATA_NAMES.map((one) => `x-amz-meta-${one}`), 'x-amz-version-id'],
    });
  }
}
