// The doctor looks whether alarms reach anybody, in the words of SNS itself.
import { SNSClient } from '@aws-sdk/client-sns';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { examineAlarms } from '../../infra/doctor/alarms.ts';
import { Examination } from '../../infra/doctor/findings.ts';

const topic = 'arn:aws:sns:eu-west-1:123456789012:Shoebox-Alarms';
const agreed = `${topic}:8d2cd9dc-11e5-46c1-8d5c-5d2f1e0c1a11`;

/** What the doctor finds where SNS knows of these subscriptions. */
async function found(...arns: string[]): Promise<Examination> {
  const members = arns.map(
    (arn, i) =>
      `<member><SubscriptionArn>${arn}</SubscriptionArn><Protocol>email</Protocol><Endpoint>me${i}@example.com</Endpoint></member>`,
  );
  const server = createServer((request, response) => {
    request.resume();
    response
      .writeHead(200, { 'content-type': 'text/xml' })
      .end(
        `<ListSubscriptionsByTopicResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><ListSubscriptionsByTopicResult><Subscriptions>${members.join('')}</Subscriptions></ListSubscriptionsByTopicResult></ListSubscriptionsByTopicResponse>`,
      );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const examination = new Examination();
  const sns = new SNSClient({
    region: 'eu-west-1',
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
  });
  await examineAlarms(examination, { topic, sns });
  return examination;
}

test('an address that has agreed is told of alarms', async () => {
  expect((await found(agreed)).isWell).toBe(true);
});

test('one that has not agreed is named, and one that is no longer there is missed', async () => {
  const [waiting] = (await found(agreed, 'PendingConfirmation')).results;
  expect(waiting).toMatchObject({
    outcome: 'failed',
    why: expect.stringContaining('me1@example.com') as string,
  });
  expect(waiting?.why).not.toContain('me0@example.com');
  expect((await found()).results).toMatchObject([
    { why: expect.stringContaining('Nobody is subscribed') as string },
  ]);
});

test('where nobody wants to be told there is nothing to look at', async () => {
  const examination = new Examination();
  await examineAlarms(examination, undefined);
  expect(examination.results).toEqual([]);
});
