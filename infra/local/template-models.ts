// What each resource type of the template is called, and what others may ask of it. A type that is not here cannot be run locally.
import { createHash } from 'node:crypto';
import { ACCOUNT, REGION, TemplateError, type Names, type Values } from './template-values.ts';

export type Properties = Record<string, unknown>;

// Letters and digits that stay the same as long as the logical id does: local names must survive a restart.
const digits = (logicalId: string, base: 'hex' | 'base36', length: number): string => {
  const hash = createHash('sha256').update(logicalId).digest('hex');
  return (base === 'hex' ? hash : BigInt(`0x${hash}`).toString(36)).slice(0, length);
};
const uuid = (logicalId: string): string =>
  digits(logicalId, 'hex', 32).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');

type Model = (logicalId: string, properties: Properties, values: Values) => Names;
const named =
  (attributes: Record<string, (logicalId: string) => string> = {}): Model =>
  (logicalId) => ({
    ref: logicalId,
    attributes: Object.fromEntries(Object.entries(attributes).map(([name, of]) => [name, of(logicalId)])),
  });
const arn = (service: string, what: string) => (logicalId: string) =>
  `arn:aws:${service}:${REGION}:${ACCOUNT}:${what}${logicalId}`;

/** Every resource type that may stand in the template, and what others may ask of it. */
const MODELS: Record<string, Model> = {
  'AWS::S3::Bucket': (logicalId, { BucketName }, values) => {
    const name = BucketName === undefined ? logicalId.toLowerCase() : values.text(BucketName);
    return {
      ref: name,
      attributes: {
        Arn: `arn:aws:s3:::${name}`,
        DomainName: `${name}.s3.amazonaws.com`,
        RegionalDomainName: `${name}.s3.${REGION}.amazonaws.com`,
      },
    };
  },
  'AWS::S3::BucketPolicy': named(),
  'AWS::DynamoDB::Table': (logicalId, { TableName }, values) => {
    const name = TableName === undefined ? logicalId : values.text(TableName);
    return { ref: name, attributes: { Arn: arn('dynamodb', 'table/')(name) } };
  },
  'AWS::Cognito::UserPool': (logicalId) => {
    const id = `${REGION}_${digits(logicalId, 'base36', 9)}`;
    return {
      ref: id,
      attributes: {
        UserPoolId: id,
        Arn: arn('cognito-idp', 'userpool/')(id),
        ProviderName: `cognito-idp.${REGION}.amazonaws.com/${id}`,
        ProviderURL: `https://cognito-idp.${REGION}.amazonaws.com/${id}`,
      },
    };
  },
  'AWS::Cognito::UserPoolClient': (logicalId) => {
    const id = digits(logicalId, 'base36', 26);
    return { ref: id, attributes: { ClientId: id } };
  },
  'AWS::Cognito::UserPoolDomain': (_logicalId, { Domain }, values) => ({
    ref: values.text(Domain),
    attributes: {},
  }),
  'AWS::Cognito::UserPoolGroup': (_logicalId, { GroupName }, values) => ({
    ref: values.text(GroupName),
    attributes: {},
  }),
  'AWS::Cognito::UserPoolIdentityProvider': named(),
  'AWS::Cognito::ManagedLoginBranding': named(),
  'AWS::Cognito::IdentityPool': (logicalId) => ({ ref: `${REGION}:${uuid(logicalId)}`, attributes: {} }),
  'AWS::Cognito::IdentityPoolRoleAttachment': named(),
  'AWS::IAM::Role': (logicalId, { RoleName }, values) => {
    const name = RoleName === undefined ? logicalId : values.text(RoleName);
    const roleArn = `arn:aws:iam::${ACCOUNT}:role/${name}`;
    return {
      ref: name,
      attributes: { Arn: roleArn, RoleId: `AROA${digits(name, 'hex', 17).toUpperCase()}` },
    };
  },
  'AWS::Lambda::Function': named({ Arn: arn('lambda', 'function:') }),
  'AWS::Lambda::EventInvokeConfig': named(),
  'AWS::Lambda::Permission': named(),
  'AWS::Logs::LogGroup': named({ Arn: (logicalId) => `${arn('logs', 'log-group:')(logicalId)}:*` }),
  'AWS::SQS::Queue': (logicalId) => ({
    ref: `https://sqs.${REGION}.amazonaws.com/${ACCOUNT}/${logicalId}`,
    attributes: { Arn: arn('sqs', '')(logicalId), QueueName: logicalId },
  }),
  'AWS::SQS::QueuePolicy': named(),
  'AWS::SNS::Topic': (logicalId) => ({
    ref: arn('sns', '')(logicalId),
    attributes: { TopicArn: arn('sns', '')(logicalId), TopicName: logicalId },
  }),
  'AWS::SNS::TopicPolicy': named(),
  'AWS::SNS::Subscription': named(),
  'AWS::CloudWatch::Alarm': named({ Arn: arn('cloudwatch', 'alarm:') }),
  'AWS::CloudFront::Distribution': (logicalId) => ({
    ref: `E${digits(logicalId, 'base36', 13).toUpperCase()}`,
    attributes: {
      DomainName: `d${digits(logicalId, 'base36', 13)}.cloudfront.net`,
      Id: `E${digits(logicalId, 'base36', 13).toUpperCase()}`,
    },
  }),
  'AWS::CloudFront::Function': named({
    FunctionARN: (logicalId) => `arn:aws:cloudfront::${ACCOUNT}:function/${logicalId}`,
  }),
  'AWS::CloudFront::OriginAccessControl': named({ Id: (logicalId) => logicalId }),
  'AWS::CloudFront::CachePolicy': named({ Id: (logicalId) => logicalId }),
  'AWS::CloudFront::ResponseHeadersPolicy': named({ Id: (logicalId) => logicalId }),
  'AWS::CDK::Metadata': named(),
};

