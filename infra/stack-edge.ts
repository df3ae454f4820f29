// What CloudFront takes from us-east-1 only, wherever the photos lie: the certificate for names of one's own, and the firewall. A small
// stack of its own, deployed before the other, which is given their ARNs as parameters.
import { BootstraplessSynthesizer, CfnOutput, Stack } from 'aws-cdk-lib';
import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as wafv2 from 'aws-cdk-lib/aws-wafv2';
import type { Construct } from 'constructs';
import type { Domain, Firewall } from './settings-parts.ts';
import { CERTIFICATE, edgeStackName, FIREWALL, namesOf } from './edge-names.ts';
import type { Settings } from './settings.ts';

export class EdgeStack extends Stack {
  constructor(scope: Construct, settings: Settings) {
    const stackName = edgeStackName(settings);
    super(scope, stackName, {
      stackName,
      description: `What ${settings.stackName} needs of CloudFront’s own Region`,
      // It has no files to upload, so that only one Region has to be bootstrapped.
      synthesizer: new BootstraplessSynthesizer(),
    });
    const { domain, firewall } = settings;
    if (domain) new CfnOutput(this, CERTIFICATE, { value: this.#certificate(domain, namesOf(settings)).ref });
    if (firewall) new CfnOutput(this, FIREWALL, { value: this.#firewall(settings, firewall).attrArn });
  }

  /** Free, and renewed by AWS for as long as the records of its validation stay. */
  #certificate({ page, zone }: Domain, names: readonly string[]): acm.CfnCertificate {
    return new acm.CfnCertificate(this, 'Certificate', {
      domainName: page,
      subjectAlternativeNames: names.filter((name) => name !== page),
      validationMethod: 'DNS',
      ...(zone !== null && {
        domainValidationOptions: names.map((domainName) => ({ domainName, hostedZoneId: zone })),
      }),
    });
  }

  #firewall({ stackName, region }: Settings, { requestsPer5Minutes }: Firewall): wafv2.CfnWebACL {
    const measured = (metricName: string) => ({
      cloudWatchMetricsEnabled: true,
      metricName: `${stackName}-${metricName}`,
      // They would have the addresses of who looks at photos.
      sampledRequestsEnabled: false,
    });
    const managed = (priority: number, name: string): wafv2.CfnWebACL.RuleProperty => ({
      name,
      priority,
      statement: { managedRuleGroupStatement: { vendorName: 'AWS', name } },
      overrideAction: { none: {} },
      visibilityConfig: measured(name),
    });
    return new wafv2.CfnWebACL(this, 'Firewall', {
      name: `${stackName}-${region}`,
      description: `In front of page and links of ${stackName}`,
      scope: 'CLOUDFRONT',
      defaultAction: { allow: {} },
      rules: [
        {
          name: 'TooManyRequests',
          priority: 0,
          statement: {
            rateBasedStatement: {
              limit: requestsPer5Minutes,
              aggregateKeyType: 'IP',
              evaluationWindowSec: 300,
            },
          },
          action: { block: {} },
          visibilityConfig: measured('TooManyRequests'),
        },
        managed(1, 'AWSManagedRulesAmazonIpReputationList'),
        managed(2, 'AWSManagedRulesCommonRuleSet'),
      ],
      visibilityConfig: measured('Firewall'),
    });
  }
}
