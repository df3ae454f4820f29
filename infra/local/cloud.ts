// The local cloud: one process that stands in for everything the template describes, on loopback only. Each S3 bucket and the
// API have a port of their own, as each has a host of its own on AWS.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { dirname, join } from 'node:path';
import { bucketUrl, type Config } from '../../src/schema/config.ts';
import { makePushKeys, parsePushKeys, type PushKeys } from '../push-keys.ts';
import { preflight, sendError } from './aws-json.ts';
import { Credentials, type IssuedCredentials } from './cognito/credentials.ts';
import { UserPoolAdmin } from './cognito/admin.ts';
import { IdentityPoolServer } from './cognito/identity-pool.ts';
import { CognitoState } from './cognito/state.ts';
import { Tokens } from './cognito/tokens.ts';
import { UserPoolServer } from './cognito/user-pool.ts';
import type { ObjectEvent } from './contract.ts';
import { Engine } from './dynamodb/engine.ts';
import { DynamoDbServer } from './dynamodb/gate.ts';
import { checkPolicies } from './iam.ts';
import type { Failure } from './failure-queue.ts';
import { LAMBDA_PATH, LambdaServer } from './lambda-gate.ts';
import { startLambdas } from './lambdas.ts';
import { lock } from './lock.ts';
import { MAIL_PATH, Mailbox } from './mailbox.ts';
import { Messages } from './messages.ts';
import { admitOperator, operatorRoles } from './operator.ts';
import { listen, onlyFrom, type Handler, type PortName } from './ports.ts';
import { PUSH_PATH, PushService } from './push-service.ts';
import { targetsOf } from './s3/bucket.ts';
import { ReadsServer } from './reads.ts';
import type { Faults } from './s3/faults.ts';
import { createS3, type S3 } from './s3/s3.ts';
import { ShareServer } from './shares.ts';
import { SiteServer } from './site.ts';
import { SnsServer } from './sns-gate.ts';
import { SqsServer } from './sqs-gate.ts';
import { SsmServer } from './ssm-gate.ts';
import { synthesise } from './synth.ts';
import { readStack, withOrigins, type Stack } from './template.ts';
import type { Template } from './template-values.ts';

/** A page server that compiles as it goes, and what the content security policy must let through for that. */
export interface DevelopmentPage {
  handle: (request: IncomingMessage, response: ServerResponse) => void;
  relax: (policy: string, origin: string) => string;
}

export interface CloudOptions {
  /** Where everything is kept. */
  directory: string;
  /** Wanted ports; 0, or none, is any free one. All but the site's give way when they are taken. */
  ports?: Partial<Record<PortName, number>>;
  template?: () => Promise<Template>;
  /** The folder of the page's build. */
  dist?: () => Promise<string>;
  /** Answers for the page's files instead of `dist`. */
  page?: (server: Server) => Promise<DevelopmentPage>;
  /** False: events wait. Otherwise the processor runs, from this module if one is named. */
  processor?: boolean | { module: string };
  /** False: manifests wait. As the processor, where nothing is said. */
  notifier?: boolean;
  /** How long members' credentials live. */
  credentialSeconds?: number;
  /** For tests: what goes wrong with the requests of browsers to S3. */
  faults?: Faults;
  /** For tests, too: what goes wrong with reads through CloudFront. */
  readsFaults?: Faults;
  now?: () => number;
}

export interface LocalCloud {
  config: Config;
  /** Origins. `s3` answers for all S3 buckets, as the processor and operators see them. */
  urls: Readonly<Record<PortName, string>>;
  stack: Stack;
  /** People and sign-ins, as an administrator of the user pool can change them. */
  people: CognitoState;
  /** Credentials of a role of the template, by logical id. */
  issueRole(role: string): IssuedCredentials;
  s3: S3;
  /** What the processor gave up, oldest first. */
  failures(): Failure[];
  /** What the notifier has sent, and what it gave up. */
  messages: Messages;
  notifierFailures(): Failure[];
  /** The push service that the notifier is sent to. */
  pushes: PushService;
  /** Events wait until `resumeProcessor`. */
  pauseProcessor(): void;
  resumeProcessor(): void;
  close(): Promise<void>;
}

const TTL_SWEEP_MILLISECONDS = 10 * 60_000;

