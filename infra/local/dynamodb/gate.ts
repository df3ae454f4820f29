// DynamoDB's door: signature, then input, then policy, then engine. Nothing reaches the engine by another way.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { parseJson, readBody, sendError, sendJson } from '../aws-json.ts';
import type { Principal } from '../contract.ts';
import { Gate, type GateOptions } from '../gate.ts';
import { actionExists } from '../iam-facts.ts';
import { AccessReader } from './access.ts';
import { isOperation, type Engine } from './engine.ts';

export interface DynamoDbOptions extends GateOptions {
  engine: Engine;
}

export class DynamoDbServer {
  readonly #engine: Engine;
  readonly #access: AccessReader;
  readonly #gate: Gate;

  constructor(options: DynamoDbOptions) {
    this.#engine = options.engine;
    this.#access = new AccessReader(options.engine.tables, options.region, options.account);
    this.#gate = new Gate('dynamodb', 'com.amazon.coral.service#', options);
  }

  async handle(request: IncomingMessage, response: ServerResponse, operation: string): Promise<void> {
    try {
      const body = await readBody(request);
      const principal = this.#gate.authenticate(request, body);
      sendJson(response, '1.0', 200, await this.#run(principal, operation, parseJson(body)));
    } catch (error) {
      sendError(response, '1.0', error);
    }
  }

  async #run(principal: Principal, operation: string, json: Record<string, unknown>): Promise<object> {
    if (!isOperation(operation)) {
      const access = this.#access.readUnsupported(operation, json);
      const exists = await actionExists('dynamodb', access.action.slice('dynamodb:'.length));
      if (exists) this.#gate.permit(principal, access);
      throw this.#gate.error(
        'UnknownOperationException',
        `The local cloud does not know the operation ${operation}.`,
      );
    }
    const input = this.#engine.check(operation, json);
    for (const access of this.#access.read(operation, input)) this.#gate.permit(principal, access);
    return this.#engine.run(operation, input);
  }
}