/** Properties that the local cloud acts on, or that change nothing locally. Any other of these types could grant or lose something. */
const KNOWN: Record<string, readonly string[]> = {
  'AWS::S3::Bucket': [
    'BucketEncryption',
    'BucketName',
    'CorsConfiguration',
    'LifecycleConfiguration',
    'NotificationConfiguration',
    'OwnershipControls',
    'PublicAccessBlockConfiguration',
    'Tags',
    'VersioningConfiguration',
  ],
  'AWS::S3::BucketPolicy': ['Bucket', 'PolicyDocument'],
  'AWS::DynamoDB::Table': [
    'AttributeDefinitions',
    'BillingMode',
    'DeletionProtectionEnabled',
    'GlobalSecondaryIndexes',
    'KeySchema',
    'LocalSecondaryIndexes',
    'OnDemandThroughput',
    'PointInTimeRecoverySpecification',
    'TableName',
    'Tags',
    'TimeToLiveSpecification',
  ],
  'AWS::IAM::Role': ['AssumeRolePolicyDocument', 'Description', 'Policies', 'RoleName', 'Tags'],
  'AWS::Cognito::IdentityPool': [
    'AllowClassicFlow',
    'AllowUnauthenticatedIdentities',
    'CognitoIdentityProviders',
    'IdentityPoolName',
    'IdentityPoolTags',
  ],
  'AWS::Cognito::IdentityPoolRoleAttachment': ['IdentityPoolId', 'RoleMappings', 'Roles'],
  'AWS::Cognito::UserPoolGroup': ['Description', 'GroupName', 'Precedence', 'RoleArn', 'UserPoolId'],
};

export function modelOf(logicalId: string, type: string): Model {
  const model = MODELS[type];
  if (!model) throw new TemplateError(`${logicalId} has the unknown type ${type}`);
  return model;
}

/** Throws for a property that the local cloud would not act on, where that could grant or lose something. */
export function checkProperties(logicalId: string, type: string, properties: Properties): void {
  const known = KNOWN[type];
  const stray = known && Object.keys(properties).find((name) => !known.includes(name));
  if (stray) throw new TemplateError(`${logicalId} (${type}) has the unknown property ${stray}`);
}
