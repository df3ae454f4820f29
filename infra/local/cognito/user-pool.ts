// The user pool as an OIDC provider, with Cognito's routes and quirks: code + S256 only, exact addresses, rotation, its own logout.
// For tests: GET the authorize address, read the hidden field `transaction`, POST it back with `person={sub}`, or with `name`,
// `email` and `member=yes`; the answer is the redirect with the code.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { MEMBERS_GROUP } from '../../../src/schema/groups.ts';
import { readBody } from '../aws-json.ts';
import type { UserPool } from '../template.ts';
import { Grants, OAuthError } from './grants.ts';
import { chooserPage, pageHeaders, problemPage } from './pages.ts';
import type { CognitoState, Person } from './state.ts';
import { usernameOf, type Tokens } from './tokens.ts';

export interface UserPoolOptions {
  pool: UserPool;
  state: CognitoState;
  tokens: Tokens;
  now?: () => number;
}

const MAX_FORM_BYTES = 64 * 1024;

export class UserPoolServer {
  readonly #pool: UserPool;
  readonly #state: CognitoState;
  readonly #tokens: Tokens;
  readonly #now: () => number;
  readonly #grants: Grants;

  constructor({ pool, state, tokens, now = Date.now }: UserPoolOptions) {
    this.#pool = pool;
    this.#state = state;
    this.#tokens = tokens;
    this.#now = () => Math.floor(now() / 1000);
    this.#grants = new Grants({ pool, state, tokens, now: this.#now });
  }

  /** `path` is what follows the issuer. */
  async handle(request: IncomingMessage, response: ServerResponse, path: string, query: URLSearchParams) {
    const route = `${request.method} ${path}`;
    switch (route) {
      case 'GET /.well-known/openid-configuration':
        return this.#json(response, 200, this.#discovery());
      case 'GET /.well-known/jwks.json':
        return this.#json(response, 200, { keys: [this.#tokens.publicJwk] });
      case 'GET /oauth2/authorize':
      case 'GET /login':
        return this.#showChooser(response, query);
      case 'POST /oauth2/authorize':
      case 'POST /login':
        return this.#choose(request, response);
      case 'POST /oauth2/token':
        return this.#oauth(response, async () => this.#grants.token(await readForm(request)));
      case 'POST /oauth2/revoke':
        return this.#oauth(response, async () => this.#grants.revoke(await readForm(request)));
      case 'GET /oauth2/userInfo':
      case 'POST /oauth2/userInfo':
        return this.#userInfo(request, response);
      case 'GET /logout':
        return this.#logout(response, query);
      default:
        if (request.method === 'OPTIONS') return this.#preflight(response);
        return this.#json(response, 404, { error: 'not_found' });
    }
  }

