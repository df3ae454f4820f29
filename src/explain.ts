// From whatever went wrong to the sentence for it.
import { AuthError } from './auth/error.ts';
import { problemCodeOf, toCloudError } from './cloud/error.ts';
import { problems, sentence } from './ui/words/problems.ts';

export function explain(error: unknown): string {
  if (error instanceof AuthError) return sentence(problems, error.code);
  return sentence(problems, problemCodeOf(toCloudError(error)));
}
