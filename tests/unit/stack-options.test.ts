// Every option of infra/shoebox.json, on and off: what it adds to the template, and that nothing of it is there, or paid for, without it.
import { expect, test } from 'vitest';
import type { PolicyDocument } from '../../infra/policies.ts';
import { localSettings, parseSettings } from '../../infra/settings.ts';
import { edgeStackName, needsEdge } from '../../infra/edge-names.ts';
import { fingerprintOf, losses, type Template } from '../../infra/stateful.ts';
import { EdgeStack } from '../../infra/stack-edge.ts';
import { fields, type Fields } from '../../src/schema/parse.ts';
import { SETTINGS, Synthesised } from './synthesised.ts';

const alarmEmail = 'me@example.com';
const domain = {
  page: 'photos.example.com',
  links: 'links.example.com',
  reads: 'reads.example.com',
  zone: null,
};
const zone = 'Z0123456789ABCDEFGHIJ';
const firewall = { requestsPer5Minutes: 2000 };

const plain = new Synthesised();
const watched = new Synthesised({ alarmEmail });
const named = new Synthesised({ domain });

const edge = (settings: Partial<typeof SETTINGS>) =>
  new Synthesised(settings, (app, all) => new EdgeStack(app, all));
const alarms = (from: Synthesised): Fields[] =>
  from.all('AWS::CloudWatch::Alarm').map((one) => one.properties);
const config = (from: Synthesised, id: RegExp) =>
  fields(from.one('AWS::CloudFront::Distribution', id).properties['DistributionConfig']) ?? {};

test('the topic of alarms is put out for the doctor, where there is one', () => {
  expect(watched.outputs).toHaveProperty('AlarmTopic');
  expect(plain.outputs).not.toHaveProperty('AlarmTopic');
});

test('a largest file is known to the processor, and alarmed about where somebody is to be told', () => {
  const environment = (from: Synthesised): Fields =>
    fields(
      fields(from.one('AWS::Lambda::Function', /^Processor/).properties['Environment'])?.['Variables'],
    ) ?? {};
  const marked = new Synthesised({ largestOriginal: 20 });
  const told = new Synthesised({ largestOriginal: 20, alarmEmail });
  expect(environment(marked)['LARGEST_ORIGINAL']).toBe('20000000000');
  expect(environment(plain)).not.toHaveProperty('LARGEST_ORIGINAL');
  expect(marked.all('AWS::Logs::MetricFilter')).toEqual([]);
  expect(alarms(told)).toHaveLength(alarms(watched).length + 1);
  const filters = told.all('AWS::Logs::MetricFilter').map(({ properties }) => properties['FilterPattern']);
  expect(filters).toContain('"processed" "over-limit"');
});

test('with no option on, nothing bills while idle: no alarm, dashboard, metric, secret, key, firewall or zone', () => {
  const types = new Set(plain.resources.map(({ type }) => type));
  for (const service of [
    'CloudWatch',
    'Budgets',
    'SNS',
    'SecretsManager',
    'KMS',
    'WAFv2',
    'Route53',
    'EC2',
  ]) {
    expect([...types].filter((type) => type.startsWith(`AWS::${service}::`))).toEqual([]);
  }
  expect(types).not.toContain('AWS::Logs::MetricFilter');
  expect(needsEdge(SETTINGS)).toBe(false);
});

test.each([
  ['everything off', {}],
  ['alarms, budget and dashboard', { alarmEmail, monthlyBudget: 5, dashboard: true }],
  ['a domain and a firewall', { domain: { ...domain, zone }, firewall }],
  ['reads through CloudFront', { cloudFrontReads: true }],
])('the same settings give the same template twice: %s', (_, settings) => {
  expect(new Synthesised(settings).json).toEqual(new Synthesised(settings).json);
  expect(edge(settings).json).toEqual(edge(settings).json);
});

