// What went wrong, by code.

/** Why a photo has no renditions, by the failure code of its row. */
export const failures = {
  empty: 'The file is empty: it holds no picture. It is kept as it is.',
  unsupported: 'This kind of file cannot be shown or played here. The original is kept as it is.',
  damaged: 'The file is damaged and cannot be shown. The original is kept as it is.',
  'too-large': 'The picture is too large to be shown. The original is kept as it is.',
  'hash-mismatch': 'The file did not arrive as it was sent. Please upload it again.',
  unexpected: 'Something went wrong while preparing this picture. The original is kept as it is.',
};

/** What went wrong between page and cloud. */
export const problems = {
  offline: 'There is no connection. Please try again once you are online.',
  'signed-out': 'Your sign-in has ended. Please sign in again; nothing that is safe is lost.',
  forbidden: 'You are not allowed to do this.',
  missing: 'This photo is no longer there.',
  exists: 'This photo is already stored.',
  archived: 'This original is in cold storage, and has to be restored first.',
  throttled: 'The cloud is busy. Please try again in a moment.',
  full: 'This device is full. What is stored is safe, and is shown here as soon as there is room.',
  unexpected: 'Something unexpected happened. Please try again.',
};

/** The sentence for a code that may be unknown. */
export const sentence = (table: Readonly<Record<string, string>>, code: string): string =>
  table[code] ?? table['unexpected'] ?? problems.unexpected;

/** Why a photo cannot be shown. Only the processor knows what a file of an unsupported kind is, and says so in the row. */
export const whyNotShown = (failure: { code: string; sentence: string } | undefined): string =>
  failure?.code === 'unsupported' && failure.sentence !== ''
    ? failure.sentence
    : sentence(failures, failure?.code ?? 'unexpected');
