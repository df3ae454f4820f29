// Whether whoever is to be told of alarms would be: SNS sends nothing to an address that has not agreed.
import { ListSubscriptionsByTopicCommand, type SNSClient } from '@aws-sdk/client-sns';
import { Finding, type Examination } from './findings.ts';

export interface Alarms {
  /** ARN of the topic to which all alarms go. */
  topic: string;
  sns: SNSClient;
}

/** `alarms` is undefined where nobody wants to be told. */
export async function examineAlarms(examination: Examination, alarms: Alarms | undefined): Promise<void> {
  if (!alarms) return;
  examination.chapter('Alarms');
  await examination.look('reach the address that they are meant for', async () => {
    const { Subscriptions = [] } = await alarms.sns.send(
      new ListSubscriptionsByTopicCommand({ TopicArn: alarms.topic }),
    );
    if (Subscriptions.length === 0)
      throw new Finding(
        'Nobody is subscribed any more: subscribe the address again, in the AWS console under SNS, Topics.',
      );
    const waiting = Subscriptions.filter(({ SubscriptionArn = '' }) => !SubscriptionArn.startsWith('arn:'));
    if (waiting.length > 0) {
      const who = waiting.map(({ Endpoint = '' }) => Endpoint).join(', ');
      throw new Finding(
        `${who} has not agreed yet: there is a mail from AWS Notifications with a link. After three days it is no longer good: then have another sent, in the AWS console under SNS, Subscriptions, Request confirmation.`,
      );
    }
  });
}
