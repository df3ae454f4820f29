// What `npm run doctor` may do, beside what any member may: make people, sign them in, and take away what is left of them.
import type { PolicyDocument } from './policies.ts';

/** What it asks of the user pool. */
export const DOCTOR_OPERATIONS = [
  'AdminCreateUser',
  'AdminSetUserPassword',
  'AdminAddUserToGroup',
  'AdminInitiateAuth',
  'AdminDeleteUser',
] as const;
export type DoctorOperation = (typeof DOCTOR_OPERATIONS)[number];

/** On AWS it also reads the outputs of the stack (`cloudformation:DescribeStacks`). Versions are deleted of nobody's originals but its own people's. */
export const doctorPolicy = (arns: {
  userPool: string;
  originals: string;
  photos: string;
  social: string;
}): PolicyDocument => ({
  Version: '2012-10-17',
  Statement: [
    {
      Sid: 'MakePeople',
      Effect: 'Allow',
      Action: DOCTOR_OPERATIONS.map((name) => `cognito-idp:${name}`),
      Resource: [arns.userPool],
    },
    { Sid: 'FindWhatIsLeft', Effect: 'Allow', Action: ['s3:ListBucketVersions'], Resource: [arns.originals] },
    {
      Sid: 'RemoveVersions',
      Effect: 'Allow',
      Action: ['s3:DeleteObjectVersion'],
      Resource: [`${arns.originals}/*`],
    },
    {
      Sid: 'RemoveRows',
      Effect: 'Allow',
      Action: ['dynamodb:Query', 'dynamodb:DeleteItem'],
      Resource: [arns.photos, arns.social],
    },
  ],
});
