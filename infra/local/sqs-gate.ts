// SQS's door to the failure queue: just what its operator needs to work through it. Nobody sends here; Lambda does so by itself.
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_Operations.html
import { createHash, randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { oneOf, text, whole, type Fields } from '../../src/schema/parse.ts';
import { parseJson, readBody, sendError, sendJson } from './aws-json.ts';
import type { FailureQueue, Message } from './failure-queue.ts';
import { Gate, type GateOptions } from './gate.ts';
import { actionExists } from './iam-facts.ts';

export interface SqsOptions extends GateOptions {
  queue: FailureQueue;
  url: string;
  /** ARN of the function whose failures these are. */
  source: string;
}

/** SQS allows a MB; nothing that is asked here comes near it. */
const MAX_BODY_BYTES = 64 * 1024;
const DEFAULT_HIDDEN_SECONDS = 30;

type Operation = (input: Fields) => object;

export class SqsServer {
  readonly #options: SqsOptions;
  readonly #gate: Gate;
  /** Each with the parameters it acts on; any other is refused rather than dropped. */
  readonly #operations: Readonly<Record<string, { parameters: readonly string[]; run: Operation }>> = {
    GetQueueAttributes: { parameters: ['AttributeNames'], run: (input) => this.#attributes(input) },
    ReceiveMessage: {
      // Nobody but the processor fills the queue, so there is nothing to wait for.
      parameters: ['MaxNumberOfMessages', 'VisibilityTimeout', 'WaitTimeSeconds'],
      run: (input) => this.#receive(input),
    },
    ChangeMessageVisibility: {
      parameters: ['ReceiptHandle', 'VisibilityTimeout'],
      run: (input) => this.#hide(input),
    },
    DeleteMessage: { parameters: ['ReceiptHandle'], run: (input) => this.#delete(input) },
  };

  constructor(options: SqsOptions) {
    this.#options = options;
    this.#gate = new Gate('sqs', 'com.amazonaws.sqs#', options);
  }

  async handle(request: IncomingMessage, response: ServerResponse, name: string): Promise<void> {
    try {
      const body = await readBody(request, MAX_BODY_BYTES);
      const principal = this.#gate.authenticate(request, body);
      const input = parseJson(body);
      const { region, account, url } = this.#options;
      const queue = text(input['QueueUrl'], 2048)?.split('/').at(-1) ?? '*';
      // Several at once take the same right as one.
      const right = name.replace(/Batch$/, '');
      if (await actionExists('sqs', right)) {
        const resource = `arn:aws:sqs:${region}:${account}:${queue}`;
        this.#gate.permit(principal, { action: `sqs:${right}`, resource, context: {} }, 403);
      }
      const operation = Object.hasOwn(this.#operations, name) ? this.#operations[name] : undefined;
      const unknown = `The local cloud does not know the operation ${name}.`;
      if (!operation) throw this.#gate.error('UnsupportedOperation', unknown);
      if (input['QueueUrl'] !== url) {
        throw this.#gate.error('QueueDoesNotExist', 'The specified queue does not exist.');
      }
      const strange = Object.keys(input).find((key) => ![...operation.parameters, 'QueueUrl'].includes(key));
      if (strange) throw this.#gate.error('UnsupportedOperation', `The parameter ${strange} is not known.`);
      sendJson(response, '1.0', 200, operation.run(input));
    } catch (error) {
      sendError(response, '1.0', error);
    }
  }

  #attributes({ AttributeNames }: Fields): object {
    const { visible, hidden } = this.#options.queue.counts();
    const known = {
      ApproximateNumberOfMessages: String(visible),
      ApproximateNumberOfMessagesNotVisible: String(hidden),
    };
    const names = Object.keys(known) as (keyof typeof known)[];
    const asked = Array.isArray(AttributeNames) ? (AttributeNames as unknown[]) : [];
    const attributes = asked.map((one) => {
      const name = oneOf(one, names);
      if (!name) throw this.#gate.error('InvalidAttributeName', `Unknown Attribute ${String(one)}.`);
      return [name, known[name]] as const;
    });
    return { Attributes: Object.fromEntries(attributes) };
  }

  #receive(input: Fields): object {
    const max = this.#number(input, 'MaxNumberOfMessages', 1, 10, 1);
    const seconds = this.#number(input, 'VisibilityTimeout', 0, 43_200, DEFAULT_HIDDEN_SECONDS);
    this.#number(input, 'WaitTimeSeconds', 0, 20, 0);
    const messages = this.#options.queue.receive(max, seconds);
    return messages.length > 0 ? { Messages: messages.map((message) => this.#wire(message)) } : {};
  }

  #hide(input: Fields): object {
    const seconds = this.#number(input, 'VisibilityTimeout', 0, 43_200, -1);
    if (!this.#options.queue.hide(this.#receipt(input), seconds)) throw this.#invalidReceipt();
    return {};
  }

  #delete(input: Fields): object {
    if (!this.#options.queue.delete(this.#receipt(input))) throw this.#invalidReceipt();
    return {};
  }

  /** As Lambda words it. https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html */
  #wire({ id, receipt, failure }: Message): object {
    const body = JSON.stringify({
      version: '1.0',
      timestamp: failure.time,
      requestContext: {
        requestId: randomUUID(),
        functionArn: `${this.#options.source}:$LATEST`,
        condition: 'RetriesExhausted',
        approximateInvokeCount: failure.attempts,
      },
      requestPayload: failure.event,
      responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
      responsePayload: { errorMessage: failure.error },
    });
    return {
      MessageId: id,
      ReceiptHandle: receipt,
      MD5OfBody: createHash('md5').update(body).digest('hex'),
      Body: body,
    };
  }

  #receipt = (input: Fields): string => text(input['ReceiptHandle'], 1024) ?? '';

  #invalidReceipt = () => this.#gate.error('ReceiptHandleIsInvalid', 'The receipt handle is not valid.');

  #number(input: Fields, name: string, min: number, max: number, fallback: number): number {
    const value = input[name] === undefined ? fallback : whole(input[name], min, max);
    if (value === undefined || value < min) {
      throw this.#gate.error('InvalidParameterValue', `${name} must be from ${min} to ${max}.`);
    }
    return value;
  }
}