  #discovery() {
    const at = this.#tokens.issuer;
    return {
      authorization_endpoint: `${at}/oauth2/authorize`,
      end_session_endpoint: `${at}/logout`,
      id_token_signing_alg_values_supported: ['RS256'],
      issuer: at,
      jwks_uri: `${at}/.well-known/jwks.json`,
      response_types_supported: ['code'],
      revocation_endpoint: `${at}/oauth2/revoke`,
      scopes_supported: this.#pool.scopes,
      subject_types_supported: ['public'],
      token_endpoint: `${at}/oauth2/token`,
      token_endpoint_auth_methods_supported: ['none'],
      code_challenge_methods_supported: ['S256'],
      userinfo_endpoint: `${at}/oauth2/userInfo`,
    };
  }

  async #showChooser(response: ServerResponse, query: URLSearchParams): Promise<void> {
    const request = Object.fromEntries(query);
    const repeated = [...query.keys()].length !== Object.keys(request).length;
    if (repeated) return this.#problem(response, 'A part of the sign-in address is there twice.');
    // Never redirect to an address, or for a client, that is not the registered one.
    if (request['client_id'] !== this.#pool.clientId) {
      return this.#problem(response, 'The client id is not one of this user pool.');
    }
    if (!this.#pool.callbackUrls.includes(request['redirect_uri'] ?? '')) {
      return this.#problem(response, 'The redirect address is not one that this app is registered with.');
    }
    const wrong = this.#wrongRequest(request);
    if (wrong) return this.#answer(response, request, wrong);
    const transaction = await this.#tokens.transaction(request, this.#now());
    return this.#page(response, 200, this.#chooser(request, transaction));
  }

  #wrongRequest(request: Record<string, string>): Record<string, string> | undefined {
    if (request['response_type'] !== 'code') return { error: 'unsupported_response_type' };
    if (request['code_challenge_method'] !== 'S256' || !/^[\w-]{43}$/.test(request['code_challenge'] ?? '')) {
      return { error: 'invalid_request', error_description: 'code_challenge with S256 is required' };
    }
    const scopes = (request['scope'] ?? this.#pool.scopes.join(' ')).split(' ');
    if (!scopes.every((scope) => this.#pool.scopes.includes(scope))) {
      return { error: 'invalid_request', error_description: 'invalid_scope' };
    }
    const provider = request['identity_provider'];
    if (provider !== undefined && provider !== 'Google' && provider !== 'COGNITO') {
      return { error: 'invalid_request', error_description: 'unknown identity_provider' };
    }
    return undefined;
  }

  #chooser(
    request: Record<string, string>,
    transaction: string,
    again?: Parameters<typeof chooserPage>[0]['again'],
  ) {
    const { identity_provider: provider, ...plain } = request;
    const address = (parameters: Record<string, string>) =>
      `${this.#tokens.issuer}/oauth2/authorize?${new URLSearchParams(parameters)}`;
    return chooserPage({
      people: this.#state.people,
      transaction,
      google: provider === 'Google',
      googleUrl: address({ ...plain, identity_provider: 'Google' }),
      allUrl: address(plain),
      ...(again && { again }),
    });
  }

  async #choose(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const form = await readForm(incoming);
    let request: Record<string, string>;
    try {
      const signed = await this.#tokens.verify(form.get('transaction') ?? '', 'transaction', this.#now());
      request = signed['request'] as Record<string, string>;
    } catch {
      // Forged, from another page, or simply too old: the person starts again from the app.
      return this.#problem(response, 'This page is too old. Go back to the app and sign in again.');
    }
    const chosen = form.get('person');
    const known = chosen === null ? undefined : this.#state.person(chosen);
    if (chosen !== null && !known) return this.#problem(response, 'This person is not here any more.');
    if (known) return this.#signIn(response, request, known);

    const typed = {
      name: (form.get('name') ?? '').trim(),
      email: (form.get('email') ?? '').trim().toLowerCase(),
      member: form.get('member') === 'yes',
    };
    const provider = request['identity_provider'] === 'Google' ? 'google' : 'email';
    const error = this.#wrongPerson(typed, provider);
    if (error) {
      const transaction = await this.#tokens.transaction(request, this.#now());
      return this.#page(response, 400, this.#chooser(request, transaction, { ...typed, error }));
    }
    const person = this.#state.addPerson(
      {
        name: typed.name,
        email: typed.email,
        provider,
        groups: typed.member ? [MEMBERS_GROUP] : [],
      },
      this.#now(),
    );
    return this.#signIn(response, request, person);
  }

  #wrongPerson(
    { name, email }: { name: string; email: string },
    provider: Person['provider'],
  ): string | undefined {
    if (name === '') return 'Please type a name.';
    if (name.length > 100) return 'Please type a shorter name.';
    if (!/^[^\s@<>()"',;:\\]+@[^\s@<>()"',;:\\]+$/.test(email) || email.length > 200) {
      return 'This does not look like an e-mail address.';
    }
    // The same person by another way in is another account, as on AWS.
    if (this.#state.people.some((person) => person.email === email && person.provider === provider)) {
      return 'There is somebody with this e-mail already: choose them from the list.';
    }
    return undefined;
  }

  #signIn(response: ServerResponse, request: Record<string, string>, person: Person): void {
    const now = this.#now();
    if (person.disabled) return this.#problem(response, 'User is disabled.');
    if (person.invited) {
      if ((person.changedAt ?? now) + this.#pool.invitation.days * 86_400 < now) {
        return this.#problem(response, 'This invitation has run out. Ask for another one.');
      }
      this.#state.changePerson(person, now, (one) => delete one.invited);
    }
    this.#answer(response, request, { code: this.#grants.issueCode(request, person) });
  }

  /** Back to the app, with its state. 303, so that a form's POST becomes a GET. */
  #answer(response: ServerResponse, request: Record<string, string>, answer: Record<string, string>): void {
    const to = new URL(request['redirect_uri'] ?? '');
    for (const [name, value] of Object.entries(answer)) to.searchParams.set(name, value);
    if (request['state'] !== undefined) to.searchParams.set('state', request['state']);
    this.#redirect(response, to.href);
  }

  #redirect(response: ServerResponse, to: string): void {
    response.writeHead(303, { ...pageHeaders(this.#redirectOrigins()), Location: to }).end();
  }

  async #oauth(response: ServerResponse, run: () => Promise<object>): Promise<void> {
    try {
      this.#json(response, 200, await run());
    } catch (error) {
      if (!(error instanceof OAuthError)) throw error;
      this.#json(response, 400, { error: error.message });
    }
  }

  async #userInfo(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const token = /^Bearer (\S+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
    try {
      const claims = await this.#tokens.verify(token, 'access', this.#now());
      const person = this.#state.person(String(claims.sub));
      if (!person || this.#state.isRevoked(String(claims['origin_jti']))) throw new TypeError('revoked');
      const { sub, email, name } = person;
      this.#json(response, 200, { sub, email, email_verified: 'true', name, username: usernameOf(person) });
    } catch {
      // Whatever is wrong with the token, its bearer is told no more than this.
      this.#json(response, 401, { error: 'invalid_token' });
    }
  }

  /** Cognito wants client_id and logout_uri, not the names of the OIDC standard. There is no session here to end. */
  #logout(response: ServerResponse, query: URLSearchParams): void {
    const to = query.get('logout_uri') ?? '';
    if (query.get('client_id') !== this.#pool.clientId || !this.#pool.logoutUrls.includes(to)) {
      this.#problem(response, 'The sign-out address is not one that this app is registered with.');
      return;
    }
    this.#redirect(response, to);
  }

  #redirectOrigins(): string[] {
    return [...new Set(this.#pool.callbackUrls.map((url) => new URL(url).origin))];
  }

  #page(response: ServerResponse, status: number, text: string): void {
    response.writeHead(status, pageHeaders(this.#redirectOrigins())).end(text);
  }

  #problem(response: ServerResponse, sentence: string): void {
    this.#page(response, 400, problemPage(sentence));
  }

  #json(response: ServerResponse, status: number, body: object): void {
    response
      .writeHead(status, {
        'Content-Type': 'application/json;charset=UTF-8',
        'Cache-Control': 'no-store',
        'Access-Control-Allow-Origin': '*',
        'X-Content-Type-Options': 'nosniff',
      })
      .end(JSON.stringify(body));
  }

  #preflight(response: ServerResponse): void {
    response
      .writeHead(200, {
        'Access-Control-Allow-Origin': '*',
        'Access-Control-Allow-Methods': 'GET, POST',
        'Access-Control-Allow-Headers': 'authorization, content-type',
      })
      .end();
  }
}

async function readForm(request: IncomingMessage): Promise<URLSearchParams> {
  return new URLSearchParams((await readBody(request, MAX_FORM_BYTES)).toString('utf8'));
}