test('alarms reach the owner by e-mail when an address is set: CloudWatch and Budgets, and only of this account, may publish them', () => {
  const topic = `<${watched.one('AWS::SNS::Topic').id}>`;
  expect(watched.one('AWS::SNS::Subscription').properties).toMatchObject({
    Protocol: 'email',
    Endpoint: alarmEmail,
  });
  // As many as an account has free.
  expect(alarms(watched)).toHaveLength(10);
  for (const alarm of alarms(watched)) expect(alarm['AlarmActions']).toEqual([topic]);

  const policy = watched.one('AWS::SNS::TopicPolicy').properties['PolicyDocument'] as PolicyDocument;
  expect(policy.Statement.filter(({ Effect }) => Effect === 'Allow')).toEqual(
    [
      ['AlarmsMayPublish', 'cloudwatch.amazonaws.com'],
      ['BudgetsMayPublish', 'budgets.amazonaws.com'],
    ].map(([Sid, Service]) => ({
      Sid,
      Effect: 'Allow',
      Principal: { Service },
      Action: 'sns:Publish',
      Resource: topic,
      Condition: { StringEquals: { 'aws:SourceAccount': '111111111111' } },
    })),
  );
});

test('a photo or news that failed for good raises an alarm each time, also while nobody empties the queue', () => {
  for (const [what, construct] of [
    ['Processor', /^Processor/],
    ['Notifier', /^Notifier/],
  ] as const) {
    const queue = watched.one('AWS::SQS::Queue', construct).id;
    const fn = watched.one('AWS::Lambda::Function', construct).id;
    const each = {
      Statistic: 'Sum',
      Threshold: 1,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      TreatMissingData: 'notBreaching',
    };
    expect(alarms(watched)).toContainEqual(
      expect.objectContaining({
        ...each,
        MetricName: 'NumberOfMessagesSent',
        Dimensions: [{ Name: 'QueueName', Value: `<${queue}.QueueName>` }],
      }),
    );
    expect(
      watched.one('AWS::CloudWatch::Alarm', new RegExp(`^Watching${what}Undelivered`)).properties,
    ).toMatchObject({
      ...each,
      MetricName: 'DestinationDeliveryFailures',
      Dimensions: [{ Name: 'FunctionName', Value: `<${fn}>` }],
    });
  }
});

test('errors, throttles and slowness of the processor, and errors of CloudFront, raise alarms', () => {
  const fn = watched.one('AWS::Lambda::Function', /^Processor/).id;
  const of = (metric: string) =>
    alarms(watched).filter((alarm) => alarm['MetricName'] === metric && alarm['Namespace'] === 'AWS/Lambda');
  expect(of('Errors')).toMatchObject([
    { Dimensions: [{ Value: `<${fn}>` }], Statistic: 'Sum', Threshold: 20, Period: 3600 },
  ]);
  expect(of('Throttles')).toMatchObject([{ Statistic: 'Sum', EvaluationPeriods: 3, Period: 3600 }]);
  const timeout = Number(watched.one('AWS::Lambda::Function', /^Processor/).properties['Timeout']) * 1000;
  const [duration] = of('Duration');
  expect(duration).toMatchObject({ Statistic: 'Maximum' });
  expect(Number(duration?.['Threshold'])).toBeLessThan(timeout);

  const hosts = alarms(watched).filter((alarm) => alarm['Namespace'] === 'AWS/CloudFront');
  expect(hosts.map((alarm) => [alarm['MetricName'], alarm['Dimensions']])).toEqual(
    ['Site', 'Shares'].map((one) => [
      '5xxErrorRate',
      [
        {
          Name: 'DistributionId',
          Value: `<${watched.one('AWS::CloudFront::Distribution', new RegExp(`^${one}`)).id}>`,
        },
        { Name: 'Region', Value: 'Global' },
      ],
    ]),
  );
});

test('CloudFront has its figures in us-east-1 only: elsewhere there are no alarms that could never ring', () => {
  const elsewhere = new Synthesised({ alarmEmail, region: 'eu-west-1' });
  expect(alarms(elsewhere).filter((alarm) => alarm['Namespace'] === 'AWS/CloudFront')).toEqual([]);
  expect(alarms(elsewhere)).toHaveLength(8);
});

test('many originals deleted in a day raise an alarm: deletions are counted in the processor’s own log', () => {
  const few = new Synthesised({ alarmEmail, deletionsPerDay: 7 });
  const filter = few.one('AWS::Logs::MetricFilter').properties;
  expect(filter).toMatchObject({
    LogGroupName: `<${few.one('AWS::Logs::LogGroup', /^Processor/).id}>`,
    FilterPattern: '"processed" "outcome" "gone"',
    MetricTransformations: [
      { MetricNamespace: 'Shoebox', MetricName: 'Shoebox-DeletedOriginals', MetricValue: '1' },
    ],
  });
  expect(few.one('AWS::CloudWatch::Alarm', /ManyDeletions/).properties).toMatchObject({
    MetricName: 'Shoebox-DeletedOriginals',
    Period: 86_400,
    Threshold: 7,
  });
});

