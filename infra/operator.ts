// What an operator of a stack works with: its names on AWS or, for the local cloud, the file that it leaves for whoever runs it.
import { fields, text } from '../src/schema/parse.ts';

/** In the data directory of a local cloud that is running; for its own user only, because keys are in it. */
export const OPERATOR_FILE = 'operator.json';

export interface StackNames {
  region: string;
  originalsBucket: string;
  photosTable: string;
  /** Name of the processor's function. */
  processor: string;
  /** URL of the queue of what the processor gave up. */
  failureQueue: string;
  /** Id of the user pool. */
  userPool: string;
}

export interface LocalOperator {
  names: StackNames;
  endpoints: { s3: string; api: string; site: string };
  credentials: Keys;
  /** Of another principal, for the commands that take whole libraries in and bring them out. */
  keeping: Keys;
}

interface Keys {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken: string;
  /** ISO. */
  expiration: string;
}

/** A file that is none of a local cloud's, or of another version of it. */
export class OperatorError extends Error {}

/** Reads operator.json; throws an OperatorError for anything else. */
export function parseOperator(json: unknown): LocalOperator {
  const from = fields(json) ?? {};
  const part = (name: keyof LocalOperator) => {
    const values = fields(from[name]) ?? {};
    return (field: string): string => {
      const value = text(values[field], 4096);
      if (value === undefined) throw new OperatorError(`${OPERATOR_FILE} lacks ${name}.${field}`);
      return value;
    };
  };
  const [name, endpoint] = [part('names'), part('endpoints')];
  const keys = (field: (name: keyof Keys) => string): Keys => ({
    accessKeyId: field('accessKeyId'),
    secretAccessKey: field('secretAccessKey'),
    sessionToken: field('sessionToken'),
    expiration: field('expiration'),
  });
  return {
    names: {
      region: name('region'),
      originalsBucket: name('originalsBucket'),
      photosTable: name('photosTable'),
      processor: name('processor'),
      failureQueue: name('failureQueue'),
      userPool: name('userPool'),
    },
    endpoints: { s3: endpoint('s3'), api: endpoint('api'), site: endpoint('site') },
    credentials: keys(part('credentials')),
    keeping: keys(part('keeping')),
  };
}
