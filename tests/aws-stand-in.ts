// AWS as far as deploying asks it, for tests with the real SDK: an HTTP server that gives the answers a test names, and notes what it was
// asked. What nobody has named is refused, and noted as well.
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Asked {
  /** Such as "ssm:GetParameter", "cloudformation:DescribeStacks", "s3:HEAD /bucket/key". */
  name: string;
  /** Of a JSON or form body, and of the query. */
  fields: Record<string, unknown>;
  body: string;
  headers: IncomingMessage['headers'];
}

export interface Answer {
  status?: number;
  headers?: Record<string, string>;
  body?: string;
}

type Answering = Answer | ((asked: Asked) => Answer);

export const json = (value: unknown, status = 200): Answer => ({ status, body: JSON.stringify(value) });
export const xml = (body: string, status = 200): Answer => ({ status, body });
/** As services of either protocol refuse. */
export const jsonError = (type: string, message = '', status = 400): Answer =>
  json({ __type: type, message }, status);
export const xmlError = (code: string, message = '', status = 400): Answer =>
  xml(
    `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`,
    status,
  );
export const s3Error = (code: string, status: number): Answer =>
  xml(`<Error><Code>${code}</Code><Message>${code}</Message></Error>`, status);

export interface StackShape {
  status: string;
  reason?: string;
  outputs?: Record<string, string>;
  arn?: string;
}

export const stacksXml = ({ status, reason = '', outputs = {}, arn = 'arn' }: StackShape): Answer =>
  xml(`<DescribeStacksResponse><DescribeStacksResult><Stacks><member>
    <StackId>${arn}</StackId><StackName>s</StackName><CreationTime>2026-01-01T00:00:00Z</CreationTime>
    <StackStatus>${status}</StackStatus><StackStatusReason>${reason}</StackStatusReason>
    <Outputs>${Object.entries(outputs)
      .map(
        ([key, value]) => `<member><OutputKey>${key}</OutputKey><OutputValue>${value}</OutputValue></member>`,
      )
      .join('')}</Outputs>
  </member></Stacks></DescribeStacksResult></DescribeStacksResponse>`);

export const missingStack = (name: string): Answer =>
  xmlError('ValidationError', `Stack with id ${name} does not exist`);
export const noStack = missingStack('Shoebox');

export class AwsStandIn {
  readonly asked: Asked[] = [];
  readonly #answers = new Map<string, Answering>();
  #otherwise: ((asked: Asked) => Answer | undefined) | undefined;
  readonly #server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const asked = read(request, Buffer.concat(chunks).toString());
      this.asked.push(asked);
      const answering = this.#answers.get(asked.name) ?? this.#otherwise?.(asked);
      const {
        status = 200,
        headers = {},
        body = '',
      } = typeof answering === 'function'
        ? answering(asked)
        : (answering ?? { status: 400, body: `nobody has said what ${asked.name} is answered` });
      response.writeHead(status, headers).end(body);
    });
  });

  async start(): Promise<string> {
    await new Promise<void>((resolve) => {
      this.#server.listen(0, '127.0.0.1', resolve);
    });
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => {
      this.#server.close(resolve);
    });
  }

  answer(name: string, answering: Answering): this {
    this.#answers.set(name, answering);
    return this;
  }

  /** Answers what no other answer is for. */
  otherwise(answering: (asked: Asked) => Answer | undefined): this {
    this.#otherwise = answering;
    return this;
  }

  /** Forgets answers and what was asked. */
  reset(): void {
    this.#answers.clear();
    this.#otherwise = undefined;
    this.asked.length = 0;
  }

  names(): string[] {
    return this.asked.map(({ name }) => name);
  }

  of(name: string): Asked[] {
    return this.asked.filter((one) => one.name === name);
  }
}

function read({ method = '', url = '/', headers }: IncomingMessage, body: string): Asked {
  const { pathname, searchParams } = new URL(url, 'http://aws');
  const query = Object.fromEntries(searchParams);
  const target = headers['x-amz-target'];
  if (typeof target === 'string') {
    const [service, action] = target.split('.');
    const name = `${service === 'AmazonSSM' ? 'ssm' : String(service).replace(/_\d+$/, '').toLowerCase()}:${action}`;
    return { name, fields: JSON.parse(body) as Record<string, unknown>, body, headers };
  }
  if (headers['content-type']?.startsWith('application/x-www-form-urlencoded')) {
    const form = Object.fromEntries(new URLSearchParams(body));
    const service = form['Version'] === '2011-06-15' ? 'sts' : 'cloudformation';
    return { name: `${service}:${form['Action']}`, fields: form, body, headers };
  }
  if (pathname === '/2016-08-19/account-settings/' || pathname === '/2016-08-19/account-settings') {
    return { name: 'lambda:GetAccountSettings', fields: query, body, headers };
  }
  if (/^\/20\d\d-\d\d-\d\d\/functions\/[^/]+\/concurrency$/.test(pathname)) {
    return { name: 'lambda:GetFunctionConcurrency', fields: query, body, headers };
  }
  const kinds = ['versions', 'delete', 'uploads', 'uploadId'].filter((one) => searchParams.has(one));
  const suffix = kinds.length > 0 ? `?${kinds.join('&')}` : '';
  const path = decodeURIComponent(pathname).replace(/\/$/, '');
  return { name: `s3:${method} ${path}${suffix}`, fields: query, body, headers };
}
