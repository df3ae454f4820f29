// What a notification carries from the notifier to a device's service worker, and what may stand in it. Pure.
import { isIdentityId, isRandomId, type IdentityId, type RandomId } from './ids.ts';
import { fields, text, whole } from './parse.ts';

/** One batch of photos that a friend has shared. */
export interface Told {
  /** Of the batch: a later word about the same one takes the place of the first. */
  news: RandomId;
  share: RandomId;
  sender: IdentityId;
  count: number;
  /** How the sender wants to be called by this reader, if they have said so; and what the share is called. */
  name?: string;
  title?: string;
}

export const TOLD_NAME_LENGTH = 80;
export const TOLD_TITLE_LENGTH = 200;

/** Control characters, and those that turn the direction of what follows: a name must not rearrange the sentence it stands in. */
const UNSEEN = /[\p{Cc}\u061C\u200B\u200E\u200F\u2028-\u202E\u2060-\u2069\uFEFF]+/gu;

/** One line of plain text of at most `length` UTF-16 units; undefined when nothing is left. */
export const plainLine = (value: string | undefined, length: number): string | undefined => {
  const line = value?.replaceAll(UNSEEN, ' ').replaceAll(/\s+/g, ' ').trim() ?? '';
  // Never half of a character that takes two units.
  return line.slice(0, length).replace(/[\uD800-\uDBFF]$/, '') || undefined;
};

/** Reads what came in a push message; undefined for anything else. */
export function parseTold(json: unknown): Told | undefined {
  const from = fields(json);
  const { news, share, sender } = from ?? {};
  const count = whole(from?.['count'], 1, 1e6);
  if (!isRandomId(news) || !isRandomId(share) || !isIdentityId(sender) || !count) return undefined;
  const name = plainLine(text(from?.['name'], 1000), TOLD_NAME_LENGTH);
  const title = plainLine(text(from?.['title'], 1000), TOLD_TITLE_LENGTH);
  return { news, share, sender, count, ...(name && { name }), ...(title && { title }) };
}

/** The page's address of a share that somebody shares with the reader. */
export const sharedPath = ({ share, sender }: Pick<Told, 'share' | 'sender'>): string =>
  `/shared?${new URLSearchParams({ share, of: sender })}`;
