// E-mail through SNS: a topic for each person who wants it, whose one subscriber has to confirm before anything is sent, and can end
// it by the link that SNS puts below each message.
import {
  CreateTopicCommand,
  ListSubscriptionsByTopicCommand,
  PublishCommand,
  SubscribeCommand,
  type SNSClient,
} from '@aws-sdk/client-sns';
import { createHash } from 'node:crypto';
import type { Mail } from '../../src/schema/social.ts';
import { sharedPath, type Told } from '../../src/schema/told.ts';

export interface MailSettings {
  /** ARN of all topics up to the part that names the person. */
  topicPrefix: string;
  /** The page's origin. */
  origin: string;
}

const digest = (text: string): string => createHash('sha256').update(text).digest('base64url');

/** A word that no mail program turns into a link: what a friend calls an album leads nowhere. */
const unlinked = (line: string): string => line.replaceAll(/[:/@]/g, ' ').replaceAll(/\.(?=\S)/g, '. ');

/** Fixed words; a name and a title stand in it as text. */
export function wording(
  { name, title, count, ...share }: Told,
  origin: string,
): { subject: string; text: string } {
  const who = name ? unlinked(name) : 'A friend';
  const photos = count === 1 ? 'a photo' : `${count} photos`;
  const where = title ? ` to "${unlinked(title)}"` : '';
  return {
    subject: 'New photos for you on Shoebox',
    text: `${who} added ${photos}${where}.\n\nSee them: ${origin}${sharedPath(share)}\n`,
  };
}

/** Whether the address was asked since it is what it is. */
const wasAsked = ({ askedAt, editedAt }: Mail): boolean =>
  askedAt !== undefined && askedAt >= (editedAt['address'] ?? '');

/** `waiting`: for an answer to what another address was asked. */
export type Mailed = 'mailed' | 'asked' | 'waiting';

/**
 * Asks an address once, when it is new, and from then on sends to it, which reaches whoever has confirmed. While an answer is awaited
 * nobody else is asked, so that no member can have SNS write to strangers one after the other: a question without an answer lapses
 * after two days. `asked` is called when the address is known to have been asked.
 */
export async function sendMail(
  sns: SNSClient,
  mail: Mail,
  told: Told,
  { topicPrefix, origin, asked }: MailSettings & { asked: () => Promise<void> },
): Promise<Mailed> {
  const TopicArn = `${topicPrefix}${digest(mail.owner)}`;
  // An address that was given up stays subscribed until it unsubscribes, and is sent nothing.
  const to = digest(mail.address);
  if (!wasAsked(mail)) {
    await sns.send(
      new CreateTopicCommand({ Name: TopicArn.split(':').at(-1), Attributes: { DisplayName: 'Shoebox' } }),
    );
    const { Subscriptions = [] } = await sns.send(new ListSubscriptionsByTopicCommand({ TopicArn }));
    if (Subscriptions.some(({ SubscriptionArn }) => SubscriptionArn === 'PendingConfirmation'))
      return 'waiting';
    await sns.send(
      new SubscribeCommand({
        TopicArn,
        Protocol: 'email',
        Endpoint: mail.address,
        Attributes: { FilterPolicy: JSON.stringify({ to: [to] }) },
      }),
    );
    await asked();
    // Whoever gives the same address again has confirmed it already.
    const confirmed = Subscriptions.some(
      ({ Endpoint, SubscriptionArn }) => Endpoint === mail.address && SubscriptionArn?.startsWith('arn:'),
    );
    if (!confirmed) return 'asked';
  }
  const { subject, text } = wording(told, origin);
  await sns.send(
    new PublishCommand({
      TopicArn,
      Subject: subject,
      Message: text,
      MessageAttributes: { to: { DataType: 'String', StringValue: to } },
    }),
  );
  return 'mailed';
}
