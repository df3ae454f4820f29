// The certificate and the firewall in CloudFront's own Region: made before they are needed, removed after, and a certificate that waits
// for DNS says which records it waits for. The real SDK asks; a server on this computer answers as CloudFormation would.
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { awsClients } from '../../infra/aws.ts';
import { prepareEdge, refuseUnvalidated, tidyEdge } from '../../infra/edge.ts';
import { EdgeStack } from '../../infra/stack-edge.ts';
import type { Settings } from '../../infra/settings.ts';
import type { Template } from '../../infra/stateful.ts';
import { AwsStandIn, noStack, stacksXml, xml, type StackShape } from '../aws-stand-in.ts';
import { SETTINGS, Synthesised } from './synthesised.ts';

const aws = new AwsStandIn();
beforeAll(async () => {
  vi.stubEnv('AWS_ENDPOINT_URL', await aws.start());
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIDEXAMPLE');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
});
afterAll(async () => {
  await aws.stop();
  vi.unstubAllEnvs();
});

const domain = {
  page: 'photos.example.com',
  links: 'links.example.com',
  reads: 'reads.example.com',
  zone: null,
};
const zone = 'Z0123456789ABCDEFGHIJ';
const firewall = { requestsPer5Minutes: 2000 };
const outputs = { CertificateArn: 'arn:aws:acm:us-east-1:1:certificate/a' };

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
const templateXml = (template: unknown) =>
  xml(
    `<GetTemplateResponse><GetTemplateResult><TemplateBody>${escaped(JSON.stringify(template))}</TemplateBody></GetTemplateResult></GetTemplateResponse>`,
  );
const eventsXml = (reasons: readonly string[]) =>
  xml(
    `<DescribeStackEventsResponse><DescribeStackEventsResult><StackEvents>${reasons
      .map(
        (reason) =>
          `<member><EventId>e</EventId><StackId>i</StackId><StackName>Shoebox-edge-us-east-1</StackName><Timestamp>2026-01-01T00:00:00Z</Timestamp>${reason}</member>`,
      )
      .join('')}</StackEvents></DescribeStackEventsResult></DescribeStackEventsResponse>`,
  );
const record = (name: string) =>
  `<ResourceType>AWS::CertificateManager::Certificate</ResourceType><ResourceStatus>CREATE_IN_PROGRESS</ResourceStatus><ResourceStatusReason>Content of DNS Record is: {Name: _${name}.,Type: CNAME,Value: _${name}.acm-validations.aws.}</ResourceStatusReason>`;
const BEGIN =
  '<ResourceType>AWS::CloudFormation::Stack</ResourceType><LogicalResourceId>Shoebox-edge-us-east-1</LogicalResourceId><ResourceStatus>CREATE_IN_PROGRESS</ResourceStatus>';

/** A stack in CloudFormation: which states it goes through, one a look, and its template. */
let stack: { states: StackShape[]; template: unknown } | undefined;
const changes = () => aws.names().filter((name) => /:(?:Create|Update|Delete)Stack$/.test(name));

beforeEach(() => {
  aws.reset();
  stack = undefined;
  aws
    .answer('cloudformation:DescribeStacks', () => {
      const state = stack?.states.length === 1 ? stack.states[0] : stack?.states.shift();
      return state ? stacksXml(state) : noStack;
    })
    .answer('cloudformation:GetTemplate', () => (stack ? templateXml(stack.template) : noStack))
    .answer('cloudformation:DeleteStack', xml('<DeleteStackResponse/>'));
  for (const action of ['Create', 'Update']) {
    aws.answer(`cloudformation:${action}Stack`, ({ fields }) => {
      stack = {
        states: [
          { status: `${action.toUpperCase()}_IN_PROGRESS` },
          { status: `${action.toUpperCase()}_COMPLETE`, outputs },
        ],
        template: JSON.parse(String(fields['TemplateBody'])),
      };
      return xml(`<${action}StackResponse><${action}StackResult/></${action}StackResponse>`);
    });
  }
});

const wantedBy = (settings: Settings): Template =>
  new Synthesised(settings, (app, all) => new EdgeStack(app, all)).json as Template;
const said: string[] = [];
const waiting = { say: (line: string) => said.push(line), pause: () => Promise.resolve() };

const prepared = (options: Partial<Settings>) => {
  const settings = { ...SETTINGS, ...options };
  const wanted = settings.domain || settings.firewall ? wantedBy(settings) : undefined;
  return prepareEdge(settings, awsClients('us-east-1').edge, wanted, waiting);
};
const tidied = (options: Partial<Settings>) => {
  const settings = { ...SETTINGS, ...options };
  const wanted = settings.domain || settings.firewall ? wantedBy(settings) : undefined;
  return tidyEdge(settings, awsClients('us-east-1').edge, wanted, waiting);
};

test('without a domain and a firewall nothing is asked for, and there is nothing to tidy', async () => {
  expect(await prepared({})).toEqual(new Map());
  expect(aws.asked).toEqual([]);
  await tidied({});
  expect(changes()).toEqual([]);
});

test('with Route 53 the certificate is made and waited for, and its ARN handed on', async () => {
  expect(await prepared({ domain: { ...domain, zone } })).toEqual(new Map(Object.entries(outputs)));
  expect(changes()).toEqual(['cloudformation:CreateStack']);
  expect(aws.of('cloudformation:CreateStack')[0]?.fields).toMatchObject({
    StackName: 'Shoebox-edge-us-east-1',
    // What fails leaves nothing behind that is in the way of the next try.
    OnFailure: 'DELETE',
  });
});

