// Who may do what: every IAM policy of Shoebox as plain JSON, built from the schema's own key builders. CDK deploys these very
// documents and the local cloud enforces them. No wildcard resources, no wildcard actions, no grant*() on user-facing roles.
import type { IdentityId, PhotoId, RandomId } from '../src/schema/ids.ts';
import {
  friendSharePrefix,
  indexPrefix,
  LINK_CLASSES,
  linkSharePrefix,
  originalKey,
  originalPrefix,
  renditionPrefix,
  wishPrefix,
} from '../src/schema/keys.ts';
import { DEFAULT_KEEPING, writtenClassOf, type Keeping } from '../src/schema/keeping.ts';
import { LINKS_PREFIX, MANIFEST_NAME, sharedOriginalName } from '../src/schema/share-keys.ts';
import { NOTIFIER, NOTIFIER_ATTRIBUTES } from '../src/schema/social.ts';
import { USER_POOL_OPERATIONS } from '../src/schema/user-pool.ts';
import { CHANGES_INDEX, INBOX_INDEX, OWNER_ATTRIBUTES, PHOTO_KEY_ATTRIBUTES } from '../src/schema/photo.ts';

export interface Statement {
  Sid: string;
  Effect: 'Allow' | 'Deny';
  Principal?: '*' | Record<string, string | string[]>;
  Action: string[];
  Resource: string[];
  Condition?: Record<string, Record<string, string | string[]>>;
}

export interface PolicyDocument {
  Version: '2012-10-17';
  Statement: Statement[];
}

/** ARNs of what the policies are about; CDK passes tokens, tests pass text. */
export interface Arns {
  originals: string;
  library: string;
  /** Names of these S3 buckets, for `x-amz-copy-source`, which is no ARN. */
  originalsName: string;
  libraryName: string;
  photos: string;
  social: string;
}

/** IAM puts the caller's identity id here when it evaluates the policy. */
const ME = '${cognito-identity.amazonaws.com:sub}' as IdentityId;
const ANY = '*' as PhotoId;

/** ForAllValues is true when the key is absent, so it never stands without this guard. */
const OWN_PARTITION = {
  'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': [ME] },
  Null: { 'dynamodb:LeadingKeys': 'false' },
};

/** No copy, and no storage class but the default: out of an archive class nobody could read it at once. */
const FROM_A_BODY = { 's3:x-amz-copy-source': 'true', 's3:x-amz-storage-class': 'true' };

/** An object made by a copy of such a one, as it is: with REPLACE the copier would choose the content type. */
const copyOf = (source: string): Statement['Condition'] => ({
  Bool: { 's3:ObjectCreationOperation': 'true' },
  Null: { 's3:x-amz-storage-class': 'true' },
  StringLike: { 's3:x-amz-copy-source': [source, `/${source}`] },
  StringEqualsIfExists: { 's3:x-amz-metadata-directive': ['COPY'] },
});

const document = (...Statement: Statement[]): PolicyDocument => ({ Version: '2012-10-17', Statement });

