// SNS's door to the mailbox: the four operations by which the notifier writes mail, in the form-encoded words that SNS speaks.
// https://docs.aws.amazon.com/sns/latest/api/API_Operations.html
import type { IncomingMessage, ServerResponse } from 'node:http';
import { randomUUID } from 'node:crypto';
import { readBody, sendError, ServiceError } from './aws-json.ts';
import { Gate, type GateOptions } from './gate.ts';
import { actionExists } from './iam-facts.ts';
import type { Mailbox, Topic } from './mailbox.ts';
import { element, xmlDocument, type Xml } from './s3/xml.ts';

export interface SnsOptions extends GateOptions {
  mailbox: Mailbox;
}

const MAX_BODY_BYTES = 300 * 1024;
const NAMESPACE = 'http://sns.amazonaws.com/doc/2010-03-31/';

type Form = ReadonlyMap<string, string>;

export class SnsServer {
  readonly #options: SnsOptions;
  readonly #gate: Gate;
  /** Each with the parameters it acts on; any other is refused rather than dropped. */
  readonly #operations: Readonly<
    Record<string, { parameters: RegExp; run: (form: Form, arn: string) => Xml[] }>
  > = {
    CreateTopic: {
      parameters: /^(?:Name|Attributes\.entry\.1\.\w+)$/,
      run: (form, arn) => this.#create(form, arn),
    },
    Subscribe: {
      parameters: /^(?:TopicArn|Protocol|Endpoint|Attributes\.entry\.1\.\w+)$/,
      run: (form, arn) => this.#subscribe(form, arn),
    },
    ListSubscriptionsByTopic: { parameters: /^TopicArn$/, run: (_form, arn) => this.#list(arn) },
    Publish: {
      parameters: /^(?:TopicArn|Subject|Message|MessageAttributes\.entry\.1\.[\w.]+)$/,
      run: (form, arn) => this.#publish(form, arn),
    },
  };

  constructor(options: SnsOptions) {
    this.#options = options;
    this.#gate = new Gate('sns', '', options);
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const body = await readBody(request, MAX_BODY_BYTES);
      const principal = this.#gate.authenticate(request, body);
      const form = new Map(new URLSearchParams(body.toString('utf8')));
      const name = form.get('Action') ?? '';
      const { region, account } = this.#options;
      const arn = form.get('TopicArn') ?? `arn:aws:sns:${region}:${account}:${form.get('Name') ?? '*'}`;
      if (await actionExists('sns', name)) {
        const [protocol, endpoint] = [form.get('Protocol'), form.get('Endpoint')];
        const context = {
          ...(protocol !== undefined && { 'sns:Protocol': protocol }),
          ...(endpoint !== undefined && { 'sns:Endpoint': endpoint }),
        };
        this.#gate.permit(principal, { action: `sns:${name}`, resource: arn, context }, 403);
      }
      const operation = Object.hasOwn(this.#operations, name) ? this.#operations[name] : undefined;
      if (!operation) throw this.#gate.error('InvalidAction', `The operation ${name} is not known here.`);
      const known = (key: string) => /^(?:Action|Version)$/.test(key) || operation.parameters.test(key);
      const strange = [...form.keys()].find((key) => !known(key));
      if (strange) throw this.#invalid(`The parameter ${strange} is not known here.`);
      const result = element(`${name}Result`, operation.run(form, arn));
      send(response, 200, element(`${name}Response`, [result, metadata()], NAMESPACE));
    } catch (error) {
      if (!(error instanceof ServiceError) || response.headersSent) {
        sendError(response, '1.1', error);
        return;
      }
      const said = [
        element('Type', 'Sender'),
        element('Code', error.type.replace(/Exception$/, '')),
        element('Message', error.message),
      ];
      send(response, error.status, element('ErrorResponse', [element('Error', said)], NAMESPACE));
    }
  }

  #create(form: Form, arn: string): Xml[] {
    const [name, value = ''] = entry(form, 'Attributes', 'key', 'value');
    if (name !== undefined && name !== 'DisplayName')
      throw this.#invalid(`The attribute ${name} is not known.`);
    if (!/^[\w-]{1,256}$/.test(form.get('Name') ?? '')) throw this.#invalid('Topic Name');
    const before = this.#options.mailbox.topic(arn);
    if (before && before.displayName !== value)
      throw this.#invalid('Topic already exists with other attributes');
    return [element('TopicArn', this.#options.mailbox.create(arn, value).arn)];
  }

  #subscribe(form: Form, arn: string): Xml[] {
    const [name, value = '{}'] = entry(form, 'Attributes', 'key', 'value');
    const policy = JSON.parse(value) as { to?: string[] };
    if (name !== 'FilterPolicy' || Object.keys(policy).join() !== 'to' || !policy.to) {
      throw this.#invalid('Only a filter by "to" is known here');
    }
    const address = form.get('Endpoint') ?? '';
    if (form.get('Protocol') !== 'email' || !address.includes('@')) throw this.#invalid('Email address');
    const subscriber = this.#options.mailbox.subscribe(this.#topic(arn), address, policy.to);
    return [element('SubscriptionArn', subscriber.confirmed ? subscriber.arn : 'pending confirmation')];
  }

  #list(arn: string): Xml[] {
    const members = this.#topic(arn).subscribers.map(({ address, arn: own, confirmed }) =>
      element('member', [
        element('SubscriptionArn', confirmed ? own : 'PendingConfirmation'),
        element('Owner', this.#options.account),
        element('Protocol', 'email'),
        element('Endpoint', address),
        element('TopicArn', arn),
      ]),
    );
    return [element('Subscriptions', members)];
  }

  #publish(form: Form, arn: string): Xml[] {
    const [name, value] = entry(form, 'MessageAttributes', 'Name', 'Value.StringValue');
    const subject = form.get('Subject') ?? '';
    const message = form.get('Message') ?? '';
    if (name !== undefined && name !== 'to') throw this.#invalid(`The attribute ${name} is not known here`);
    if (!/^[!-~][ -~]{0,98}$/.test(subject)) throw this.#invalid('Subject');
    if (message === '') throw this.#invalid('Empty message');
    this.#options.mailbox.publish(this.#topic(arn), subject, message, value);
    return [element('MessageId', randomUUID())];
  }

  #topic(arn: string): Topic {
    const topic = this.#options.mailbox.topic(arn);
    if (!topic) throw this.#gate.error('NotFoundException', 'Topic does not exist', 404);
    return topic;
  }

  #invalid = (what: string) => this.#gate.error('InvalidParameterException', `Invalid parameter: ${what}`);
}

/** The one entry of a map, as SNS spells maps. */
const entry = (
  form: Form,
  map: string,
  name: string,
  value: string,
): [string | undefined, string | undefined] => [
  form.get(`${map}.entry.1.${name}`),
  form.get(`${map}.entry.1.${value}`),
];

const metadata = (): Xml => element('ResponseMetadata', [element('RequestId', randomUUID())]);

function send(response: ServerResponse, status: number, root: Xml): void {
  response.writeHead(status, { 'Content-Type': 'text/xml' }).end(xmlDocument(root));
}
