// From whatever went wrong to the sentence for it.
import { AuthError } from './auth/error.ts';
import { CloudError, toCloudError } from './cloud/error.ts';
import { problems, sentence } from './ui/words/problems.ts';

export function explain(error: unknown): string {
  if (error instanceof AuthError) return sentence(problems, error.code);
  const problem = toCloudError(error);
  return sentence(problems, problem instanceof CloudError ? problem.code : 'unexpected');
}
