// What the index holds: objects, delete markers, and uploads in parts. Types only.
import type { ObjectEvent } from '../contract.ts';
import type { Checksum } from './checksums.ts';

/** What a writer says about an object, kept with it and given back with it. */
export interface Description {
  /** `content-type`, `cache-control` and their like. */
  headers: Readonly<Record<string, string>>;
  /** User metadata, names without `x-amz-meta-`. */
  metadata: Readonly<Record<string, string>>;
  storageClass: string;
}

interface AnyVersion {
  /** `null` in an S3 bucket without versions. */
  id: string;
  /** Epoch milliseconds. */
  modified: number;
}

export interface StoredObject extends AnyVersion, Description {
  marker: false;
  file: string;
  size: number;
  etag: string;
  checksum?: Checksum;
  /** Of what lies in the deep archive: from when until when it can be read, in epoch milliseconds. */
  restore?: { ready: number; until: number };
}

/** Says that the object is deleted, in an S3 bucket with versions. */
export interface DeleteMarker extends AnyVersion {
  marker: true;
}

export type Version = StoredObject | DeleteMarker;

export interface Upload extends Description {
  bucket: string;
  key: string;
  initiated: number;
  algorithm?: Checksum['algorithm'];
}

export interface Part {
  number: number;
  file: string;
  size: number;
  etag: string;
  modified: number;
  checksum?: Checksum;
}

/** Newest first; without versions at most one. */
export type Versions = readonly Version[];

export interface Change {
  versions: Versions;
  event?: Pick<ObjectEvent, 'eventName' | 'size' | 'versionId'>;
  /** The multipart upload that this change completes. */
  completes?: { uploadId: string; parts: readonly Part[] };
}
