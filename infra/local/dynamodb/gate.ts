// DynamoDB's door: signature, then input, then policy, then engine. Nothing reaches the engine by another way.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { parseJson, readBody, sendError, sendJson, ServiceError } from '../aws-json.ts';
import type { Access, CredentialStore, Principal } from '../contract.ts';
import { actionExists } from '../iam-facts.ts';
import { authorize } from '../iam.ts';
import { verify } from '../sigv4.ts';
import { AccessReader } from './access.ts';
import { isOperation, type Engine } from './engine.ts';

export interface DynamoDbOptions {
  engine: Engine;
  credentials: CredentialStore;
  region: string;
  account: string;
  now?: () => number;
}

const CORAL = 'com.amazon.coral.service#';

export class DynamoDbServer {
  readonly #options: DynamoDbOptions;
  readonly #access: AccessReader;
  readonly #now: () => number;

  constructor(options: DynamoDbOptions) {
    this.#options = options;
    this.#access = new AccessReader(options.engine.tables, options.region, options.account);
    this.#now = options.now ?? Date.now;
  }

  async handle(request: IncomingMessage, response: ServerResponse, operation: string): Promise<void> {
    try {
      const body = await readBody(request);
      const principal = this.#authenticate(request, body);
      sendJson(response, '1.0', 200, await this.#run(principal, operation, parseJson(body)));
    } catch (error) {
      sendError(response, '1.0', error);
    }
  }

  #authenticate(request: IncomingMessage, body: Buffer): Principal {
    const { method = '', url = '', headers } = request;
    const { credentials, region } = this.#options;
    const verified = verify({ method, url, headers, body }, credentials, {
      now: this.#now(),
      services: ['dynamodb'],
      region,
    });
    if (!verified.ok) throw new ServiceError(CORAL + verified.code, verified.message, verified.status);
    return verified.principal;
  }

  async #run(principal: Principal, operation: string, json: Record<string, unknown>): Promise<object> {
    const { engine } = this.#options;
    if (!isOperation(operation)) {
      const access = this.#access.readUnsupported(operation, json);
      const exists = await actionExists('dynamodb', access.action.slice('dynamodb:'.length));
      if (exists) this.#permit(principal, access);
      throw new ServiceError(
        `${CORAL}UnknownOperationException`,
        `The local cloud does not know the operation ${operation}.`,
      );
    }
    const input = engine.check(operation, json);
    for (const access of this.#access.read(operation, input)) this.#permit(principal, access);
    return engine.run(operation, input);
  }

  #permit(principal: Principal, access: Access): void {
    if (authorize(principal, access, [], this.#now())) return;
    const { action, resource } = access;
    throw new ServiceError(
      `${CORAL}AccessDeniedException`,
      `User: ${principal.arn} is not authorized to perform: ${action} on resource: ${resource} ` +
        `because no identity-based policy allows the ${action} action`,
    );
  }
}
