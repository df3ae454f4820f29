// How the page reaches the browser: a private S3 bucket behind CloudFront, with the headers that keep foreign script out.
import { Aws, Validations } from 'aws-cdk-lib';
import * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import { S3BucketOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { LINK_PAGE } from '../src/schema/link.ts';
import {
  acknowledgeFront,
  addressRecords,
  frontProps,
  globalName,
  securityHeaders,
  type Front,
} from './stack-hosts.ts';
import { bucketName, privateBucket } from './stack-storage.ts';
import { signInUrl } from './stack-sign-in.ts';

// The page's own addresses have no dot in their last part; a missing file stays an error instead of turning into HTML. Links have a page
// of their own.
const pageFunction = (host: string | undefined): string => `function handler(event) {
  var request = event.request;
${host === undefined ? '' : oneHost(host)}  if (request.uri === '${LINK_PAGE}') request.uri = '/link.html';
  var last = request.uri.slice(request.uri.lastIndexOf('/') + 1);
  if (last.indexOf('.') === -1) request.uri = '/index.html';
  return request;
}`;

/** The page knows one origin, for sign-in and CORS: whoever comes by CloudFront's own name is sent to it. */
const oneHost = (host: string): string => `  if (request.headers.host.value !== '${host}') {
    return {
      statusCode: 301,
      statusDescription: 'Moved Permanently',
      headers: { location: { value: 'https://${host}' + request.uri } },
    };
  }
`;

/** Everything the page may load or talk to. There is no backend to stop a stolen token, so no foreign script may ever run. */
export function contentSecurityPolicy(stackName: string, otherHosts: readonly string[]): string {
  const bucketHost = (kind: 'originals' | 'library'): string =>
    `https://${bucketName(stackName, kind)}.s3.${Aws.REGION}.amazonaws.com`;
  const originals = bucketHost('originals');
  const library = bucketHost('library');
  const api = (service: string): string => `https://${service}.${Aws.REGION}.amazonaws.com`;
  const directives: Record<string, string[]> = {
    'default-src': ["'none'"],
    'script-src': ["'self'"],
    'style-src': ["'self'"],
    'img-src': ["'self'", 'blob:', 'data:', library, originals, ...otherHosts],
    'media-src': ['blob:', originals],
    'connect-src': [
      "'self'",
      originals,
      library,
      ...otherHosts,
      api('dynamodb'),
      api('cognito-identity'),
      api('cognito-idp'),
      signInUrl(stackName),
    ],
    'font-src': ["'self'"],
    'manifest-src': ["'self'"],
    'worker-src': ["'self'"],
    'base-uri': ["'none'"],
    'object-src': ["'none'"],
    'frame-src': ["'none'"],
    'frame-ancestors': ["'none'"],
    'form-action': ["'none'"],
  };
  return Object.entries(directives)
    .map(([name, sources]) => `${name} ${sources.join(' ')}`)
    .join('; ');
}

const UNUSED_FEATURES = [
  'accelerometer',
  'browsing-topics',
  'camera',
  'display-capture',
  'geolocation',
  'gyroscope',
  'magnetometer',
  'microphone',
  'midi',
  'payment',
  'usb',
];

export interface SiteProps {
  stackName: string;
  /** Origins of the host of links, and of that of reads where there is one. */
  otherHosts: readonly string[];
  front: Front;
}

export class Site extends Construct {
  readonly bucket: s3.Bucket;
  readonly distribution: cloudfront.Distribution;
  /** The page's origin, without a slash at the end. */
  readonly origin: string;

  constructor(scope: Construct, id: string, props: SiteProps) {
    super(scope, id);
    const { front } = props;
    const host = front.domain?.page;
    this.bucket = privateBucket(this, 'Bucket', bucketName(props.stackName, 'site'));
    this.distribution = new cloudfront.Distribution(this, 'Distribution', {
      comment: `${props.stackName}: the page`,
      ...frontProps(front, host),
      defaultRootObject: 'index.html',
      httpVersion: cloudfront.HttpVersion.HTTP2_AND_3,
      defaultBehavior: {
        origin: S3BucketOrigin.withOriginAccessControl(this.bucket, {
          originAccessControl: new cloudfront.S3OriginAccessControl(this, 'Access', {
            originAccessControlName: globalName(props.stackName),
          }),
        }),
        viewerProtocolPolicy: cloudfront.ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
        allowedMethods: cloudfront.AllowedMethods.ALLOW_GET_HEAD,
        compress: true,
        // Follows the Cache-Control that the deployment gives each file; lets Brotli through.
        cachePolicy: cloudfront.CachePolicy.CACHING_OPTIMIZED,
        responseHeadersPolicy: this.#headers(props),
        functionAssociations: [
          {
            eventType: cloudfront.FunctionEventType.VIEWER_REQUEST,
            function: new cloudfront.Function(this, 'Fallback', {
              comment: 'Addresses of the page itself are served index.html',
              code: cloudfront.FunctionCode.fromInline(pageFunction(host)),
              runtime: cloudfront.FunctionRuntime.JS_2_0,
            }),
          },
        ],
      },
    });
    this.origin = `https://${host ?? this.distribution.domainName}`;
    addressRecords(this, front.domain?.zone, host, this.distribution);
    acknowledgeFront(
      this.distribution,
      front,
      'It serves public static files only; a web application firewall costs more than all the rest, and is there for whoever asks for it.',
    );
    Validations.of(this.distribution).acknowledge(
      {
        id: 'AwsSolutions-CFR1',
        reason: 'Owners travel with their photos; there is no country to keep out.',
      },
      {
        id: 'AwsSolutions-CFR3',
        reason: 'Logs of who opened the page would be personal data kept for no purpose, and cost storage.',
      },
    );
  }

  #headers({ stackName, otherHosts, front }: SiteProps): cloudfront.ResponseHeadersPolicy {
    return new cloudfront.ResponseHeadersPolicy(this, 'Headers', {
      responseHeadersPolicyName: globalName(stackName),
      comment: `${stackName}: security headers of the page`,
      securityHeadersBehavior: securityHeaders(contentSecurityPolicy(stackName, otherHosts), front),
      customHeadersBehavior: {
        customHeaders: [
          { header: 'Cross-Origin-Opener-Policy', value: 'same-origin', override: true },
          {
            header: 'Permissions-Policy',
            value: UNUSED_FEATURES.map((feature) => `${feature}=()`).join(', '),
            override: true,
          },
        ],
      },
    });
  }
}