/** The role of a signed-in person in the group `members`. */
export function memberPolicy(arns: Arns, keeping: Keeping = DEFAULT_KEEPING): PolicyDocument {
  const original = `${arns.originals}/${originalKey(ME, ANY)}`;
  const ownLinks = LINK_CLASSES.map((name) => linkSharePrefix(ME, name));
  const ownShares = [friendSharePrefix(ME), ...ownLinks];
  return document(
    {
      Sid: 'ListOwnOriginals',
      Effect: 'Allow',
      Action: ['s3:ListBucket'],
      Resource: [arns.originals],
      Condition: { StringLike: { 's3:prefix': [`${originalPrefix(ME)}*`] } },
    },
    {
      Sid: 'ListOwnLibrary',
      Effect: 'Allow',
      Action: ['s3:ListBucket'],
      Resource: [arns.library],
      Condition: {
        StringLike: {
          's3:prefix': [renditionPrefix(ME), indexPrefix(ME), ...ownShares].map((prefix) => `${prefix}*`),
        },
      },
    },
    {
      Sid: 'ReadOwnAndShared',
      Effect: 'Allow',
      Action: ['s3:GetObject'],
      Resource: [
        original,
        `${arns.library}/${renditionPrefix(ME)}*`,
        `${arns.library}/${indexPrefix(ME)}*`,
        // Any friend's share, for whoever holds its unguessable id: nobody may list them.
        `${arns.library}/${friendSharePrefix(ANY as string as IdentityId)}*`,
        ...LINK_CLASSES.map((name) => `${arns.library}/${linkSharePrefix(ME, name)}*`),
      ],
    },
    {
      // Write-once. Completing a multipart upload sends no storage class, hence IfExists; what lands in STANDARD that way is
      // moved by the lifecycle rule.
      Sid: 'WriteOriginalOnce',
      Effect: 'Allow',
      Action: ['s3:PutObject'],
      Resource: [original],
      Condition: {
        Null: { 's3:if-none-match': 'false', 's3:x-amz-copy-source': 'true' },
        StringEqualsIfExists: { 's3:x-amz-storage-class': [writtenClassOf(keeping)] },
      },
    },
    {
      // Starting a multipart upload and its parts create no object yet: the completion does, under the statement above.
      Sid: 'WriteOriginalParts',
      Effect: 'Allow',
      Action: ['s3:PutObject'],
      Resource: [original],
      Condition: {
        Bool: { 's3:ObjectCreationOperation': 'false' },
        Null: { 's3:x-amz-copy-source': 'true' },
        StringEqualsIfExists: { 's3:x-amz-storage-class': [writtenClassOf(keeping)] },
      },
    },
    {
      Sid: 'ResumeOriginalParts',
      Effect: 'Allow',
      Action: ['s3:AbortMultipartUpload', 's3:ListMultipartUploadParts'],
      Resource: [original],
    },
    // Of what is in the deep archive a copy is made for some days, which costs something; the original stays where it is.
    ...(keeping.deepArchive
      ? [
          {
            Sid: 'RestoreOwnOriginals',
            Effect: 'Allow' as const,
            Action: ['s3:RestoreObject'],
            Resource: [original],
          },
        ]
      : []),
    {
      Sid: 'WriteOwnIndex',
      Effect: 'Allow',
      Action: ['s3:PutObject'],
      Resource: [`${arns.library}/${indexPrefix(ME)}*`],
      Condition: { Null: FROM_A_BODY },
    },
    {
      // In one piece, so that no upload in parts is ever begun here. What is in it, nobody reads: the key is the wish.
      Sid: 'WishForOwn',
      Effect: 'Allow',
      Action: ['s3:PutObject'],
      Resource: [`${arns.library}/${wishPrefix(ME)}*`],
      Condition: { Bool: { 's3:ObjectCreationOperation': 'true' }, Null: FROM_A_BODY },
    },
    {
      // The content type stays the one that the processor wrote. An upload in parts could name a rendition as its source and then
      // bring bytes of its own: it creates no object when it starts, nor do its parts.
      Sid: 'ShareOwnRenditions',
      Effect: 'Allow',
      Action: ['s3:PutObject'],
      Resource: ownShares.map((prefix) => `${arns.library}/${prefix}*`),
      Condition: copyOf(`${arns.libraryName}/${renditionPrefix(ME)}*`),
    },
    {
      // Where links carry originals, they lie in a place of their own, which the host of links answers as downloads only.
      Sid: 'LinkOwnOriginals',
      Effect: 'Allow',
      Action: ['s3:PutObject'],
      Resource: ownLinks.map(
        (prefix) => `${arns.library}/${prefix}*/${sharedOriginalName(ANY as string as RandomId)}`,
      ),
      Condition: copyOf(`${arns.originalsName}/${originalPrefix(ME)}*`),
    },
    {
      Sid: 'WriteOwnManifests',
      Effect: 'Allow',
      Action: ['s3:PutObject'],
      Resource: ownShares.map((prefix) => `${arns.library}/${prefix}*/manifest.json`),
      Condition: { Null: FROM_A_BODY },
    },
    {
      // In the versioned originals bucket this only adds a delete marker; nobody but the account's owner deletes versions. Of a batch S3
      // asks this for each of its keys.
      Sid: 'DeleteOwn',
      Effect: 'Allow',
      Action: ['s3:DeleteObject'],
      Resource: [original, ...ownShares.map((prefix) => `${arns.library}/${prefix}*`)],
    },
    {
      Sid: 'ReadOwnPhotoRows',
      Effect: 'Allow',
      Action: ['dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:Query'],
      Resource: [arns.photos, `${arns.photos}/index/${CHANGES_INDEX}`],
      Condition: OWN_PARTITION,
    },
    {
      Sid: 'EditOwnPhotoRows',
      Effect: 'Allow',
      Action: ['dynamodb:UpdateItem'],
      Resource: [arns.photos],
      Condition: {
        'ForAllValues:StringEquals': {
          'dynamodb:LeadingKeys': [ME],
          'dynamodb:Attributes': [...PHOTO_KEY_ATTRIBUTES, ...OWNER_ATTRIBUTES],
        },
        Null: { 'dynamodb:LeadingKeys': 'false', 'dynamodb:Attributes': 'false' },
        // Keeps the statement to the list above; ReadOwnPhotoRows lets the owner read the rest of the row anyway.
        StringEqualsIfExists: { 'dynamodb:ReturnValues': ['NONE', 'UPDATED_OLD', 'UPDATED_NEW'] },
      },
    },
    {
      Sid: 'UseOwnSocialRows',
      Effect: 'Allow',
      Action: [
        'dynamodb:GetItem',
        'dynamodb:BatchGetItem',
        'dynamodb:Query',
        'dynamodb:UpdateItem',
        'dynamodb:PutItem',
        'dynamodb:BatchWriteItem',
      ],
      Resource: [arns.social],
      Condition: OWN_PARTITION,
    },
    {
      // On an index the leading key is the index's own: `owner` in changes, `recipient` in inbox.
      Sid: 'ReadOwnSocialIndexes',
      Effect: 'Allow',
      Action: ['dynamodb:Query'],
      Resource: [`${arns.social}/index/${CHANGES_INDEX}`, `${arns.social}/index/${INBOX_INDEX}`],
      Condition: OWN_PARTITION,
    },
  );
}

