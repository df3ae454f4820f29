// Reads through CloudFront: a host before the library's S3 bucket that gives thumbnails HTTP/2 and HTTP/3 and TLS near the reader. It has no
// rights of its own. The reader's signature goes along as it was made, for S3's host, and S3 is who checks it.
import { Aws, Duration, Validations } from 'aws-cdk-lib';
import * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import { HttpOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import { Construct } from 'constructs';
import { READ_PATH, READ_SECONDS } from '../src/schema/reads.ts';
import {
  acknowledgeFront,
  addressRecords,
  frontProps,
  globalName,
  securityHeaders,
  type Front,
} from './stack-hosts.ts';
import { bucketName } from './stack-storage.ts';

/** What S3 has answered may be answered again for so long, to the same address letter by letter; less where it said so itself. */
const KEPT_SECONDS = 300;

// S3 checks what it is asked. What is answered from a cache it is not asked: so whatever has no signature, or one whose time is over, is
// refused here, cached or not.
const ONLY_SIGNED = `var PATH = new RegExp(${JSON.stringify(READ_PATH)});
function handler(event) {
  var request = event.request;
  var query = request.querystring;
  function said(name, pattern) {
    var one = query['X-Amz-' + name];
    return one && !one.multiValue ? pattern.exec(one.value) : null;
  }
  var date = said('Date', /^(\\d{4})(\\d\\d)(\\d\\d)T(\\d\\d)(\\d\\d)(\\d\\d)Z$/);
  var seconds = said('Expires', /^[1-9]\\d{0,3}$/);
  var signed =
    PATH.test(request.uri) &&
    said('Algorithm', /^AWS4-HMAC-SHA256$/) &&
    said('Credential', /./) &&
    said('Security-Token', /./) &&
    said('SignedHeaders', /^host$/) &&
    said('Signature', /^[0-9a-f]{64}$/);
  if (signed && date && seconds && Number(seconds[0]) <= ${READ_SECONDS}) {
    var at = Date.UTC(date[1], date[2] - 1, date[3], date[4], date[5], date[6]);
    if (Date.now() <= at + Number(seconds[0]) * 1000) return request;
  }
  return { statusCode: 403, statusDescription: 'Forbidden', headers: { 'cache-control': { value: 'no-store' } } };
}`;

export class ReadsHost extends Construct {
  readonly distribution: cloudfront.Distribution;
  /** Without a slash at the end. */
  readonly origin: string;

  constructor(scope: Construct, id: string, { stackName, front }: { stackName: string; front: Front }) {
    super(scope, id);
    const host = front.domain?.reads;
    // Signatures are checked by S3, and many small pictures are what it is for: a limit for each address would only be in the way.
    const behind = { ...front, firewallArn: undefined };
    this.distribution = new cloudfront.Distribution(this, 'Distribution', {
      comment: `${stackName}: reads`,
      ...frontProps(behind, host),
      httpVersion: cloudfront.HttpVersion.HTTP2_AND_3,
      defaultBehavior: {
        // By its name in the Region, as the page signs for it: the name of the origin is the Host that S3 is sent. CloudFront's kind of origin
        // for S3 may be sent another, and no access control is given, for that would sign anew.
        origin: new HttpOrigin(`${bucketName(stackName, 'library')}.s3.${Aws.REGION}.amazonaws.com`, {
          protocolPolicy: cloudfront.OriginProtocolPolicy.HTTPS_ONLY,
          originSslProtocols: [cloudfront.OriginSslPolicy.TLS_V1_2],
          keepaliveTimeout: Duration.seconds(60),
        }),
        viewerProtocolPolicy: cloudfront.ViewerProtocolPolicy.HTTPS_ONLY,
        allowedMethods: cloudfront.AllowedMethods.ALLOW_GET_HEAD,
        compress: false,
        cachePolicy: new cloudfront.CachePolicy(this, 'Cache', {
          cachePolicyName: globalName(stackName, 'reads'),
          comment: `${stackName}: what is read, by its whole address, for five minutes at most`,
          minTtl: Duration.seconds(0),
          defaultTtl: Duration.seconds(0),
          maxTtl: Duration.seconds(KEPT_SECONDS),
          cookieBehavior: cloudfront.CacheCookieBehavior.none(),
          // The signature, and all it signs.
          queryStringBehavior: cloudfront.CacheQueryStringBehavior.all(),
          // So that S3 hears which page asks, and answers with its CORS rules.
          headerBehavior: cloudfront.CacheHeaderBehavior.allowList('Origin'),
        }),
        responseHeadersPolicy: new cloudfront.ResponseHeadersPolicy(this, 'Headers', {
          responseHeadersPolicyName: globalName(stackName, 'reads'),
          comment: `${stackName}: headers of what is read`,
          securityHeadersBehavior: securityHeaders(
            "sandbox; default-src 'none'; frame-ancestors 'none'",
            front,
          ),
          customHeadersBehavior: {
            customHeaders: [
              { header: 'Cross-Origin-Resource-Policy', value: 'cross-origin', override: true },
            ],
          },
        }),
        functionAssociations: [
          {
            eventType: cloudfront.FunctionEventType.VIEWER_REQUEST,
            function: new cloudfront.Function(this, 'OnlySigned', {
              comment: 'Only what is signed, and still good, is answered',
              code: cloudfront.FunctionCode.fromInline(ONLY_SIGNED),
              runtime: cloudfront.FunctionRuntime.JS_2_0,
            }),
          },
        ],
      },
      // A refusal is S3's of this moment.
      errorResponses: [403, 404].map((httpStatus) => ({ httpStatus, ttl: Duration.seconds(0) })),
    });
    this.origin = `https://${host ?? this.distribution.domainName}`;
    addressRecords(this, front.domain?.zone, host, this.distribution);
    acknowledgeFront(
      this.distribution,
      behind,
      'It hands on what S3 answers to the reader’s own signature, and nothing else; the page goes to S3 itself where it fails.',
    );
    Validations.of(this.distribution).acknowledge(
      {
        id: 'AwsSolutions-CFR1',
        reason: 'Owners travel with their photos; there is no country to keep out.',
      },
      {
        id: 'AwsSolutions-CFR3',
        reason: 'Logs would have signed addresses in them, and tell who looked at which photo.',
      },
    );
  }
}
