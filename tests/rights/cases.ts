// Asks by the thousand: everybody, every action, every place, with conditions as they should be and with one or two that should not.
import { actionsOf, contextFor } from '../../infra/local/iam-facts.ts';
import type { Context } from '../../infra/local/contract.ts';
import { ACCOUNT, REGION } from '../../infra/local/template-values.ts';
import { isMeant, isOn, ME, NOTIFIERS_WORDS, OTHER, OWNERS_WORDS, RIGHTS, type Who } from './table.ts';
import type { World } from './world.ts';

export interface Principal {
  who: Who;
  /** What it is called when something is wrong. */
  name: string;
  arn: string;
  /** Logical id of the role whose statements it has, by how that begins. */
  role?: RegExp;
  context: Context;
}

export interface Ask {
  principal: Principal;
  action: string;
  resource: string;
  context: Context;
}

const cognito = {
  'cognito-identity.amazonaws.com:sub': ME,
  'cognito-identity.amazonaws.com:aud': 'SignInIdentityPool',
  'cognito-identity.amazonaws.com:amr': ['authenticated'],
};

export function principalsOf({ arns }: World): Principal[] {
  const service = (who: Who, name: string, source: Context): Principal => ({
    who,
    name: `${name} ${JSON.stringify(source)}`,
    arn: `${name}.amazonaws.com`,
    context: source,
  });
  const role = (who: Who, pattern: RegExp, context: Context = {}): Principal => ({
    who,
    name: who,
    arn: `arn:aws:iam::${ACCOUNT}:role/${who}`,
    role: pattern,
    context,
  });
  const here = { 'aws:SourceAccount': ACCOUNT };
  const elsewhere = { 'aws:SourceAccount': '999999999999' };
  const strangers: Principal[] = [
    service('anybody else', 'cloudfront', { 'aws:SourceArn': `${arns.page}X` }),
    service('anybody else', 'cloudfront', {}),
    service('anybody else', 's3', { ...elsewhere, 'aws:SourceArn': arns.originals }),
    service('anybody else', 's3', { ...here, 'aws:SourceArn': 'arn:aws:s3:::somebody-elses' }),
    service('anybody else', 'cloudwatch', elsewhere),
    service('anybody else', 'lambda', here),
    {
      who: 'anybody else',
      name: 'a role of the same account',
      arn: `arn:aws:iam::${ACCOUNT}:role/other`,
      context: {},
    },
    { who: 'anybody else', name: 'another account', arn: 'arn:aws:iam::999999999999:root', context: {} },
    { who: 'anybody else', name: 'nobody who signed in', arn: 'anonymous', context: {} },
    { who: 'anybody else', name: 'a member without a role', arn: 'anonymous', context: cognito },
  ];
  return [
    role('member', /MemberRole/, cognito),
    role('owner', /OwnerRole/, cognito),
    role('nobody', /NobodyRole/, cognito),
    role('processor', /^ProcessorRole/),
    role('notifier', /^NotifierRole/),
    service('page host', 'cloudfront', { 'aws:SourceArn': arns.page }),
    service('links host', 'cloudfront', { 'aws:SourceArn': arns.links }),
    service('S3', 's3', { ...here, 'aws:SourceArn': arns.originals }),
    service('S3', 's3', { ...here, 'aws:SourceArn': arns.library }),
    service('alarms', 'cloudwatch', here),
    service('alarms', 'budgets', here),
    ...strangers,
  ];
}

/** Own things and others', as they should be named and nearly so. */
export function placesOf({ arns }: World): string[] {
  const owners = [ME, OTHER, `${ME}x`, ME.slice(0, -1), '*', ''];
  const files = ['manifest.json', 'p/view.webp', 'originals/p', 'index.html'];
  const kinds = ['friends', 'links/7d', 'links/30d', 'links/keep', 'links/9d', 'links'];
  const keys = owners.flatMap((owner) =>
    ['photo', 'x/y', '', 'shares/friends']
      .map((rest) => `originals/${owner}/${rest}`)
      .concat(
        `library/${owner}/photo`,
        `library/renditions/${owner}/p/thumb.webp`,
        `library/index/${owner}/first`,
        `library/wishes/${owner}/p`,
        `library/shares/${owner}/s/manifest.json`,
        kinds.flatMap((kind) => files.map((file) => `library/shares/${kind}/${owner}/s/${file}`)),
      ),
  );
  const others = [
    'originals/',
    'library/',
    'library/renditions/',
    `library/renditions/../index/${ME}/first`,
    `library/x/renditions/${ME}/p`,
    'site/',
    'site/index.html',
    'photos/index/changes',
    'photos/index/other',
    'photos/stream/2026',
    'social/index/changes',
    'social/index/inbox',
    'processorLog:log-stream:a',
    'notifierLog:log-stream:a',
    'mailsomebody',
    'keys/other',
  ];
  return [
    ...Object.values(arns),
    ...keys.concat(others).map((key) => named(key, arns)),
    '*',
    'arn:aws:s3:::somebody-elses',
    `arn:aws:s3:::somebody-elses/${ME}/photo`,
    `arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/Other`,
    `arn:aws:sns:${REGION}:${ACCOUNT}:Other`,
    `arn:aws:ssm:${REGION}:${ACCOUNT}:parameter/Other/push-keys`,
    `arn:aws:iam::${ACCOUNT}:role/SignInMemberRole`,
    `arn:aws:cognito-idp:${REGION}:${ACCOUNT}:userpool/Other`,
    `arn:aws:lambda:${REGION}:${ACCOUNT}:function:Other`,
    `arn:aws:sqs:${REGION}:${ACCOUNT}:Other`,
  ];
}

