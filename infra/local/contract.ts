// What the parts of the local cloud tell each other: principals, requests to authorise, S3 events. Types only.
import type { PolicyDocument } from '../policies.ts';
import type { ObjectChange } from '../s3-event.ts';

/** Condition keys and their values as AWS would supply them for one request. Keys as AWS spells them. */
export type Context = Readonly<Record<string, string | readonly string[]>>;

/** Who signed a request, and what they may do. */
export interface Principal {
  arn: string;
  /** Identity policies of the role. */
  policies: readonly PolicyDocument[];
  /** Principal-side condition keys, such as `cognito-identity.amazonaws.com:sub`. */
  context: Context;
}

/** What one access key id (and its session token) stands for. */
export type ResolvedCredentials =
  | { state: 'valid'; secretAccessKey: string; principal: Principal }
  | { state: 'unknown' | 'bad-token' | 'expired' };

/** Credentials of members (identity pool) and of the processor's role; stateless, so they outlive a restart. */
export interface CredentialStore {
  resolve(accessKeyId: string, sessionToken: string | undefined, now: number): ResolvedCredentials;
}

/** One action on one resource, with the condition keys that the request brings; the gate adds the principal's and the global ones. */
export interface Access {
  /** As `s3:PutObject`. */
  action: string;
  /** ARN, in which `*` is a letter like any other. */
  resource: string;
  context: Context;
}

/** A change in an S3 bucket that its notifications name. */
export type ObjectEvent = ObjectChange;