test('a budget tells at 80 and 100 per cent, and before a month becomes too dear; without one there is none', () => {
  expect(watched.all('AWS::Budgets::Budget')).toEqual([]);
  const budgeted = new Synthesised({ alarmEmail, monthlyBudget: 5 });
  const budget = budgeted.one('AWS::Budgets::Budget').properties;
  expect(budget['Budget']).toMatchObject({ BudgetLimit: { Amount: 5, Unit: 'USD' }, TimeUnit: 'MONTHLY' });
  const told = budget['NotificationsWithSubscribers'] as { Notification: Fields; Subscribers: unknown }[];
  expect(
    told.map(({ Notification }) => [Notification['NotificationType'], Notification['Threshold']]),
  ).toEqual([
    ['ACTUAL', 80],
    ['ACTUAL', 100],
    ['FORECASTED', 100],
  ]);
  for (const { Subscribers } of told) {
    expect(Subscribers).toEqual([
      { SubscriptionType: 'SNS', Address: `<${budgeted.one('AWS::SNS::Topic').id}>` },
    ]);
  }
});

test('there is a page of graphs for whoever wants one', () => {
  expect(watched.all('AWS::CloudWatch::Dashboard')).toEqual([]);
  const drawn = new Synthesised({ dashboard: true });
  const body = String(drawn.one('AWS::CloudWatch::Dashboard').properties['DashboardBody']);
  for (const metric of ['Invocations', 'NumberOfMessagesSent', '5xxErrorRate', 'DeletedOriginals']) {
    expect(body).toContain(metric);
  }
  expect(alarms(drawn)).toEqual([]);
});

test('logs are kept as long as the settings say, a month otherwise', () => {
  const days = (from: Synthesised) =>
    from.all('AWS::Logs::LogGroup').map(({ properties }) => properties['RetentionInDays']);
  expect(days(plain)).toEqual([30, 30]);
  expect(days(new Synthesised({ logDays: 7 }))).toEqual([7, 7]);
});

test('Google’s secret can be an SSM parameter, read at deployment, and stands in no template', () => {
  const google = { clientId: '1-a.apps.googleusercontent.com', secretParameter: '/shoebox/google' };
  const details = fields(
    new Synthesised({ google }).one('AWS::Cognito::UserPoolIdentityProvider').properties['ProviderDetails'],
  );
  expect(details?.['client_secret']).toBe('{{resolve:ssm:/shoebox/google}}');
});

test('under names of one’s own every host that is named is one’s own', () => {
  expect(config(named, /^Site/)).toMatchObject({
    Aliases: ['photos.example.com'],
    ViewerCertificate: { MinimumProtocolVersion: 'TLSv1.2_2021', SslSupportMethod: 'sni-only' },
  });
  expect(config(named, /^Shares/)).toMatchObject({ Aliases: ['links.example.com'] });
  expect(named.one('AWS::Cognito::UserPoolClient').properties).toMatchObject({
    CallbackURLs: ['https://photos.example.com/'],
    LogoutURLs: ['https://photos.example.com/'],
  });
  for (const kind of [/Originals/, /Library/]) {
    expect(named.one('AWS::S3::Bucket', kind).properties['CorsConfiguration']).toMatchObject({
      CorsRules: [{ AllowedOrigins: ['https://photos.example.com'] }],
    });
  }
  const headers = JSON.stringify(named.one('AWS::CloudFront::ResponseHeadersPolicy', /^Site/).properties);
  expect(headers).toContain('https://links.example.com');
  expect(String(fields(named.outputs['Config'])?.['Value'])).toContain('https://links.example.com');
  expect(fields(named.outputs['Address'])?.['Value']).toBe('https://photos.example.com/');
  expect(
    fields(fields(named.one('AWS::Lambda::Function', /^Notifier/).properties['Environment'])?.['Variables']),
  ).toMatchObject({ PAGE_ORIGIN: 'https://photos.example.com' });
});