/**
 * The role of a signed-in person in the group `owners`, in which the page says who is let in. It reaches the user pool and nothing else:
 * no photo, no row, of nobody. IAM cannot tell one group from another, so an owner may also make owners.
 */
export function ownerPolicy(userPoolArn: string): PolicyDocument {
  return document({
    Sid: 'SayWhoIsLetIn',
    Effect: 'Allow',
    Action: USER_POOL_OPERATIONS.map((name) => `cognito-idp:${name}`),
    Resource: [userPoolArn],
  });
}

/** The processor: reads originals, writes renditions and rows. It cannot write, let alone delete, an original. */
export function processorPolicy(arns: Pick<Arns, 'originals' | 'library' | 'photos'>): PolicyDocument {
  return document(
    {
      // With it a missing original is a 404, which the processor can tell from a refusal.
      Sid: 'TellMissingFromForbidden',
      Effect: 'Allow',
      Action: ['s3:ListBucket'],
      Resource: [arns.originals],
    },
    { Sid: 'ReadOriginals', Effect: 'Allow', Action: ['s3:GetObject'], Resource: [`${arns.originals}/*`] },
    {
      Sid: 'WriteRenditions',
      Effect: 'Allow',
      Action: ['s3:PutObject', 's3:DeleteObject'],
      Resource: [`${arns.library}/renditions/*`],
    },
    {
      Sid: 'WritePhotoRows',
      Effect: 'Allow',
      Action: ['dynamodb:GetItem', 'dynamodb:UpdateItem'],
      Resource: [arns.photos],
    },
  );
}

/**
 * The notifier: reads manifests of shares with friends, and rows of people; pictures it cannot read. What it writes is the mark on a
 * device that is gone, when an address was asked, and in a partition of its own whom it has told.
 */
