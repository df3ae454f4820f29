// Says what was done to an album, offers the way back, and says so when it could not be saved.
import { problemCodeOf } from '../cloud/error.ts';
import type { Notices } from '../ui/notices.svelte.ts';
import { words } from '../ui/words/albums.ts';
import { problems, sentence } from '../ui/words/problems.ts';

/** Waits for what was shown at once. */
export async function saved(saving: Promise<unknown>, notices: Pick<Notices, 'say'>): Promise<void> {
  try {
    await saving;
  } catch (error) {
    console.error(error);
    notices.say(words.failed(sentence(problems, problemCodeOf(error))));
  }
}

/** The same, told before. */
export async function told(
  text: string,
  { saving, undo }: { saving: Promise<unknown>; undo?: () => Promise<unknown> },
  notices: Notices,
): Promise<void> {
  notices.say(
    navigator.onLine ? text : `${text} ${words.later}`,
    undo && { label: words.undo, run: () => void saved(undo(), notices) },
  );
  await saved(saving, notices);
}