function named(key: string, arns: World['arns']): string {
  const name = (Object.keys(arns) as (keyof typeof arns)[])
    .filter((thing) => key.startsWith(thing))
    .sort((a, b) => b.length - a.length)[0];
  if (!name) throw new Error(`nothing is called ${key}`);
  return arns[name] + key.slice(name.length);
}

/** Contexts as the page, the processor and the notifier bring them. */
function honest({ originals, library }: World['arns']): Context[] {
  const bucket = (arn: string): string => arn.slice('arn:aws:s3:::'.length);
  const creating = { 's3:ObjectCreationOperation': 'true' };
  const copies = [`${bucket(library)}/renditions/${ME}/p/thumb.webp`, `${bucket(originals)}/${ME}/p`];
  return [
    {},
    creating,
    ...[
      `${ME}/`,
      `renditions/${ME}/`,
      `index/${ME}/`,
      `shares/friends/${ME}/`,
      `shares/links/7d/${ME}/s`,
    ].map((prefix) => ({ 's3:prefix': prefix })),
    { ...creating, 's3:if-none-match': '*', 's3:x-amz-storage-class': 'INTELLIGENT_TIERING' },
    { 's3:ObjectCreationOperation': 'false', 's3:x-amz-storage-class': 'INTELLIGENT_TIERING' },
    ...copies.map((source) => Object.assign({ 's3:x-amz-copy-source': source }, creating)),
    { 'dynamodb:LeadingKeys': [ME] },
    {
      'dynamodb:LeadingKeys': [ME],
      'dynamodb:Attributes': OWNERS_WORDS,
      'dynamodb:ReturnValues': 'UPDATED_NEW',
    },
    { 'dynamodb:LeadingKeys': [ME], 'dynamodb:Attributes': NOTIFIERS_WORDS },
    {
      'dynamodb:LeadingKeys': ['notifier'],
      'dynamodb:Attributes': NOTIFIERS_WORDS,
      'dynamodb:ReturnValues': 'NONE',
    },
    { 'sns:Protocol': 'email' },
  ];
}

/** What a condition key may have as well; undefined takes it away. */
function twists({
  originals,
  library,
}: World['arns']): readonly (readonly [string, string | string[] | undefined])[] {
  const bucket = (arn: string): string => arn.slice('arn:aws:s3:::'.length);
  const sources = [ME, OTHER, `${ME}x`].flatMap((owner) => [
    `${bucket(library)}/renditions/${owner}/p/view.webp`,
    `/${bucket(library)}/renditions/${owner}/p/view.webp`,
    `${bucket(library)}/index/${owner}/first`,
    `${bucket(library)}/shares/friends/${owner}/s/p/view.webp`,
    `${bucket(originals)}/${owner}/p`,
    `/${bucket(originals)}/${owner}/p`,
    `elsewhere/renditions/${owner}/p`,
  ]);
  const prefixes = [
    '',
    '*',
    ME,
    `${ME}/`,
    `${ME}/x`,
    `${OTHER}/`,
    'renditions/',
    'renditions/*',
    'shares/friends/',
  ].concat(
    [ME, OTHER].flatMap((owner) =>
      ['renditions', 'index', 'wishes', 'shares/friends', 'shares/links/7d', 'shares/links/9d', 'shares'].map(
        (kind) => `${kind}/${owner}/`,
      ),
    ),
  );
  const values: Record<string, readonly (string | string[] | undefined)[]> = {
    's3:prefix': [undefined, ...prefixes],
    's3:if-none-match': [undefined, '*', '"etag"'],
    's3:x-amz-copy-source': [undefined, ...sources],
    's3:x-amz-storage-class': [undefined, 'INTELLIGENT_TIERING', 'STANDARD', 'DEEP_ARCHIVE', 'GLACIER_IR'],
    's3:ObjectCreationOperation': [undefined, 'true', 'false'],
    's3:x-amz-metadata-directive': [undefined, 'COPY', 'REPLACE'],
    's3:x-amz-server-side-encryption-customer-algorithm': [undefined, 'AES256'],
    'dynamodb:LeadingKeys': [
      undefined,
      [],
      [ME],
      [ME, ME],
      [ME, OTHER],
      [OTHER],
      ['notifier'],
      [`${ME}x`],
      ['*'],
    ],
    'dynamodb:Attributes': [
      undefined,
      [],
      OWNERS_WORDS,
      ['owner', 'photoId', 'favorite'],
      ['owner', 'photoId', 'bytes'],
      [...OWNERS_WORDS, 'gps'],
      NOTIFIERS_WORDS,
      [...NOTIFIERS_WORDS, 'friend'],
    ],
    'dynamodb:ReturnValues': [undefined, 'NONE', 'ALL_OLD', 'ALL_NEW', 'UPDATED_OLD', 'UPDATED_NEW'],
    'sns:Protocol': [undefined, 'email', 'https', 'sms'],
    'aws:SecureTransport': ['true', 'false'],
  };
  return Object.entries(values).flatMap(([key, all]) => all.map((value) => [key, value] as const));
}

