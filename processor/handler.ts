// The Lambda behind S3's events on originals and wishes: builds its clients once from the environment and works through the records.
import type { S3Event } from 'aws-lambda';
import { processRecords, type Dependencies } from './process.ts';
import { awsStores, clientsFor, type Clients } from './stores.ts';

let clients: Clients | undefined;

const setting = (name: string): string => {
  const value = process.env[name];
  if (!value) throw new Error(`the environment lacks ${name}`);
  return value;
};

const log = (entry: Record<string, unknown>): void => console.log(JSON.stringify(entry));

function dependencies(): Dependencies {
  const { LARGEST_ORIGINAL } = process.env;
  clients ??= clientsFor(process.env);
  const names = {
    originalsBucket: setting('ORIGINALS_BUCKET'),
    libraryBucket: setting('LIBRARY_BUCKET'),
    photosTable: setting('PHOTOS_TABLE'),
  };
  return {
    stores: awsStores(clients, names),
    now: Date.now,
    largest: LARGEST_ORIGINAL ? Number(LARGEST_ORIGINAL) : undefined,
    log,
  };
}

/** Rejects when any record failed, so that Lambda tries them again. S3 says hello with a test event, which has no records. */
export async function handler(event: Partial<S3Event>): Promise<void> {
  await processRecords(event.Records ?? [], dependencies, log);
}
