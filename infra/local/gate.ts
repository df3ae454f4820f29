// The door that the services on the API's port have in common: a signature first, then the policies of whoever signed.
import type { IncomingMessage } from 'node:http';
import { ServiceError } from './aws-json.ts';
import type { Access, CredentialStore, Principal } from './contract.ts';
import { authorize } from './iam.ts';
import { verify } from './sigv4.ts';

export interface GateOptions {
  credentials: CredentialStore;
  region: string;
  account: string;
  now?: () => number;
}

export class Gate {
  readonly #options: GateOptions;
  readonly #service: string;
  readonly #namespace: string;
  readonly #now: () => number;

  /** `service` as signatures name it; `namespace` is what the service writes before the names of its errors. */
  constructor(service: string, namespace: string, options: GateOptions) {
    this.#options = options;
    this.#service = service;
    this.#namespace = namespace;
    this.#now = options.now ?? Date.now;
  }

  /** Who signed the request. Throws a ServiceError where nobody known did. */
  authenticate(request: IncomingMessage, body: Buffer): Principal {
    const { method = '', url = '', headers } = request;
    const { credentials, region } = this.#options;
    const verified = verify({ method, url, headers, body }, credentials, {
      now: this.#now(),
      services: [this.#service],
      region,
    });
    if (!verified.ok) throw this.error(verified.code, verified.message, verified.status);
    return verified.principal;
  }

  /** Throws AccessDenied unless the principal's policies allow it. */
  permit(principal: Principal, access: Access, status = 400): void {
    if (authorize(principal, access, [], this.#now())) return;
    const { action, resource } = access;
    throw this.error(
      'AccessDeniedException',
      `User: ${principal.arn} is not authorized to perform: ${action} on resource: ${resource} ` +
        `because no identity-based policy allows the ${action} action`,
      status,
    );
  }

  error(name: string, message: string, status = 400): ServiceError {
    return new ServiceError(this.#namespace + name, message, status);
  }
}
