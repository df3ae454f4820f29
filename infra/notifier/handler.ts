// The Lambda behind S3's events on manifests of shares with friends. It reads one manifest and a few rows, and tells the people that
// the share is for; it never opens a picture. Builds its clients once, from the environment.
import { SNSClient } from '@aws-sdk/client-sns';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import type { S3Event } from 'aws-lambda';
import { fields, text } from '../../src/schema/parse.ts';
import { sendMail } from './mail.ts';
import { checkKeys, sendPush, type VapidKeys } from './push.ts';
import { awsStores, clientsFor } from './stores.ts';
import { tellRecords, type Dependencies } from './tell.ts';

const setting = (name: string): string => {
  const value = process.env[name];
  if (!value) throw new Error(`the environment lacks ${name}`);
  return value;
};

const log = (entry: Record<string, unknown>): void => console.log(JSON.stringify(entry));

async function readKeys(): Promise<VapidKeys> {
  const { Parameter } = await new SSMClient().send(
    new GetParameterCommand({ Name: setting('VAPID_PARAMETER'), WithDecryption: true }),
  );
  const keys = fields(JSON.parse(Parameter?.Value ?? 'null'));
  const publicKey = text(keys?.['publicKey'], 87);
  const privateKey = text(keys?.['privateKey'], 43);
  if (!publicKey || !privateKey) throw new Error('the parameter with the keys of the notifier holds none');
  return checkKeys({ publicKey, privateKey });
}

async function build(): Promise<Dependencies> {
  const stores = awsStores(clientsFor(process.env), {
    libraryBucket: setting('LIBRARY_BUCKET'),
    socialTable: setting('SOCIAL_TABLE'),
  });
  const origin = setting('PAGE_ORIGIN');
  // The local cloud's; the template never sets it.
  const standIn = process.env['PUSH_STAND_IN'];
  const keys = await readKeys();
  const topicPrefix = process.env['MAIL_TOPIC_PREFIX'];
  const sns = topicPrefix ? new SNSClient() : undefined;
  return {
    stores,
    sendPush: (push, told) => sendPush(push, told, { keys, origin, standIn }),
    sendMail:
      sns && topicPrefix
        ? (mail, told, asked) => sendMail(sns, mail, told, { topicPrefix, origin, asked })
        : undefined,
    now: Date.now,
    log,
  };
}

let dependencies: Promise<Dependencies> | undefined;

export async function handler(event: Partial<S3Event>): Promise<void> {
  dependencies ??= build();
  // What could not be had this time is asked for again the next.
  dependencies.catch(() => (dependencies = undefined));
  await tellRecords(event.Records ?? [], await dependencies);
}