test('the certificate comes as a parameter from CloudFront’s own Region, and the template is the same before and after there is one', () => {
  const certificate = fields(config(named, /^Site/)['ViewerCertificate']);
  expect(certificate?.['AcmCertificateArn']).toBe('<CertificateArn>');
  expect(edge({ domain }).one('AWS::CertificateManager::Certificate').properties).toEqual({
    DomainName: 'photos.example.com',
    SubjectAlternativeNames: ['links.example.com'],
    ValidationMethod: 'DNS',
  });
  expect(edge({ domain }).outputs).toHaveProperty('CertificateArn');
  expect(edge({ domain }).all('AWS::WAFv2::WebACL')).toEqual([]);
  expect(edgeStackName({ stackName: 'Shoebox', region: 'eu-west-1' })).toBe('Shoebox-edge-eu-west-1');
});

test('with Route 53 the records are made, with another provider they are left to it', () => {
  expect(named.all('AWS::Route53::RecordSet')).toEqual([]);
  const inZone = { domain: { ...domain, zone } };
  const records = new Synthesised(inZone)
    .all('AWS::Route53::RecordSet')
    .map(({ properties }) => [properties['Name'], properties['Type'], properties['HostedZoneId']]);
  expect(records.sort()).toEqual([
    ['links.example.com', 'A', zone],
    ['links.example.com', 'AAAA', zone],
    ['photos.example.com', 'A', zone],
    ['photos.example.com', 'AAAA', zone],
  ]);
  expect(
    edge(inZone).one('AWS::CertificateManager::Certificate').properties['DomainValidationOptions'],
  ).toEqual([
    { DomainName: 'photos.example.com', HostedZoneId: zone },
    { DomainName: 'links.example.com', HostedZoneId: zone },
  ]);
});

test('below a name of one’s own others may have names that know nothing of HTTPS: browsers are told of its own only', () => {
  const headers = (from: Synthesised) =>
    from.all('AWS::CloudFront::ResponseHeadersPolicy').map(({ properties }) => {
      const policy = fields(properties['ResponseHeadersPolicyConfig']) ?? {};
      return fields(fields(policy['SecurityHeadersConfig'])?.['StrictTransportSecurity']);
    });
  expect(headers(named).map((one) => one?.['IncludeSubdomains'])).toEqual([false, false, false, false]);
  expect(headers(plain).map((one) => one?.['IncludeSubdomains'])).toEqual([true, true, true, true]);
  for (const one of [...headers(named), ...headers(plain)])
    expect(one?.['AccessControlMaxAgeSec']).toBe(63_072_000);
});

test('whoever comes by the name that CloudFront gives is sent to the page’s own, where sign-in works', () => {
  const { FunctionCode } = named.one('AWS::CloudFront::Function', /^Site/).properties;
  // oxlint-disable-next-line no-new-func
  const handler = new Function(`${String(FunctionCode)}; return handler;`)() as (event: unknown) => {
    uri?: string;
    statusCode?: number;
    headers?: unknown;
  };
  const asked = (host: string) =>
    handler({ request: { uri: '/albums', headers: { host: { value: host } } } });
  expect(asked('d1.cloudfront.net')).toMatchObject({
    statusCode: 301,
    headers: { location: { value: 'https://photos.example.com/albums' } },
  });
  expect(asked('photos.example.com')).toMatchObject({ uri: '/index.html' });
});

test('a firewall stands in front of both hosts when asked for: AWS’s rules, and a limit for each address', () => {
  for (const host of [/^Site/, /^Shares/]) {
    expect(config(plain, host)).not.toHaveProperty('WebACLId');
    expect(config(new Synthesised({ firewall }), host)['WebACLId']).toBe('<FirewallArn>');
  }
  const acl = edge({ firewall }).one('AWS::WAFv2::WebACL').properties;
  expect(acl).toMatchObject({ Scope: 'CLOUDFRONT', DefaultAction: { Allow: {} } });
  const rules = acl['Rules'] as { Name: string; Statement: Fields; VisibilityConfig: Fields }[];
  expect(rules.map(({ Name }) => Name)).toEqual([
    'TooManyRequests',
    'AWSManagedRulesAmazonIpReputationList',
    'AWSManagedRulesCommonRuleSet',
  ]);
  expect(rules[0]?.Statement['RateBasedStatement']).toMatchObject({ Limit: 2000, AggregateKeyType: 'IP' });
  // Samples of requests would say who looks at photos.
  for (const { VisibilityConfig } of rules) expect(VisibilityConfig['SampledRequestsEnabled']).toBe(false);
});

