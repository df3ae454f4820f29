// The groups of the user pool, by which AWS knows what a signed-in person may do.

/** Their people get the member role; anyone with a Google account can sign in, but only these may do anything. */
export const MEMBERS_GROUP = 'members';
/** Their people may also say who is let in. */
export const OWNERS_GROUP = 'owners';
