// The Lambda behind S3's events on originals: builds its clients once from the environment and works through the records.
import type { S3Event } from 'aws-lambda';
import { processRecord, type Dependencies } from './process.ts';
import { awsStores, clientsFor, type Clients } from './stores.ts';

let clients: Clients | undefined;

const setting = (name: string): string => {
  const value = process.env[name];
  if (!value) throw new Error(`the environment lacks ${name}`);
  return value;
};

function dependenciesFor(originalsBucket: string): Dependencies {
  clients ??= clientsFor(process.env);
  const names = {
    originalsBucket,
    libraryBucket: setting('LIBRARY_BUCKET'),
    photosTable: setting('PHOTOS_TABLE'),
  };
  return {
    stores: awsStores(clients, names),
    now: Date.now,
    log: (entry) => console.log(JSON.stringify(entry)),
  };
}

/** Tries every record; throws at the end when any failed, so that Lambda tries them again (doing so is harmless). */
export async function handler(event: Partial<S3Event>): Promise<void> {
  const errors: unknown[] = [];
  // S3 says hello with a test event, which has no records.
  for (const record of event.Records ?? []) {
    const dependencies = dependenciesFor(record.s3.bucket.name);
    try {
      await processRecord(record, dependencies);
    } catch (error) {
      errors.push(error);
      dependencies.log({ level: 'error', message: 'will be tried again', error: String(error) });
    }
  }
  if (errors.length === 1) throw errors[0];
  if (errors.length > 1) throw new AggregateError(errors, `${errors.length} records could not be processed`);
}
