// Lambda's door to the processor: an operator may hand it an event, and waits for what comes of it.
// https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
import type { IncomingMessage, ServerResponse } from 'node:http';
import { parseJson, readBody, sendError } from './aws-json.ts';
import { Gate, type GateOptions } from './gate.ts';
import type { Lambda } from './lambda.ts';

export interface LambdaServerOptions extends GateOptions {
  lambda: Lambda;
  name: string;
}

/** What Lambda takes from a caller who waits. */
const MAX_BODY_BYTES = 6 * 1024 * 1024;

export const LAMBDA_PATH = '/2015-03-31/functions/';

/** Headers that ask for something nobody here would do. */
const UNKNOWN_HEADERS = ['x-amz-client-context', 'x-amz-log-type', 'x-amz-durable-execution-name'];

export class LambdaServer {
  readonly #options: LambdaServerOptions;
  readonly #gate: Gate;

  constructor(options: LambdaServerOptions) {
    this.#options = options;
    this.#gate = new Gate('lambda', '', options);
  }

  async handle(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    try {
      const body = await readBody(request, MAX_BODY_BYTES);
      const principal = this.#gate.authenticate(request, body);
      // As it was sent: the processor's own name has nothing to decode.
      const [name = '', call, ...more] = url.pathname.slice(LAMBDA_PATH.length).split('/');
      const { region, account, lambda } = this.#options;
      const resource = `arn:aws:lambda:${region}:${account}:function:${name}`;
      this.#gate.permit(principal, { action: 'lambda:InvokeFunction', resource, context: {} }, 403);
      if (request.method !== 'POST' || call !== 'invocations' || more.length > 0) {
        throw this.#gate.error('UnknownOperationException', 'The local cloud can only invoke.', 404);
      }
      if (name !== this.#options.name) {
        throw this.#gate.error('ResourceNotFoundException', `Function not found: ${resource}`, 404);
      }
      const { headers } = request;
      const type = headers['x-amz-invocation-type'] ?? 'RequestResponse';
      const isKnown = type === 'RequestResponse' || type === 'Event';
      if (!isKnown || url.search !== '' || UNKNOWN_HEADERS.some((header) => header in headers)) {
        throw this.#gate.error('InvalidParameterValueException', 'The local cloud does not know how.');
      }
      const payload = parseJson(body);
      if (type === 'Event') {
        // Answered when it is done with: unlike on AWS, an event that only waits would not outlive the process.
        await lambda.invokeLater(payload);
        response.writeHead(202, { 'Content-Length': '0' }).end();
        return;
      }
      const failure = await lambda.invoke(payload).then(() => undefined, describe);
      const answer = Buffer.from(JSON.stringify(failure ?? null));
      response.writeHead(200, {
        'Content-Type': 'application/json',
        'Content-Length': answer.length,
        'X-Amz-Executed-Version': '$LATEST',
        ...(failure && { 'X-Amz-Function-Error': 'Unhandled' }),
      });
      response.end(answer);
    } catch (error) {
      sendError(response, '1.1', error);
    }
  }
}

/** A failed attempt as Lambda words it: the sandbox gives the error with its name and stack. */
function describe(error: unknown) {
  const [first = '', ...trace] = (error as Error).message.split('\n');
  const [, errorType, errorMessage] = /^(\w+): (.*)$/.exec(first) ?? [];
  return { errorType: errorType ?? 'Error', errorMessage: errorMessage ?? first, trace };
}
