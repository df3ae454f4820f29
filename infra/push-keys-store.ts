// Keeps the keys that notifications are signed with: read if they are there, else made and put. Never replaced.
import { GetParameterCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { Problem } from './problem.ts';
import { makePushKeys, parsePushKeys, type PushKeys } from './push-keys.ts';

export interface KeyStore {
  /** Undefined where nothing is. */
  get(name: string): Promise<string | undefined>;
  /** False where something is by now. */
  put(name: string, value: string): Promise<boolean>;
}

export async function readOrMakePushKeys(name: string, store: KeyStore): Promise<PushKeys> {
  const found = await store.get(name);
  if (found === undefined) {
    const made = makePushKeys();
    if (await store.put(name, JSON.stringify(made))) return made;
    // Somebody else has deployed meanwhile.
  }
  const keys = parsePushKeys(found ?? (await store.get(name)));
  if (!keys) {
    throw new Problem(
      `The SSM parameter ${name} does not hold the keys that notifications are signed with. It was changed by hand: delete it, and deploy again.`,
    );
  }
  return keys;
}

export function parameterStore(region: string): KeyStore {
  const ssm = new SSMClient({ region });
  const unless =
    <T>(name: string, value: T) =>
    (error: unknown): T => {
      if (error instanceof Error && error.name === name) return value;
      throw error;
    };
  return {
    get: async (Name) => {
      const { Parameter } = await ssm
        .send(new GetParameterCommand({ Name, WithDecryption: true }))
        .catch(unless('ParameterNotFound', { Parameter: undefined }));
      return Parameter?.Value;
    },
    put: (Name, Value) =>
      ssm
        .send(new PutParameterCommand({ Name, Value, Type: 'SecureString', Overwrite: false }))
        .then(() => true)
        .catch(unless('ParameterAlreadyExists', false)),
  };
}
