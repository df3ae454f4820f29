// The keys that notifications are signed with: a pair for each deployment, made once. A push service takes a notification only from
// whom the browser subscribed to, so another pair would silence every device until its page is opened again.
import webPush from 'web-push';
import { fields, text } from '../src/schema/parse.ts';

/** Name of the SSM parameter that holds them, as a SecureString. */
export const pushKeysParameter = (stackName: string): string => `/${stackName}/push-keys`;

export interface PushKeys {
  publicKey: string;
  privateKey: string;
}

export const makePushKeys = (): PushKeys => webPush.generateVAPIDKeys();

/** Reads what the parameter holds; undefined for anything else. */
export function parsePushKeys(value: string | undefined): PushKeys | undefined {
  let json: unknown;
  try {
    json = JSON.parse(value ?? 'null');
  } catch {
    return undefined;
  }
  const from = fields(json);
  const publicKey = text(from?.['publicKey'], 87);
  const privateKey = text(from?.['privateKey'], 43);
  return publicKey && privateKey ? { publicKey, privateKey } : undefined;
}
