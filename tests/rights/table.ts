// Who may do what where, as it is meant: written by hand, row by row, and never derived from the policies. The synthesised stack is held
// against it; so is the table in .github/SECURITY.md.
import type { Context } from '../../infra/local/contract.ts';
import type { ThingName, World } from './world.ts';

export const ME = 'us-east-1:11111111-1111-4111-8111-111111111111';
export const OTHER = 'us-east-1:22222222-2222-4222-8222-222222222222';

export type Who =
  | 'member'
  | 'owner'
  | 'nobody'
  | 'processor'
  | 'notifier'
  | 'page host'
  | 'links host'
  | 'S3'
  | 'alarms'
  | 'anybody else';

export interface Right {
  who: Who;
  may: string;
  actions: readonly string[];
  /** A thing, or what lies in it; `*` stands for anything, also for slashes. */
  on: readonly string[];
  only?: { say: string; holds: (context: Context, arns: World['arns']) => boolean };
}

const one = (context: Context, key: string): string | undefined => {
  const value = context[key];
  return typeof value === 'string' ? value : value?.[0];
};
const many = (context: Context, key: string): readonly string[] => {
  const value = context[key];
  return value === undefined ? [] : typeof value === 'string' ? [value] : value;
};

const below = (say: string, prefixes: readonly string[]): Right['only'] => ({
  say,
  holds: (context) => {
    const asked = one(context, 's3:prefix');
    return asked !== undefined && prefixes.some((prefix) => asked.startsWith(prefix));
  },
});

const isBody = (context: Context): boolean => one(context, 's3:x-amz-copy-source') === undefined;
const isOriginalClass = (context: Context): boolean =>
  [undefined, 'INTELLIGENT_TIERING'].includes(one(context, 's3:x-amz-storage-class'));
const isDefaultClass = (context: Context): boolean => one(context, 's3:x-amz-storage-class') === undefined;
const creates = (context: Context): string | undefined => one(context, 's3:ObjectCreationOperation');

const FROM_A_BODY: Right['only'] = {
  say: 'from a body, in the default class',
  holds: (context) => isBody(context) && isDefaultClass(context),
};

