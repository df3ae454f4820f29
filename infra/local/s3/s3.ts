// The local S3: just the operations that the page, the processor and an operator use. Signature first, policy second, and
// only what both let through is looked at; what is allowed but not implemented answers 501, never something half true.
import { randomUUID } from 'node:crypto';
import { open, type FileHandle } from 'node:fs/promises';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { CredentialStore, ObjectEvent, Principal } from '../contract.ts';
import { parseTarget, type Target } from '../http.ts';
import { authorize, checkPolicies } from '../iam.ts';
import { verify } from '../sigv4.ts';
import { checkBucket, type BucketSpec } from './bucket.ts';
import { parsePath, readParameters, requireActions, type Call, type Room } from './call.ts';
import { corsHeaders, preflight } from './cors.ts';
import { deleteObject, deleteObjects } from './delete.ts';
import { httpDate, objectHeaders } from './describe.ts';
import { accessDenied, notImplemented, S3Error, toS3Error } from './errors.ts';
import { cut, loseAnswer, refuse, type Fault, type Faults } from './faults.ts';
import { sweep } from './lifecycle.ts';
import { listObjects, listVersions } from './lists.ts';
import { abortUpload, completeUpload, createUpload, listParts, uploadPart } from './multipart.ts';
import { notUnderstood, operationOf, type OperationName } from './operations.ts';
import { getObject } from './read.ts';
import { restoreObject } from './restore.ts';
import { Store } from './store.ts';
import { copyObject, putObject } from './write.ts';
import { errorDocument } from './xml.ts';

export type { BucketSpec, CorsRule, LifecycleRule } from './bucket.ts';

export interface S3Options {
  directory: string;
  buckets: readonly BucketSpec[];
  credentials: CredentialStore;
  region: string;
  account: string;
  /** Called once the change is safely stored. The event's `sequencer` is what `acknowledge` takes. */
  onEvent: (event: ObjectEvent) => void;
  now?: () => number;
}

export interface S3 {
  /** For an HTTP server that answers for one S3 bucket, or for all of them; path-style in both cases. */
  handler: (bucketName?: string, faults?: Faults) => RequestListener;
  /**
   * Reads an object for a service of AWS, by the S3 bucket's own policy alone; undefined for what it may not read, and for what is not
   * there, which looks the same to whoever may not list. The bytes are the caller's to close.
   */
  readAs: (service: Principal, bucketName: string, key: string) => Promise<ServedObject | undefined>;
  /** Hands every event that was never acknowledged to `onEvent`, oldest first: once, when its receiver is ready. */
  drain: () => Promise<void>;
  /** An event that is not acknowledged comes again after a restart. */
  acknowledge: (event: Pick<ObjectEvent, 'sequencer'>) => Promise<void>;
  /** For tests: so many milliseconds go by for what lies here. Rules move and remove it, restores are ready and over; clocks stay. */
  passTime: (milliseconds: number) => Promise<void>;
  close: () => Promise<void>;
}

export interface ServedObject {
  /** As S3 tells them. */
  headers: Readonly<Record<string, string>>;
  size: number;
  bytes: FileHandle;
}

const OPERATIONS: Readonly<Record<OperationName, (call: Call) => Promise<void>>> = {
  GetObject: getObject,
  HeadObject: getObject,
  PutObject: putObject,
  CopyObject: copyObject,
  DeleteObject: deleteObject,
  DeleteObjects: deleteObjects,
  CreateMultipartUpload: createUpload,
  UploadPart: uploadPart,
  CompleteMultipartUpload: completeUpload,
  AbortMultipartUpload: abortUpload,
  ListParts: listParts,
  ListObjectsV2: listObjects,
  ListObjectVersions: listVersions,
  RestoreObject: restoreObject,
  HeadBucket: async ({ response }) => {
    response.writeHead(200).end();
  },
};

function sendError(request: IncomingMessage, response: ServerResponse, error: S3Error, id: string): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const body = errorDocument(error, request.url ?? '', id);
  response.writeHead(error.status, {
    'content-type': 'application/xml',
    'content-length': Buffer.byteLength(body),
    ...error.headers,
  });
  response.end(body);
  // The rest of a refused body is read and dropped: a client that is still sending would not see the answer otherwise.
  request.resume();
}

