// What the hosts at CloudFront have in common: how they are named, the headers that keep browsers out of trouble, and what cdk-nag is told.
import { Aws, Duration } from 'aws-cdk-lib';
import * as cloudfront from 'aws-cdk-lib/aws-cloudfront';

/** CloudFront has one set of names for all Regions of an account; those the CDK would give are the same in each. */
export function globalName(stackName: string, what?: string): string {
  return `${what === undefined ? stackName : `${stackName}-${what}`}-${Aws.REGION}`;
}

export function securityHeaders(contentSecurityPolicy: string): cloudfront.ResponseSecurityHeadersBehavior {
  return {
    contentSecurityPolicy: { contentSecurityPolicy, override: true },
    contentTypeOptions: { override: true },
    frameOptions: { frameOption: cloudfront.HeadersFrameOption.DENY, override: true },
    referrerPolicy: { referrerPolicy: cloudfront.HeadersReferrerPolicy.NO_REFERRER, override: true },
    strictTransportSecurity: {
      accessControlMaxAge: Duration.days(730),
      includeSubdomains: true,
      override: true,
    },
  };
}

/** Acknowledged for either. */
export const NO_DOMAIN_OF_ITS_OWN = {
  id: 'AwsSolutions-CFR4',
  reason:
    'Without a domain of its own the distribution uses the cloudfront.net certificate, whose TLS minimum cannot be set; HSTS keeps browsers on HTTPS.',
};
