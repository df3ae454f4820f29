// SSM's door to the one parameter there is: the keys that notifications are signed with.
// https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameter.html
import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from '../../src/schema/parse.ts';
import { parseJson, readBody, sendError, sendJson } from './aws-json.ts';
import { Gate, type GateOptions } from './gate.ts';
import { actionExists } from './iam-facts.ts';

export interface SsmOptions extends GateOptions {
  name: string;
  value: string;
}

const MAX_BODY_BYTES = 64 * 1024;
const PARAMETERS = new Set(['Name', 'WithDecryption']);

export class SsmServer {
  readonly #options: SsmOptions;
  readonly #gate: Gate;

  constructor(options: SsmOptions) {
    this.#options = options;
    this.#gate = new Gate('ssm', '', options);
  }

  async handle(request: IncomingMessage, response: ServerResponse, operation: string): Promise<void> {
    try {
      const body = await readBody(request, MAX_BODY_BYTES);
      const principal = this.#gate.authenticate(request, body);
      const input = parseJson(body);
      const { region, account, name, value } = this.#options;
      const asked = text(input['Name'], 2048) ?? '*';
      const path = asked.startsWith('/') ? asked : `/${asked}`;
      const resource = `arn:aws:ssm:${region}:${account}:parameter${path}`;
      if (await actionExists('ssm', operation)) {
        this.#gate.permit(principal, { action: `ssm:${operation}`, resource, context: {} });
      }
      if (operation !== 'GetParameter') {
        throw this.#gate.error('UnknownOperationException', `The operation ${operation} is not known here.`);
      }
      const strange = Object.keys(input).find((key) => !PARAMETERS.has(key));
      if (strange)
        throw this.#gate.error('ValidationException', `The parameter ${strange} is not known here.`);
      if (asked !== name) throw this.#gate.error('ParameterNotFound', 'There is no such parameter.');
      if (input['WithDecryption'] !== true) {
        throw this.#gate.error('ValidationException', 'A SecureString is read with decryption.');
      }
      sendJson(response, '1.1', 200, {
        Parameter: {
          Name: name,
          Type: 'SecureString',
          Value: value,
          Version: 1,
          ARN: resource,
          DataType: 'text',
        },
      });
    } catch (error) {
      sendError(response, '1.1', error);
    }
  }
}
