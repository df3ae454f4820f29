// What the hosts at CloudFront have in common: how they are named, the headers that keep browsers out of trouble, and what cdk-nag is told.
import { Aws, CfnParameter, Duration, Validations, type Stack } from 'aws-cdk-lib';
import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import * as route53 from 'aws-cdk-lib/aws-route53';
import type { Construct } from 'constructs';
import type { Settings } from './settings.ts';
import { CERTIFICATE, FIREWALL } from './edge-names.ts';

/** CloudFront has one set of names for all Regions of an account; those the CDK would give are the same in each. */
export function globalName(stackName: string, what?: string): string {
  return `${what === undefined ? stackName : `${stackName}-${what}`}-${Aws.REGION}`;
}

/** A name of one's own may have others below it that have nothing to do with Shoebox: browsers are told of its own only. */
export function securityHeaders(
  contentSecurityPolicy: string,
  { domain }: Pick<Front, 'domain'>,
): cloudfront.ResponseSecurityHeadersBehavior {
  return {
    contentSecurityPolicy: { contentSecurityPolicy, override: true },
    contentTypeOptions: { override: true },
    frameOptions: { frameOption: cloudfront.HeadersFrameOption.DENY, override: true },
    referrerPolicy: { referrerPolicy: cloudfront.HeadersReferrerPolicy.NO_REFERRER, override: true },
    strictTransportSecurity: {
      accessControlMaxAge: Duration.days(730),
      includeSubdomains: domain === null,
      override: true,
    },
  };
}

/** What stands before every host, where the settings have it. */
export interface Front {
  domain: Settings['domain'];
  certificate: acm.ICertificate | undefined;
  firewallArn: string | undefined;
}

/** By parameters, for both are in a stack of another Region: the template stays the same for the same settings. */
export function frontOf(stack: Stack, { domain, firewall }: Settings): Front {
  const given = (name: string, description: string) =>
    new CfnParameter(stack, name, { description, allowedPattern: 'arn:.+' }).valueAsString;
  return {
    domain,
    certificate: domain
      ? acm.Certificate.fromCertificateArn(stack, 'Certificate', given(CERTIFICATE, 'For names of one’s own'))
      : undefined,
    firewallArn: firewall ? given(FIREWALL, 'In front of page and links') : undefined,
  };
}

/** Of a distribution at a name of its own, or at the one that CloudFront gives. */
export function frontProps(
  { certificate, firewallArn }: Front,
  host: string | undefined,
): Pick<cloudfront.DistributionProps, 'domainNames' | 'certificate' | 'minimumProtocolVersion' | 'webAclId'> {
  return {
    ...(host !== undefined &&
      certificate && {
        domainNames: [host],
        certificate,
        minimumProtocolVersion: cloudfront.SecurityPolicyProtocol.TLS_V1_2_2021,
      }),
    ...(firewallArn !== undefined && { webAclId: firewallArn }),
  };
}

/** All distributions of CloudFront are in this one zone. */
const CLOUDFRONT_ZONE = 'Z2FDTNDATAQYW2';

/** Where Route 53 has the zone: IPv4 and IPv6. */
export function addressRecords(
  scope: Construct,
  zone: string | null | undefined,
  host: string | undefined,
  distribution: cloudfront.Distribution,
): void {
  if (typeof zone !== 'string' || host === undefined) return;
  for (const type of ['A', 'AAAA']) {
    new route53.CfnRecordSet(scope, `Record${type}`, {
      name: host,
      type,
      hostedZoneId: zone,
      aliasTarget: { dnsName: distribution.distributionDomainName, hostedZoneId: CLOUDFRONT_ZONE },
    });
  }
}

/** The reasons that hold for either, as far as they are needed. */
export function acknowledgeFront(
  distribution: cloudfront.Distribution,
  { domain, firewallArn }: Front,
  withoutFirewall: string,
): void {
  const reasons = [
    ...(firewallArn === undefined ? [{ id: 'AwsSolutions-CFR2', reason: withoutFirewall }] : []),
    ...(domain === null
      ? [
          {
            id: 'AwsSolutions-CFR4',
            reason:
              'Without a domain of its own the distribution uses the cloudfront.net certificate, whose TLS minimum cannot be set; HSTS keeps browsers on HTTPS.',
          },
        ]
      : []),
  ];
  for (const reason of reasons) Validations.of(distribution).acknowledge(reason);
}