test('the local cloud stands in for a stack without what only AWS has', () => {
  const everything = { ...SETTINGS, alarmEmail, monthlyBudget: 5, dashboard: true, domain, firewall };
  expect(localSettings(everything)).toEqual(SETTINGS);
  expect(parseSettings({ region: 'us-east-1' })).toEqual(SETTINGS);
});

const rulesOf = (from: Synthesised) =>
  fields(from.one('AWS::S3::Bucket', /Originals/).properties['LifecycleConfiguration'])?.['Rules'];
const memberOf = (from: Synthesised): PolicyDocument =>
  (fields((from.one('AWS::IAM::Role', /MemberRole/).properties['Policies'] as unknown[])[0])?.[
    'PolicyDocument'
  ] ?? {}) as PolicyDocument;
const statementOf = (from: Synthesised, sid: string) =>
  memberOf(from).Statement.find(({ Sid }) => Sid === sid);
const toldOf = (from: Synthesised): string => JSON.stringify(fields(from.outputs['Config'])?.['Value']);

const INTELLIGENT = { StorageClass: 'INTELLIGENT_TIERING', TransitionInDays: 0 };
const GLACIER = { StorageClass: 'GLACIER_IR', TransitionInDays: 1 };

test.each([
  ['as it comes', {}, [INTELLIGENT], 'INTELLIGENT_TIERING'],
  ['Glacier Instant Retrieval', { originals: 'glacierInstant' }, [GLACIER], 'STANDARD'],
  [
    'the deep archive',
    { deepArchive: { afterDays: 180 } },
    [INTELLIGENT, { StorageClass: 'DEEP_ARCHIVE', TransitionInDays: 180 }],
    'INTELLIGENT_TIERING',
  ],
  [
    'both',
    { originals: 'glacierInstant', deepArchive: { afterDays: 365 } },
    [GLACIER, { StorageClass: 'DEEP_ARCHIVE', TransitionInDays: 365 }],
    'STANDARD',
  ],
  [
    'no more into the deep archive',
    { deepArchive: { afterDays: null } },
    [INTELLIGENT],
    'INTELLIGENT_TIERING',
  ],
] as const)(
  'originals are written and moved as the owner chose, page and policy alike: %s',
  (_, chosen, Transitions, written) => {
    const made = new Synthesised(chosen);
    // What was deleted, or never finished, goes as ever: nothing moves it into another class before.
    expect(rulesOf(made)).toEqual([
      {
        Status: 'Enabled',
        AbortIncompleteMultipartUpload: { DaysAfterInitiation: 3 },
        NoncurrentVersionExpiration: { NoncurrentDays: 30 },
        ExpiredObjectDeleteMarker: true,
        Transitions,
      },
    ]);
    for (const sid of ['WriteOriginalOnce', 'WriteOriginalParts'])
      expect(statementOf(made, sid)?.Condition?.['StringEqualsIfExists']).toEqual({
        's3:x-amz-storage-class': [written],
      });
    const { originals, deepArchive } = { ...SETTINGS, ...chosen };
    expect(toldOf(made)).toContain(
      JSON.stringify(JSON.stringify({ storage: originals, deepArchive })).slice(1, -1),
    );
  },
);

test('only where there is a deep archive may members restore, and only their own originals', () => {
  expect(statementOf(plain, 'RestoreOwnOriginals')).toBeUndefined();
  expect(JSON.stringify(plain.json)).not.toContain('RestoreObject');
  for (const afterDays of [180, null]) {
    const { Action, Resource, Effect } = statementOf(
      new Synthesised({ deepArchive: { afterDays } }),
      'RestoreOwnOriginals',
    ) ?? { Resource: '' };
    expect([Effect, Action]).toEqual(['Allow', 's3:RestoreObject']);
    expect(Resource).toMatch(/-originals-.*\/\$\{cognito-identity\.amazonaws\.com:sub\}\/\*$/);
  }
});

test('to choose another class replaces no S3 bucket, table or pool, back and forth', () => {
  const choices: Partial<typeof SETTINGS>[] = [
    {},
    { originals: 'glacierInstant' },
    { deepArchive: { afterDays: 180 } },
    { originals: 'glacierInstant', deepArchive: { afterDays: null } },
  ];
  const made = choices.map((chosen) => new Synthesised(chosen).json as Template);
  for (const before of made)
    for (const after of made) expect(losses(fingerprintOf(before), fingerprintOf(after))).toEqual([]);
});