test('what is there as wanted is left alone', async () => {
  await prepared({ domain: { ...domain, zone } });
  aws.asked.length = 0;
  expect(await prepared({ domain: { ...domain, zone } })).toEqual(new Map(Object.entries(outputs)));
  expect(changes()).toEqual([]);
});

test('with another DNS provider the records to set are said, those of this certificate and of no earlier one', async () => {
  stack = { states: [{ status: 'CREATE_IN_PROGRESS' }], template: wantedBy({ ...SETTINGS, domain }) };
  const events = [
    record('b.links.example.com'),
    record('a.photos.example.com'),
    BEGIN,
    record('old.example.com'),
  ];
  aws.answer('cloudformation:DescribeStackEvents', eventsXml(events));
  const told = await prepared({ domain }).then(String, (error: Error) => error.message);
  expect(told).toMatch(/not validated yet/);
  expect(told).toMatch(
    /_a\.photos\.example\.com {2}CNAME {2}_a\.photos\.example\.com\.acm-validations\.aws\n/,
  );
  expect(told).toMatch(/_b\.links\.example\.com {2}CNAME/);
  expect(told).not.toMatch(/old/);
  expect(changes()).toEqual([]);
});

test('a certificate that waits is told of before anything is built, and one that is there, or waits for other names, is not', async () => {
  const look = (options: Partial<Settings>) =>
    refuseUnvalidated({ ...SETTINGS, ...options }, awsClients('us-east-1').edge);
  await look({});
  await look({ domain });
  stack = { states: [{ status: 'CREATE_IN_PROGRESS' }], template: wantedBy({ ...SETTINGS, domain }) };
  aws.answer('cloudformation:DescribeStackEvents', eventsXml([record('a.photos.example.com'), BEGIN]));
  await expect(look({ domain })).rejects.toThrow('_a.photos.example.com');
  await look({ domain: { ...domain, page: 'other.example.com' } });
  await look({ domain: { ...domain, zone } });
  stack.states = [{ status: 'CREATE_COMPLETE', outputs }];
  await look({ domain });
  expect(changes()).toEqual([]);
});

test('records that CloudFormation has not said yet are waited for', async () => {
  let looks = 0;
  aws.answer('cloudformation:CreateStack', ({ fields }) => {
    stack = {
      states: [{ status: 'CREATE_IN_PROGRESS' }],
      template: JSON.parse(String(fields['TemplateBody'])),
    };
    return xml('<CreateStackResponse><CreateStackResult/></CreateStackResponse>');
  });
  aws.answer('cloudformation:DescribeStackEvents', () => {
    looks++;
    return eventsXml(looks < 4 ? [BEGIN] : [record('a.example.com'), record('b.example.com'), BEGIN]);
  });
  await expect(prepared({ domain })).rejects.toThrow('_b.example.com');
  expect(looks).toBe(4);
});

test('where reads have a name of their own, the record of that is waited for, too', async () => {
  stack = {
    states: [{ status: 'CREATE_IN_PROGRESS' }],
    template: wantedBy({ ...SETTINGS, domain, cloudFrontReads: true }),
  };
  let looks = 0;
  const names = ['a.photos.example.com', 'b.links.example.com', 'c.reads.example.com'];
  aws.answer('cloudformation:DescribeStackEvents', () =>
    eventsXml([...names.slice(0, ++looks).map((name) => record(name)), BEGIN]),
  );
  await expect(prepared({ domain, cloudFrontReads: true })).rejects.toThrow('_c.reads.example.com');
  expect(looks).toBe(3);
});

test('once the names are validated, the next run goes on', async () => {
  stack = {
    states: [{ status: 'CREATE_COMPLETE', outputs }],
    template: wantedBy({ ...SETTINGS, domain }),
  };
  expect(await prepared({ domain })).toEqual(new Map(Object.entries(outputs)));
});

test('a certificate that failed is told with CloudFormation’s reason', async () => {
  aws.answer('cloudformation:CreateStack', () => {
    const states = [{ status: 'ROLLBACK_IN_PROGRESS', reason: 'CAA record forbids it' }];
    stack = { states, template: {} };
    return xml('<CreateStackResponse><CreateStackResult/></CreateStackResponse>');
  });
  await expect(prepared({ domain: { ...domain, zone } })).rejects.toThrow('CAA record forbids it');
});

test('a certificate that waits for other names than are wanted now is not waited for', async () => {
  stack = {
    states: [{ status: 'CREATE_IN_PROGRESS' }],
    template: wantedBy({ ...SETTINGS, domain: { ...domain, page: 'old.example.com' } }),
  };
  await expect(prepared({ domain })).rejects.toThrow(/delete-stack --stack-name Shoebox-edge-us-east-1/);
  expect(changes()).toEqual([]);
});

test('what the other stack may still use is taken away only after it was deployed', async () => {
  await prepared({ domain: { ...domain, zone }, firewall });
  aws.asked.length = 0;
  // The firewall is turned off: nothing is taken away yet.
  await prepared({ domain: { ...domain, zone } });
  expect(changes()).toEqual([]);
  await tidied({ domain: { ...domain, zone } });
  expect(changes()).toEqual(['cloudformation:UpdateStack']);
  const left = JSON.parse(
    String(aws.of('cloudformation:UpdateStack')[0]?.fields['TemplateBody']),
  ) as Template;
  expect(Object.values(left.Resources).map(({ Type }) => Type)).toEqual([
    'AWS::CertificateManager::Certificate',
  ]);
  aws.asked.length = 0;
  await tidied({});
  expect(changes()).toEqual(['cloudformation:DeleteStack']);
});