export async function startCloud(options: CloudOptions): Promise<LocalCloud> {
  const { directory } = options;
  const held = await lock(directory);
  const undo: (() => unknown)[] = [() => held.release()];
  const close = async () => {
    // In reverse: nothing loses what it stands on.
    for (const step of undo.splice(0).toReversed()) await step();
  };
  try {
    const cloud = await start(options, undo);
    held.announce(cloud.urls.site);
    return { ...cloud, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function start(options: CloudOptions, undo: (() => unknown)[]): Promise<Omit<LocalCloud, 'close'>> {
  const { directory, now = Date.now } = options;
  const [template, dist, ports] = await Promise.all([
    (options.template ?? synthesise)(),
    options.dist?.() ?? join(directory, 'no-page'),
    listen(options.ports ?? {}, undo),
  ]);
  const { servers, urls, stop } = ports;
  const pushKeys = keptPushKeys(join(directory, 'push/keys.json'));
  const stack = localStack(readStack(template), urls, pushKeys.publicKey);
  const { account, region, roles, userPool } = stack;
  const allRoles = [...roles, ...operatorRoles(stack)];
  await Promise.all([
    checkPolicies(allRoles.flatMap(({ policies }) => policies)),
    checkPolicies(
      stack.buckets.flatMap(({ policy }) => policy ?? []),
      'resource',
    ),
  ]);

  const people = await CognitoState.open(join(directory, 'cognito'), now);
  const credentials = new Credentials({
    master: people.keys.master,
    account,
    roles: allRoles,
    now,
    ...(options.credentialSeconds !== undefined && { seconds: options.credentialSeconds }),
  });

  const engine = await Engine.open(join(directory, 'dynamodb'), stack.tables);
  undo.push(() => engine.close());
  const sweep = () => {
    engine.sweep(now()).catch((error: unknown) => console.error(error));
  };
  sweep();
  const sweeper = setInterval(sweep, TTL_SWEEP_MILLISECONDS).unref();
  undo.push(() => clearInterval(sweeper));

  const { processor: lambda, notifier } = startLambdas(options, stack, urls, credentials);
  let closing = false;
  const deliver = async (event: ObjectEvent): Promise<void> => {
    const bucket = stack.buckets.find(({ name }) => name === event.bucket);
    const targets = bucket ? targetsOf(bucket, event.eventName, event.key) : [];
    // Also none, where an older template had it told to somebody.
    await Promise.all(targets.map((arn) => (arn === stack.notifier.arn ? notifier : lambda).deliver(event)));
  };
  const s3 = await createS3({
    directory: join(directory, 's3'),
    buckets: stack.buckets,
    credentials,
    region,
    account,
    now,
    // What cannot be acknowledged comes again after the next start, which does no harm.
    onEvent: (event) =>
      void deliver(event)
        .then(() => (closing ? undefined : s3.acknowledge(event)))
        .catch((error: unknown) => console.error(error)),
  });
  undo.push(() => s3.close());
  // Before S3 closes, so that nothing is acknowledged to a closed store.
  undo.push(() => {
    closing = true;
    lambda.close();
    notifier.close();
  });

  const messages = new Messages(join(directory, 'messages.jsonl'));
  const pushes = new PushService({
    origin: urls.api,
    applicationServerKey: pushKeys.publicKey,
    file: join(directory, 'push/subscriptions.json'),
    messages,
  });
  const mailbox = new Mailbox({ origin: urls.api, file: join(directory, 'mail/topics.json'), messages, now });

  const tokens = await Tokens.create(stack.config.authority, userPool, people.keys);
  const gate = { credentials, region, account, now };
  const { name, arn, failureQueue } = stack.processor;
  const api = apiHandler(stack, urls.api, {
    dynamodb: new DynamoDbServer({ ...gate, engine }),
    lambda: new LambdaServer({ ...gate, lambda, name }),
    ssm: new SsmServer({
      ...gate,
      name: stack.notifier.environment['VAPID_PARAMETER'] ?? '',
      value: JSON.stringify(pushKeys),
    }),
    sns: new SnsServer({ ...gate, mailbox }),
    pushes,
    mailbox,
    messages,
    sqs: new SqsServer({ ...gate, queue: lambda.queue, url: failureQueue.url, source: arn }),
    userPool: new UserPoolServer({ pool: userPool, state: people, tokens, now }),
    userPoolAdmin: new UserPoolAdmin({ ...gate, pool: userPool, state: people, messages, tokens }),
    identityPool: new IdentityPoolServer({
      pool: stack.identityPool,
      provider: `cognito-idp.${region}.amazonaws.com/${userPool.id}`,
      region,
      roles,
      state: people,
      tokens,
      credentials,
      now,
    }),
  });
  const site = siteHandler(stack, urls.site, dist, await options.page?.(servers.site));
  // The servers were first to start, and are first to stop.
  undo.push(stop);
  // What an earlier run left unfinished comes first.
  await s3.drain();
  servers.api.on('request', api);
  servers.originals.on(
    'request',
    onlyFrom(urls.originals, s3.handler(stack.config.originalsBucket, options.faults)),
  );
  servers.library.on(
    'request',
    onlyFrom(urls.library, s3.handler(stack.config.libraryBucket, options.faults)),
  );
  servers.shares.on('request', onlyFrom(urls.shares, shareHandler(stack, s3, now)));
  servers.reads.on('request', onlyFrom(urls.reads, readsHandler(stack, options.readsFaults, now)));
  servers.s3.on('request', onlyFrom(urls.s3, s3.handler()));
  servers.site.on('request', site);
  undo.push(admitOperator(directory, stack, { s3: urls.s3, api: urls.api, site: urls.site }, credentials));

  return {
    config: stack.config,
    urls,
    stack,
    people,
    issueRole: (role) => credentials.issueRole(role),
    s3,
    failures: () => lambda.queue.failures(),
    messages,
    notifierFailures: () => notifier.queue.failures(),
    pushes,
    pauseProcessor: () => lambda.pause(),
    resumeProcessor: () => lambda.resume(),
  };
}

/** Made at the first start, as a deployment makes them. */
function keptPushKeys(file: string): PushKeys {
  const kept = existsSync(file) ? parsePushKeys(readFileSync(file, 'utf8')) : undefined;
  if (kept) return kept;
  const made = makePushKeys();
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify(made), { mode: 0o600 });
  return made;
}

/** The stack with this machine's addresses in place of AWS's, and config.json naming them. */
function localStack(stack: Stack, urls: LocalCloud['urls'], pushKey: string): Stack {
  const { region, config, userPool } = stack;
  const s3Host = (bucket: string) => `https://${bucket}.s3.${region}.amazonaws.com`;
  const local = withOrigins(stack, {
    [stack.origin]: urls.site,
    [stack.shareHost.origin]: urls.shares,
    ...(stack.readsHost && { [stack.readsHost.origin]: urls.reads }),
    [s3Host(config.originalsBucket)]: urls.originals,
    [s3Host(config.libraryBucket)]: urls.library,
    [config.signInUrl]: `${urls.api}/${userPool.id}`,
    [`https://dynamodb.${region}.amazonaws.com`]: urls.api,
    [`https://cognito-identity.${region}.amazonaws.com`]: urls.api,
    [`https://cognito-idp.${region}.amazonaws.com`]: urls.api,
  });
  const endpoints = {
    originals: urls.originals,
    library: urls.library,
    dynamodb: urls.api,
    cognitoIdentity: urls.api,
  };
  return { ...local, config: { ...local.config, pushKey, endpoints } };
}

/**
 * One port for many services, told apart as their requests are: by path, by X-Amz-Target, or, of SNS, by the form that it takes. Also
 * the push service, the links of mails, and the page of all that was sent.
 */
function apiHandler(
  { userPool: { id } }: Stack,
  url: string,
  services: {
    dynamodb: DynamoDbServer;
    lambda: LambdaServer;
    ssm: SsmServer;
    sns: SnsServer;
    pushes: PushService;
    mailbox: Mailbox;
    messages: Messages;
    sqs: SqsServer;
    userPool: UserPoolServer;
    userPoolAdmin: UserPoolAdmin;
    identityPool: IdentityPoolServer;
  },
): Handler {
  const { dynamodb, lambda, ssm, sns, sqs, userPool, userPoolAdmin, identityPool } = services;
  const { pushes, mailbox, messages } = services;
  const route = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const target = request.url ?? '/';
    // Two slashes would be read as another host, or as none.
    if (!URL.canParse(target, url) || new URL(target, url).origin !== url) {
      response.writeHead(400, { 'Content-Type': 'text/plain' }).end('This is no address.\n');
      return;
    }
    const address = new URL(target, url);
    const { pathname, searchParams } = address;
    if (pathname.startsWith(`/${id}/`)) {
      await userPool.handle(request, response, pathname.slice(id.length + 1), searchParams);
      return;
    }
    if (pathname.startsWith(LAMBDA_PATH)) {
      await lambda.handle(request, response, address);
      return;
    }
    if (pathname.startsWith(PUSH_PATH)) {
      await pushes.handle(request, response, pathname.slice(PUSH_PATH.length));
      return;
    }
    if (pathname.startsWith(MAIL_PATH)) {
      mailbox.handle(request, response, pathname.slice(MAIL_PATH.length));
      return;
    }
    if (pathname === '/messages' && request.method === 'GET') {
      response.writeHead(200, {
        'Content-Type': 'text/html',
        'Content-Security-Policy': "default-src 'none'",
      });
      response.end(messages.page(url));
      return;
    }
    if (preflight(request, response)) return;
    const form = String(request.headers['content-type']).startsWith('application/x-www-form-urlencoded');
    if (request.method === 'POST' && pathname === '/' && form) {
      await sns.handle(request, response);
      return;
    }
    const [service, operation = ''] = String(request.headers['x-amz-target'] ?? '').split('.');
    if (request.method === 'POST' && pathname === '/' && service === 'DynamoDB_20120810') {
      await dynamodb.handle(request, response, operation);
    } else if (request.method === 'POST' && pathname === '/' && service === 'AmazonSSM') {
      await ssm.handle(request, response, operation);
    } else if (request.method === 'POST' && pathname === '/' && service === 'AmazonSQS') {
      await sqs.handle(request, response, operation);
    } else if (
      request.method === 'POST' &&
      pathname === '/' &&
      service === 'AWSCognitoIdentityProviderService'
    ) {
      await userPoolAdmin.handle(request, response, operation);
    } else if (request.method === 'POST' && pathname === '/' && service === 'AWSCognitoIdentityService') {
      await identityPool.handle(request, response, operation);
    } else {
      response.writeHead(404, { 'Content-Type': 'text/plain' }).end('Not found.\n');
    }
  };
  return onlyFrom(url, (request, response) => {
    route(request, response).catch((error: unknown) => sendError(response, '1.0', error));
  });
}

/** The host of links, which reads what the library's policy lets its distribution read. */
function shareHandler({ shareHost, buckets }: Stack, s3: S3, now: () => number): Handler {
  const { bucket, arn } = shareHost;
  const service = { arn: 'cloudfront.amazonaws.com', policies: [], context: { 'aws:SourceArn': arn } };
  const server = new ShareServer({
    host: shareHost,
    corsRules: buckets.find(({ name }) => name === bucket)?.corsRules ?? [],
    read: (key) => s3.readAs(service, bucket, key),
    now,
  });
  return (request, response) => server.handle(request, response);
}

/** The host of reads, where the settings have one. */
function readsHandler({ readsHost, config }: Stack, faults: Faults | undefined, now: () => number): Handler {
  if (!readsHost) {
    return (_request, response) => {
      response
        .writeHead(404, { 'Content-Type': 'text/plain' })
        .end('"cloudFrontReads" is off in infra/shoebox.json.\n');
    };
  }
  const server = new ReadsServer({ host: readsHost, library: bucketUrl(config, 'library'), now, faults });
  return (request, response) => server.handle(request, response);
}

/** The page, under the one address it is registered with: under 127.0.0.1 it would be another origin. */
function siteHandler(stack: Stack, url: string, dist: string, development?: DevelopmentPage): Handler {
  const { site, config } = stack;
  const headers = { ...site.headers };
  const policy = headers['Content-Security-Policy'];
  if (development && policy !== undefined) {
    headers['Content-Security-Policy'] = development.relax(policy, url);
  }
  const server = new SiteServer({
    site: { ...site, headers },
    config,
    dist,
    ...(development && { page: development.handle }),
  });
  const { host } = new URL(url);
  return onlyFrom(url, (request, response) => {
    if (request.headers.host === host) server.handle(request, response);
    else response.writeHead(307, { Location: url + (request.url ?? '/') }).end();
  });
}
