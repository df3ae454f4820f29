// What an examination has found: one line for each thing that was looked at, and whether all is well.

/** Something is not as it should be; the message says what was found. */
export class Finding extends Error {}

export type Outcome = 'ok' | 'failed' | 'not tried';

export interface Result {
  what: string;
  outcome: Outcome;
  /** What was found, where something is wrong. */
  why?: string;
}

export class Examination {
  readonly results: Result[] = [];
  /** What is worth knowing, and neither well nor amiss. */
  readonly remarks: string[] = [];
  readonly #say: (line: string) => void;

  constructor(say: (line: string) => void = () => {}) {
    this.#say = say;
  }

  /** A heading, for who reads along. */
  chapter(title: string): void {
    this.#say(`\n${title}`);
  }

  /** Looks at one thing; gives what there was to see, or undefined where it is not well: what depends on it is not tried then. */
  async look<T>(what: string, see: () => Promise<T>): Promise<T | undefined> {
    try {
      const seen = await see();
      this.#note({ what, outcome: 'ok' });
      return seen;
    } catch (error) {
      this.#note({ what, outcome: 'failed', why: wordsFor(error) });
      return undefined;
    }
  }

  /** Passed over, because something it depends on is not well. */
  skip(what: string): void {
    this.#note({ what, outcome: 'not tried' });
  }

  remark(text: string): void {
    this.remarks.push(text);
    this.#say(`        ${text}`);
  }

  #note(result: Result): void {
    this.results.push(result);
    const mark = { ok: 'ok  ', failed: 'FAIL', 'not tried': '-   ' }[result.outcome];
    this.#say(`  ${mark}  ${result.what}${result.why === undefined ? '' : `\n          ${result.why}`}`);
  }

  get isWell(): boolean {
    return this.results.length > 0 && this.results.every(({ outcome }) => outcome === 'ok');
  }

  summary(): string {
    const count = (outcome: Outcome): number =>
      this.results.filter((result) => result.outcome === outcome).length;
    const [ok, failed, untried] = [count('ok'), count('failed'), count('not tried')];
    const rest = untried > 0 ? `, ${untried} not tried because of that` : '';
    return this.isWell
      ? `All is well: ${ok} things were looked at.`
      : `${failed} of ${this.results.length} things are not well${rest}.`;
  }
}

/** With the name that AWS gives an error: it is what one searches for. */
function wordsFor(error: unknown): string {
  if (error instanceof Finding) return error.message;
  if (!(error instanceof Error)) return String(error);
  const told = error.message === '' || error.message === error.name ? '' : `: ${error.message}`;
  return `${error.name}${told}`;
}

/** Waits for something to come true; rejects with what was last amiss when that takes too long. */
export async function eventually<T>(
  see: () => Promise<T>,
  { patience, pause }: { patience: number; pause: (milliseconds: number) => Promise<unknown> },
): Promise<T> {
  const until = performance.now() + patience;
  for (;;) {
    try {
      return await see();
    } catch (error) {
      if (performance.now() > until) throw error;
      await pause(500);
    }
  }
}

/** Refusals as S3, DynamoDB and Cognito spell them; S3 says of a HEAD no more than the number. */
const REFUSALS = /^(?:AccessDenied|AccessDeniedException|NotAuthorizedException|Forbidden|403)$/;

/** Fails unless AWS refuses it, and for want of a right. */
export async function refused(attempt: Promise<unknown>): Promise<void> {
  const outcome = await attempt.then(
    () => undefined,
    (error: unknown) => error as Error,
  );
  if (!outcome) throw new Finding('It was allowed.');
  if (!REFUSALS.test(outcome.name)) throw new Finding(`It was not refused, but failed: ${wordsFor(outcome)}`);
}
