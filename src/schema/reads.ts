// What CloudFront answers where it stands before the library's S3 bucket: pictures, one's own and friends', by the reader's own signature.
// Pure.
import { RENDITIONS } from './keys.ts';
import { IDENTITY, MANIFEST_NAME, RANDOM } from './share-keys.ts';

// Keys come with their colon percent-encoded, as they are signed.
const OWNER = IDENTITY.replace(':', '(:|%3A)');
const PHOTO = '[A-Za-z0-9_-]{43}';
const PICTURE = `(${RENDITIONS.join('|')})[.]webp`;

/** The paths it answers, as a regular expression that its function can hold: never the index, whose bytes are a member's own. */
export const READ_PATH = `^/(renditions/${OWNER}/${PHOTO}/${PICTURE}|shares/friends/${OWNER}/${RANDOM}/(${MANIFEST_NAME.replace('.', '[.]')}|${RANDOM}/${PICTURE}))$`;

/** The page signs for the hour that credentials live: nothing that is good for longer is its. */
export const READ_SECONDS = 3600;
