// S3's events as the processor gets them: sent by S3 itself on AWS, by the local cloud in its place, and by `npm run reprocess`.

/** A change in an S3 bucket, before it is put into words. */
export interface ObjectChange {
  /** As `ObjectCreated:Put`, `ObjectRemoved:DeleteMarkerCreated`. */
  eventName: string;
  eventTime: string;
  bucket: string;
  /** Not yet form-encoded. */
  key: string;
  size?: number;
  versionId?: string;
  /** Hexadecimal, growing for each key. */
  sequencer: string;
}

/** S3 form-encodes keys in events, all but the slash. */
export const encodeEventKey = (key: string): string =>
  encodeURIComponent(key)
    .replaceAll('%2F', '/')
    .replaceAll('%20', '+')
    .replaceAll(/[!'()]/g, (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`);

/** `sender` stands where S3 names who made the change. https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html */
export function notificationOf(change: ObjectChange, region: string, sender = 'local') {
  const { eventName, eventTime, bucket, key, size, versionId, sequencer } = change;
  return {
    Records: [
      {
        eventVersion: '2.3',
        eventSource: 'aws:s3',
        awsRegion: region,
        eventTime,
        eventName,
        userIdentity: { principalId: sender },
        requestParameters: { sourceIPAddress: '127.0.0.1' },
        responseElements: { 'x-amz-request-id': sender, 'x-amz-id-2': sender },
        s3: {
          s3SchemaVersion: '1.0',
          configurationId: sender,
          bucket: { name: bucket, ownerIdentity: { principalId: sender }, arn: `arn:aws:s3:::${bucket}` },
          object: {
            key: encodeEventKey(key),
            ...(size !== undefined && { size }),
            ...(versionId !== undefined && { versionId }),
            sequencer,
          },
        },
      },
    ],
  };
}