export function notifierPolicy(
  arns: Pick<Arns, 'library' | 'social'> & {
    /** The parameter with its keys. */
    keys: string;
    /** Its topics, up to what names the person; undefined where it sends no mail. */
    topicPrefix: string | undefined;
  },
): PolicyDocument {
  const mail: Statement[] = [
    {
      Sid: 'WriteMail',
      Effect: 'Allow',
      Action: ['sns:CreateTopic', 'sns:ListSubscriptionsByTopic', 'sns:Publish'],
      Resource: [`${arns.topicPrefix}*`],
    },
    {
      Sid: 'AskWhoWantsMail',
      Effect: 'Allow',
      Action: ['sns:Subscribe'],
      Resource: [`${arns.topicPrefix}*`],
      Condition: { StringEquals: { 'sns:Protocol': ['email'] } },
    },
  ];
  return document(
    {
      Sid: 'ReadManifests',
      Effect: 'Allow',
      Action: ['s3:GetObject'],
      Resource: [`${arns.library}/${friendSharePrefix(ANY as string as IdentityId)}*/${MANIFEST_NAME}`],
    },
    {
      Sid: 'ReadSocialRows',
      Effect: 'Allow',
      Action: ['dynamodb:GetItem', 'dynamodb:Query'],
      Resource: [arns.social],
    },
    {
      Sid: 'MarkRows',
      Effect: 'Allow',
      Action: ['dynamodb:UpdateItem'],
      Resource: [arns.social],
      Condition: {
        'ForAllValues:StringEquals': { 'dynamodb:Attributes': [...NOTIFIER_ATTRIBUTES] },
        Null: { 'dynamodb:Attributes': 'false' },
        StringEqualsIfExists: { 'dynamodb:ReturnValues': ['NONE'] },
      },
    },
    {
      Sid: 'NoteWhomItTold',
      Effect: 'Allow',
      Action: ['dynamodb:PutItem'],
      Resource: [arns.social],
      Condition: {
        'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': [NOTIFIER] },
        Null: { 'dynamodb:LeadingKeys': 'false' },
      },
    },
    { Sid: 'ReadItsKeys', Effect: 'Allow', Action: ['ssm:GetParameter'], Resource: [arns.keys] },
    ...(arns.topicPrefix === undefined ? [] : mail),
  );
}

/** Whoever runs `npm run reprocess` needs this and no more; on AWS also `cloudformation:DescribeStacks`, for the names. */
export function operatorPolicy(
  arns: Pick<Arns, 'originals' | 'photos'> & { processor: string; failures: string },
): PolicyDocument {
  return document(
    { Sid: 'ListOriginals', Effect: 'Allow', Action: ['s3:ListBucket'], Resource: [arns.originals] },
    {
      // The Scan reads one row of each owner, to learn who there is.
      Sid: 'ReadPhotoRows',
      Effect: 'Allow',
      Action: ['dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:Scan'],
      Resource: [arns.photos],
    },
    {
      Sid: 'RunProcessor',
      Effect: 'Allow',
      Action: ['lambda:InvokeFunction'],
      Resource: [arns.processor],
    },
    {
      Sid: 'EmptyFailureQueue',
      Effect: 'Allow',
      Action: [
        'sqs:GetQueueAttributes',
        'sqs:ReceiveMessage',
        'sqs:ChangeMessageVisibility',
        'sqs:DeleteMessage',
      ],
      Resource: [arns.failures],
    },
  );
}

/** Bucket policy of every S3 bucket: TLS only, and no SSE-C, whose lost key would lose the photo. */
export function bucketPolicy(bucketArn: string): PolicyDocument {
  return document(
    {
      Sid: 'TlsOnly',
      Effect: 'Deny',
      Principal: '*',
      Action: ['s3:*'],
      Resource: [bucketArn, `${bucketArn}/*`],
      Condition: { Bool: { 'aws:SecureTransport': 'false' } },
    },
    {
      Sid: 'NoCustomerKeys',
      Effect: 'Deny',
      Principal: '*',
      Action: ['s3:PutObject'],
      Resource: [`${bucketArn}/*`],
      Condition: { Null: { 's3:x-amz-server-side-encryption-customer-algorithm': 'false' } },
    },
  );
}

/** What the library's own policy adds for the host of links: it reads what is behind links, and nothing else of anybody. */
export function shareHostPolicy(libraryArn: string, distributionArn: string): PolicyDocument {
  return document({
    Sid: 'ServeLinks',
    Effect: 'Allow',
    Principal: { Service: 'cloudfront.amazonaws.com' },
    Action: ['s3:GetObject'],
    Resource: [`${libraryArn}/${LINKS_PREFIX}*`],
    Condition: { StringEquals: { 'aws:SourceArn': distributionArn } },
  });
}