/** All actions of these services, as AWS documents them. */
export const everyAction = async (): Promise<string[]> => {
  const services = [
    's3',
    'dynamodb',
    'lambda',
    'sqs',
    'sns',
    'ssm',
    'logs',
    'cognito-idp',
    'cognito-identity',
    'iam',
    'sts',
    'kms',
    'cloudformation',
    'cloudfront',
    'secretsmanager',
  ];
  const found = await Promise.all(
    services.map(async (service) => (await actionsOf(service)).map((name) => `${service}:${name}`)),
  );
  return found.flat();
};

/** The keys that AWS supplies for the action; for services whose keys no policy of ours asks for, those of every request. */
function supplied(action: string, context: Context): Context {
  const isGlobal = ([key]: [string, unknown]): boolean =>
    key.startsWith('aws:') || key.startsWith('cognito-identity');
  return /^(?:s3|dynamodb|lambda|sqs|sns|ssm|cognito-idp):/.test(action)
    ? contextFor(action, context)
    : Object.fromEntries(Object.entries(context).filter(isGlobal));
}

/** The same for the same seed. */
function randomOf(seed: number): <T>(from: readonly T[]) => T {
  let state = seed || 1;
  return (from) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return from[(state >>> 0) % from.length] as (typeof from)[number];
  };
}

/** What is meant, and all that differs from it in one thing: who asks, for what, where, or how. */
export function nearAsks(world: World): Ask[] {
  const principals = principalsOf(world);
  const places = placesOf(world);
  const contexts = honest(world.arns);
  const changes = twists(world.arns);
  const known = [...new Set(RIGHTS.flatMap((right) => right.actions))];
  const { arns } = world;
  return RIGHTS.flatMap((right) => {
    const principal = principals.find(
      ({ who, context }) => who === right.who && (who !== 'S3' || (right.only?.holds(context, arns) ?? true)),
    );
    if (!principal) throw new Error(`nobody is ${right.who}`);
    const fitting = right.on.flatMap((on) => places.filter((place) => isOn(on, place, arns)).slice(0, 2));
    return right.actions.flatMap((action, at) => {
      const ask = (more: Partial<Ask> = {}): Ask => {
        const one = { principal, action, resource: fitting[0] ?? '', context: {}, ...more };
        return { ...one, context: withSupplied(one.action, one.context, one.principal) };
      };
      const good = contexts
        .filter((context) => isMeant(right.who, action, fitting[0] ?? '', ask({ context }).context, arns))
        .slice(0, at === 0 ? 4 : 1);
      return good.flatMap((context) =>
        changes
          .map(([key, value]) => ask({ context: changed(context, key, value) }))
          .concat(places.map((resource) => ask({ context, resource })))
          .concat(principals.map((other) => ask({ context, principal: other })))
          .concat(known.map((other) => ask({ context, action: other }))),
      );
    });
  });
}

const changed = (context: Context, key: string, value: string | string[] | undefined): Context =>
  Object.fromEntries(
    Object.entries({ ...context, [key]: value }).filter(
      (entry): entry is [string, string | string[]] => entry[1] !== undefined && entry[1].length > 0,
    ),
  );

const withSupplied = (action: string, context: Context, principal: Principal): Context => ({
  'aws:SecureTransport': 'true',
  ...supplied(action, context),
  ...principal.context,
});

/** Anybody, anything, anywhere, anyhow. */
export function randomAsks(world: World, actions: readonly string[], count: number, seed = 1): Ask[] {
  const pick = randomOf(seed);
  const principals = principalsOf(world);
  const places = placesOf(world);
  const contexts = honest(world.arns);
  const changes = twists(world.arns);
  const known = RIGHTS.flatMap((right) => right.actions);
  return Array.from({ length: count }, () => {
    const principal = pick(principals);
    const action = pick([true, false]) ? pick(actions) : pick(known);
    const [first, second] = [pick(changes), pick(changes)];
    const context = changed(changed(pick(contexts), ...first), ...second);
    return { principal, action, resource: pick(places), context: withSupplied(action, context, principal) };
  });
}
