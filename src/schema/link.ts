// Links for anyone: the address that is passed on, and where what is behind it lies on the host of links. Pure.
//
// All that tells one link from another is in the fragment, which no server is ever sent, and no referrer names.
import { isIdentityId, isRandomId, type IdentityId, type RandomId } from './ids.ts';
import { LINK_CLASSES, type LinkClass } from './keys.ts';

/** The page's path. */
export const LINK_PAGE = '/s';

export interface LinkAddress {
  linkClass: LinkClass;
  owner: IdentityId;
  share: RandomId;
}

const pathOf = ({ linkClass, owner, share }: LinkAddress): string => `${linkClass}/${owner}/${share}`;

/** What is passed on. */
export const linkOf = (origin: string, address: LinkAddress): string =>
  `${origin}${LINK_PAGE}#${pathOf(address)}`;

/** Reads a link's fragment, with or without its `#`; undefined for any other text. */
export function parseLink(fragment: string): LinkAddress | undefined {
  // Some apps encode what they pass on.
  const [name, owner, share, ...rest] = fragment.replace(/^#/, '').replaceAll(/%3a/gi, ':').split('/');
  const linkClass = LINK_CLASSES.find((one) => one === name);
  return linkClass && isIdentityId(owner) && isRandomId(share) && rest.length === 0
    ? { linkClass, owner, share }
    : undefined;
}

/** Where something of a link is served: `name` as share-keys.ts has it. */
export const linkedUrl = (shareHost: string, address: LinkAddress, name: string): string =>
  `${shareHost}/${pathOf(address)}/${name}`;