const copyOf = (say: string, bucket: 'originals' | 'library', prefix: string): Right['only'] => ({
  say: `a copy of ${say}, as it is, in the default class`,
  holds: (context, arns) => {
    const source = (one(context, 's3:x-amz-copy-source') ?? '').replace(/^\//, '');
    return (
      source.startsWith(`${arns[bucket].slice('arn:aws:s3:::'.length)}/${prefix}`) &&
      creates(context) === 'true' &&
      isDefaultClass(context) &&
      [undefined, 'COPY'].includes(one(context, 's3:x-amz-metadata-directive'))
    );
  },
});

const keysAre = (context: Context, owner: string): boolean => {
  const keys = many(context, 'dynamodb:LeadingKeys');
  return keys.length > 0 && keys.every((key) => key === owner);
};
const attributesAreOf = (context: Context, known: readonly string[]): boolean => {
  const names = many(context, 'dynamodb:Attributes');
  return names.length > 0 && names.every((name) => known.includes(name));
};
const returnsOneOf = (context: Context, ...known: (string | undefined)[]): boolean =>
  [undefined, ...known].includes(one(context, 'dynamodb:ReturnValues'));

const isFrom = (context: Context, ...sources: string[]): boolean =>
  sources.includes(one(context, 'aws:SourceArn') ?? '');

const OWN_ROWS: Right['only'] = {
  say: 'every key asked for is their own id',
  holds: (context) => keysAre(context, ME),
};

/** Written out once more, because the schema's list is what is held against it. */
export const OWNERS_WORDS = [
  'favorite',
  'caption',
  'tags',
  'archived',
  'trashedAt',
  'takenAtOverride',
  'placeOverride',
]
  .flatMap((name) => [name, `${name}EditedAt`])
  .concat('owner', 'photoId', 'changedAt');
export const NOTIFIERS_WORDS = [
  'owner',
  'id',
  'changedAt',
  'askedAt',
  'deletedAt',
  'deletedAtEditedAt',
  'expiresAt',
];

const LINKS = ['7d', '30d', 'keep'].map((kind) => `shares/links/${kind}/${ME}/`);
const SHARES = [`shares/friends/${ME}/`, ...LINKS];

export const RIGHTS: readonly Right[] = [
  {
    who: 'member',
    may: 'list own originals',
    actions: ['s3:ListBucket'],
    on: ['originals'],
    only: below('below `{me}/`', [`${ME}/`]),
  },
  {
    who: 'member',
    may: 'list own renditions, snapshot and shares',
    actions: ['s3:ListBucket'],
    on: ['library'],
    only: below('below `renditions/{me}/`, `index/{me}/`, `shares/…/{me}/`', [
      `renditions/${ME}/`,
      `index/${ME}/`,
      ...SHARES,
    ]),
  },
  {
    who: 'member',
    may: 'read what is their own',
    actions: ['s3:GetObject'],
    on: [
      `originals/${ME}/*`,
      `library/renditions/${ME}/*`,
      `library/index/${ME}/*`,
      ...LINKS.map((prefix) => `library/${prefix}*`),
    ],
  },
  {
    who: 'member',
    may: 'read a share with friends whose id they know',
    actions: ['s3:GetObject'],
    on: ['library/shares/friends/*/*'],
  },
  {
    who: 'member',
    may: 'write an own original',
    actions: ['s3:PutObject'],
    on: [`originals/${ME}/*`],
    only: {
      say: 'from a body, in Intelligent-Tiering (STANDARD, where Glacier Instant Retrieval is chosen); over nothing (`If-None-Match`), or a part of an upload in parts',
      holds: (context) =>
        isBody(context) &&
        isOriginalClass(context) &&
        (one(context, 's3:if-none-match') !== undefined || creates(context) === 'false'),
    },
  },
  {
    who: 'member',
    may: 'look at or give up an own upload in parts',
    actions: ['s3:AbortMultipartUpload', 's3:ListMultipartUploadParts'],
    on: [`originals/${ME}/*`],
  },
  {
    who: 'member',
    may: 'have an own original restored, where there is a deep archive',
    actions: ['s3:RestoreObject'],
    on: [`originals/${ME}/*`],
  },
  {
    who: 'member',
    may: 'write their own snapshot',
    actions: ['s3:PutObject'],
    on: [`library/index/${ME}/*`],
    only: FROM_A_BODY,
  },
  {
    who: 'member',
    may: 'wish that an own photo is looked at again',
    actions: ['s3:PutObject'],
    on: [`library/wishes/${ME}/*`],
    only: {
      say: 'in one piece, from a body, in the default class',
      holds: (context) => isBody(context) && isDefaultClass(context) && creates(context) === 'true',
    },
  },
  {
    who: 'member',
    may: 'put pictures into an own share',
    actions: ['s3:PutObject'],
    on: SHARES.map((prefix) => `library/${prefix}*`),
    only: copyOf('an own rendition', 'library', `renditions/${ME}/`),
  },
  {
    who: 'member',
    may: 'put originals into an own link',
    actions: ['s3:PutObject'],
    on: LINKS.map((prefix) => `library/${prefix}*/originals/*`),
    only: copyOf('an own original', 'originals', `${ME}/`),
  },
  {
    who: 'member',
    may: 'write the manifest of an own share',
    actions: ['s3:PutObject'],
    on: SHARES.map((prefix) => `library/${prefix}*/manifest.json`),
    only: FROM_A_BODY,
  },
  {
    who: 'member',
    may: 'delete own originals (the version stays) and own shares',
    actions: ['s3:DeleteObject'],
    on: [`originals/${ME}/*`, ...SHARES.map((prefix) => `library/${prefix}*`)],
  },
  {
    who: 'member',
    may: 'read own photo rows',
    actions: ['dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:Query'],
    on: ['photos', 'photos/index/changes'],
    only: OWN_ROWS,
  },
  {
    who: 'member',
    may: 'edit own photo rows',
    actions: ['dynamodb:UpdateItem'],
    on: ['photos'],
    only: {
      say: 'own id; favorite, caption, tags, archive, trash, corrections and their times; no other attribute back',
      holds: (context) =>
        keysAre(context, ME) &&
        attributesAreOf(context, OWNERS_WORDS) &&
        returnsOneOf(context, 'NONE', 'UPDATED_OLD', 'UPDATED_NEW'),
    },
  },
  {
    who: 'member',
    may: 'read and write own social rows',
    actions: [
      'dynamodb:GetItem',
      'dynamodb:BatchGetItem',
      'dynamodb:Query',
      'dynamodb:UpdateItem',
      'dynamodb:PutItem',
      'dynamodb:BatchWriteItem',
    ],
    on: ['social'],
    only: OWN_ROWS,
  },
  {
    who: 'member',
    may: 'read what has changed, and what is addressed to them',
    actions: ['dynamodb:Query'],
    on: ['social/index/changes', 'social/index/inbox'],
    only: OWN_ROWS,
  },
  {
    who: 'owner',
    may: 'see, invite, let in, keep out, sign out and remove people',
    actions: [
      'cognito-idp:ListUsers',
      'cognito-idp:ListUsersInGroup',
      'cognito-idp:AdminCreateUser',
      'cognito-idp:AdminAddUserToGroup',
      'cognito-idp:AdminRemoveUserFromGroup',
      'cognito-idp:AdminDisableUser',
      'cognito-idp:AdminEnableUser',
      'cognito-idp:AdminUserGlobalSignOut',
      'cognito-idp:AdminDeleteUser',
    ],
    on: ['userPool'],
  },
  {
    who: 'processor',
    may: 'read any original, and see that one is missing',
    actions: ['s3:GetObject'],
    on: ['originals/*'],
  },
  { who: 'processor', may: 'see which originals there are', actions: ['s3:ListBucket'], on: ['originals'] },
  {
    who: 'processor',
    may: 'write and delete renditions',
    actions: ['s3:PutObject', 's3:DeleteObject'],
    on: ['library/renditions/*'],
  },
  {
    who: 'processor',
    may: 'read and write photo rows',
    actions: ['dynamodb:GetItem', 'dynamodb:UpdateItem'],
    on: ['photos'],
  },
  {
    who: 'notifier',
    may: 'read manifests of shares with friends',
    actions: ['s3:GetObject'],
    on: ['library/shares/friends/*/*/manifest.json'],
  },
  {
    who: 'notifier',
    may: 'read social rows',
    actions: ['dynamodb:GetItem', 'dynamodb:Query'],
    on: ['social'],
  },
  {
    who: 'notifier',
    may: 'mark a device that is gone, or an address that was asked',
    actions: ['dynamodb:UpdateItem'],
    on: ['social'],
    only: {
      say: 'those attributes, and nothing of the row back',
      holds: (context) => attributesAreOf(context, NOTIFIERS_WORDS) && returnsOneOf(context, 'NONE'),
    },
  },
  {
    who: 'notifier',
    may: 'note whom it has told',
    actions: ['dynamodb:PutItem'],
    on: ['social'],
    only: { say: 'in a partition that is nobody’s', holds: (context) => keysAre(context, 'notifier') },
  },
  { who: 'notifier', may: 'read the keys of Web Push', actions: ['ssm:GetParameter'], on: ['keys'] },
  {
    who: 'notifier',
    may: 'write mail, by topics of its own, where that is on',
    actions: ['sns:CreateTopic', 'sns:ListSubscriptionsByTopic', 'sns:Publish'],
    on: ['mail*'],
  },
  {
    who: 'notifier',
    may: 'ask an address whether it wants mail',
    actions: ['sns:Subscribe'],
    on: ['mail*'],
    only: { say: 'an e-mail address', holds: (context) => one(context, 'sns:Protocol') === 'email' },
  },
  ...(['processor', 'notifier'] as const).flatMap((who): Right[] => [
    {
      who,
      may: 'write its own log',
      actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      on: [`${who}Log:*`],
    },
    { who, may: 'name what it failed at', actions: ['sqs:SendMessage'], on: [`${who}Queue`] },
  ]),
  { who: 'page host', may: 'read the page’s files', actions: ['s3:GetObject'], on: ['site/*'] },
  {
    who: 'links host',
    may: 'read what is behind links',
    actions: ['s3:GetObject'],
    on: ['library/shares/links/*'],
  },
  {
    who: 'S3',
    may: 'tell the processor of originals, and of wishes',
    actions: ['lambda:InvokeFunction'],
    on: ['processor'],
    only: {
      say: 'for these two S3 buckets',
      holds: (context, arns) => isFrom(context, arns.originals, arns.library),
    },
  },
  {
    who: 'S3',
    may: 'tell the notifier of shares',
    actions: ['lambda:InvokeFunction'],
    on: ['notifier'],
    only: { say: 'for the library', holds: (context, arns) => isFrom(context, arns.library) },
  },
  { who: 'alarms', may: 'write to the owner', actions: ['sns:Publish'], on: ['alarms'] },
];

/** Whatever the table says: plain HTTP is refused, and keys of the customer's own. */
export const isRefusedToAll = (action: string, resource: string, context: Context): boolean => {
  const isS3 = action.startsWith('s3:') && resource.startsWith('arn:aws:s3:::');
  const plain = context['aws:SecureTransport'] === 'false';
  return (
    (plain && (isS3 || action.startsWith('sqs:') || (action === 'sns:Publish' && /Alarms/.test(resource)))) ||
    (action === 's3:PutObject' && context['s3:x-amz-server-side-encryption-customer-algorithm'] !== undefined)
  );
};

/** `originals/{me}/*` as it is written here, against an ARN. */
export function isOn(pattern: string, resource: string, arns: World['arns']): boolean {
  const name = Object.keys(arns).find((thing) =>
    new RegExp(`^${thing}(?![A-Za-z])`).test(pattern),
  ) as ThingName;
  const parts = (arns[name] + pattern.slice(name.length)).split('*');
  const expression = parts
    .map((part) => part.replaceAll(/[$()*+.?[\\\]^{|}]/g, String.raw`\$&`))
    .join('[^]*');
  return new RegExp(`^${expression}$`).test(resource);
}

export const isMeant = (
  who: Who,
  action: string,
  resource: string,
  context: Context,
  arns: World['arns'],
): boolean =>
  !isRefusedToAll(action, resource, context) &&
  RIGHTS.some(
    (right) =>
      right.who === who &&
      right.actions.includes(action) &&
      right.on.some((pattern) => isOn(pattern, resource, arns)) &&
      (right.only?.holds(context, arns) ?? true),
  );

/** As rows of Markdown. */
export const asMarkdown = (): string[][] =>
  RIGHTS.map(({ who, may, actions, on, only }) => [
    who,
    may,
    actions.map((action) => `\`${action}\``).join(' '),
    on.map((place) => `\`${place.replaceAll(ME, '{me}')}\``).join(' '),
    only?.say ?? '',
  ]);