export async function createS3(options: S3Options): Promise<S3> {
  const { buckets, credentials, region, account, onEvent, now = Date.now } = options;
  buckets.forEach(checkBucket);
  await checkPolicies(
    buckets.flatMap(({ policy }) => policy ?? []),
    'resource',
  );
  const store = await Store.open(options.directory, now, onEvent);
  await sweep(store, buckets, now());
  let ahead = 0;
  const time = () => now() + ahead;
  const room: Room = {
    store,
    buckets: new Map(buckets.map((bucket) => [bucket.name, bucket])),
    now,
    time,
    account,
  };

  async function serve(
    request: IncomingMessage,
    response: ServerResponse,
    target: Target,
    served: Room['buckets'],
    fault: Fault | undefined,
  ) {
    const { bucketName, key } = parsePath(target.path);
    const bucket = served.get(bucketName);
    const { method = '', url = '', headers } = request;
    const origin = headers.origin;
    if (method === 'OPTIONS') {
      const asked = preflight(
        bucket?.corsRules ?? [],
        origin,
        headers['access-control-request-method'],
        headers['access-control-request-headers'],
      );
      response.writeHead(200, { ...asked, 'content-length': '0' }).end();
      return;
    }
    for (const [name, value] of Object.entries(corsHeaders(bucket?.corsRules ?? [], origin, method)))
      response.setHeader(name, value);

    refuse(fault);
    const verified = verify({ method, url, headers }, credentials, { now: now(), services: ['s3'], region });
    if (!verified.ok) throw new S3Error(verified.status, verified.code, verified.message);
    if (bucketName === '') throw accessDenied();
    if (!bucket) throw new S3Error(404, 'NoSuchBucket', 'The specified bucket does not exist');
    const parameters = readParameters(target, headers);
    const call: Call = { ...room, request, response, bucket, key, verified, ...parameters };
    const operation = operationOf(method, key, parameters.query, parameters.headers);
    requireActions(call, operation.actions, operation.creates);

    if (!operation.name) throw notImplemented(`this ${method} request`);
    const strange = notUnderstood(operation, parameters);
    if (strange !== undefined) throw notImplemented(`"${strange}" in ${operation.name}`);
    if ((parameters.headers.get('x-amz-expected-bucket-owner') ?? account) !== account) throw accessDenied();
    await OPERATIONS[operation.name](call);
  }

  return {
    handler: (bucketName, faults) => {
      const served =
        bucketName === undefined
          ? room.buckets
          : new Map([...room.buckets].filter(([name]) => name === bucketName));
      return (request, response) => {
        const fault = faults?.(request);
        if (fault === 'cut') {
          cut(request);
          return;
        }
        if (fault === 'lost') loseAnswer(response);
        const id = randomUUID();
        response.setHeader('x-amz-request-id', id);
        response.setHeader('server', 'AmazonS3');
        response.setHeader('date', httpDate(now()));
        const target = parseTarget(request.url ?? '');
        const done = target
          ? serve(request, response, target, served, fault)
          : Promise.reject(new S3Error(400, 'InvalidURI', "Couldn't parse the specified URI."));
        done.catch((error: unknown) => {
          // A client that went away is no failure of ours, and nobody is left to hear of it.
          if (request.socket.destroyed) response.destroy();
          else sendError(request, response, toS3Error(error), id);
        });
      };
    },
    readAs: async (service, bucketName, key) => {
      const bucket = room.buckets.get(bucketName);
      const access = { action: 's3:GetObject', resource: `${bucket?.arn}/${key}`, context: {} };
      if (!bucket?.policy || !authorize(service, access, [bucket.policy], now())) return undefined;
      const [object] = await store.versions(bucketName, key);
      if (!object || object.marker) return undefined;
      try {
        const bytes = await open(store.files.path(object.file));
        return { headers: objectHeaders(object, false), size: object.size, bytes };
      } catch (error) {
        // Deleted just now.
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
        throw error;
      }
    },
    drain: async () => {
      for (const event of await store.events()) onEvent(event);
    },
    acknowledge: ({ sequencer }) => store.acknowledge(sequencer),
    passTime: async (milliseconds) => {
      ahead += milliseconds;
      await sweep(store, buckets, time());
    },
    close: () => store.close(),
  };
}
