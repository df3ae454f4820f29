// What whoever takes in, brings out and moves whole libraries by command line may do; on AWS also `cloudformation:DescribeStacks`.
import type { PolicyDocument } from './policies.ts';

/** Write-once as for everybody: an original is put where there is none. */
export const keepingPolicy = (arns: {
  originals: string;
  library: string;
  photos: string;
  social: string;
}): PolicyDocument => ({
  Version: '2012-10-17',
  Statement: [
    {
      Sid: 'ListOriginals',
      Effect: 'Allow',
      Action: ['s3:ListBucket', 's3:ListBucketVersions'],
      Resource: [arns.originals],
    },
    {
      Sid: 'WriteOriginalsOnce',
      Effect: 'Allow',
      Action: ['s3:PutObject'],
      Resource: [`${arns.originals}/*`],
      Condition: { Null: { 's3:if-none-match': 'false' } },
    },
    {
      // Starting an upload in parts and its parts create no object yet.
      Sid: 'WriteParts',
      Effect: 'Allow',
      Action: ['s3:PutObject'],
      Resource: [`${arns.originals}/*`],
      Condition: { Bool: { 's3:ObjectCreationOperation': 'false' } },
    },
    {
      Sid: 'ReadOriginalsAndGiveUpParts',
      Effect: 'Allow',
      Action: ['s3:GetObject', 's3:GetObjectVersion', 's3:AbortMultipartUpload'],
      Resource: [`${arns.originals}/*`],
    },
    {
      // The Scan reads one row of each owner, to learn who there is.
      Sid: 'ReadRows',
      Effect: 'Allow',
      Action: ['dynamodb:BatchGetItem', 'dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:Scan'],
      Resource: [arns.photos, arns.social],
    },
    { Sid: 'WriteSocialRows', Effect: 'Allow', Action: ['dynamodb:PutItem'], Resource: [arns.social] },
    {
      // What the owner wrote goes along to another identity; of what is removed it is said that it is.
      Sid: 'MoveRows',
      Effect: 'Allow',
      Action: ['dynamodb:UpdateItem'],
      Resource: [arns.photos, arns.social],
    },
    { Sid: 'ListLibrary', Effect: 'Allow', Action: ['s3:ListBucket'], Resource: [arns.library] },
    {
      // In the versioned bucket of originals this adds a delete marker: the version stays for 30 days.
      Sid: 'RemoveWhatWasMoved',
      Effect: 'Allow',
      Action: ['s3:DeleteObject'],
      Resource: [`${arns.originals}/*`, `${arns.library}/*`],
    },
  ],
});
