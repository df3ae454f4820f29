// The whole of Shoebox as one CloudFormation stack: site, storage, sign-in, processor and notifier, and the config.json that ties a page to them.
import { Aws, CfnOutput, Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { CONFIG_VERSION, type Config } from '../src/schema/config.ts';
import { shareHostPolicy, type Arns } from './policies.ts';
import { keepingOf, type Settings } from './settings.ts';
import { frontOf } from './stack-hosts.ts';
import { Notifier } from './stack-notifier.ts';
import { Processor } from './stack-processor.ts';
import { ReadsHost } from './stack-reads.ts';
import { ShareHost } from './stack-shares.ts';
import { SignIn, signInUrl } from './stack-sign-in.ts';
import { Site } from './stack-site.ts';
import { bucketArn, bucketName, Storage } from './stack-storage.ts';
import { Watching } from './stack-watching.ts';

/** The stack names neither account nor Region: both are where it is deployed, so that every synthesis gives the same template. */
export class ShoeboxStack extends Stack {
  constructor(scope: Construct, settings: Settings) {
    const { stackName } = settings;
    super(scope, stackName, {
      stackName,
      description: 'Shoebox: a photo library in its owner’s own account',
    });

    const front = frontOf(this, settings);
    const shares = new ShareHost(this, 'Shares', { stackName, front });
    const reads = settings.cloudFrontReads ? new ReadsHost(this, 'Reads', { stackName, front }) : undefined;
    const otherHosts = [shares.origin, ...(reads ? [reads.origin] : [])];
    const site = new Site(this, 'Site', { stackName, otherHosts, front });
    const storage = new Storage(this, 'Storage', {
      stackName,
      origin: site.origin,
      keeping: keepingOf(settings),
    });
    const names = {
      originals: bucketName(stackName, 'originals'),
      library: bucketName(stackName, 'library'),
    };
    const arns: Arns = {
      originals: bucketArn(names.originals),
      library: bucketArn(names.library),
      originalsName: names.originals,
      libraryName: names.library,
      photos: storage.photos.tableArn,
      social: storage.social.tableArn,
    };
    for (const statement of shareHostPolicy(arns.library, shares.distribution.distributionArn).Statement) {
      storage.library.addToResourcePolicy(PolicyStatement.fromJson(statement));
    }
    const signIn = new SignIn(this, 'SignIn', { settings, origin: site.origin, arns });
    const processor = new Processor(this, 'Processor', {
      settings,
      arns,
      originals: storage.originals,
      library: storage.library,
      names,
      photosTable: storage.photos.tableName,
    });

    const notifier = new Notifier(this, 'Notifier', {
      settings,
      origin: site.origin,
      arns,
      library: storage.library,
      libraryName: names.library,
      socialTable: storage.social.tableName,
    });

    const watching = new Watching(this, 'Watching', {
      settings,
      processor,
      notifier,
      hosts: [
        { name: 'Page', distribution: site.distribution },
        { name: 'Links', distribution: shares.distribution },
      ],
      tables: [storage.photos, storage.social],
    });

    const config: Config = {
      version: CONFIG_VERSION,
      region: Aws.REGION,
      userPoolId: signIn.userPool.userPoolId,
      authority: `https://cognito-idp.${Aws.REGION}.amazonaws.com/${signIn.userPool.userPoolId}`,
      signInUrl: signInUrl(stackName),
      clientId: signIn.client.userPoolClientId,
      identityPoolId: signIn.identityPool.ref,
      google: settings.google !== null,
      originalsBucket: storage.originals.bucketName,
      libraryBucket: storage.library.bucketName,
      photosTable: storage.photos.tableName,
      socialTable: storage.social.tableName,
      shareHost: shares.origin,
      ...(reads && { readsHost: reads.origin }),
      ...(settings.friendMail && { mail: true }),
      keeping: keepingOf(settings),
      ownersRole: signIn.ownersRole.roleArn,
    };
    const outputs = {
      Config: this.toJsonString(config),
      Address: `${site.origin}/`,
      SiteBucket: site.bucket.bucketName,
      // Where names of one's own have to lead.
      PageHost: site.distribution.distributionDomainName,
      LinksHost: shares.distribution.distributionDomainName,
      ...(reads && { ReadsHost: reads.distribution.distributionDomainName }),
      DistributionId: site.distribution.distributionId,
      ProcessorFunction: processor.fn.functionName,
      FailureQueue: processor.failures.queueUrl,
      NotifierFunction: notifier.fn.functionName,
      ...(watching.topic && { AlarmTopic: watching.topic.topicArn }),
    };
    for (const [id, value] of Object.entries(outputs)) new CfnOutput(this, id, { value });
  }
}
