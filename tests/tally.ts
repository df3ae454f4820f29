// How many tests passed and failed, read from the runners' own JSON reports.
import { fields, whole, type Fields } from '../src/schema/parse.ts';

export interface Tally {
  passed: number;
  failed: number;
  skipped: number;
}

const count = (from: Fields, name: string): number => {
  const found = whole(from[name]);
  if (found === undefined) throw new Error(`The report does not say "${name}".`);
  return found;
};

/** A file that could not even be loaded has no tests, but counts as a failure. */
export function tallyOfVitest(report: unknown): Tally {
  const from = fields(report) ?? {};
  const files = Array.isArray(from['testResults']) ? from['testResults'].map((one) => fields(one) ?? {}) : [];
  const broken = files.filter(
    ({ status, assertionResults }) =>
      status === 'failed' && Array.isArray(assertionResults) && assertionResults.length === 0,
  );
  return {
    passed: count(from, 'numPassedTests'),
    failed: count(from, 'numFailedTests') + broken.length,
    skipped: count(from, 'numPendingTests') + count(from, 'numTodoTests'),
  };
}

/** A test that passed only when tried again has failed, and so has a run with an error outside of its tests. */
export function tallyOfPlaywright(report: unknown): Tally {
  const from = fields(report) ?? {};
  const stats = fields(from['stats']) ?? {};
  const errors = Array.isArray(from['errors']) ? from['errors'].length : 0;
  return {
    passed: count(stats, 'expected'),
    failed: count(stats, 'unexpected') + count(stats, 'flaky') + errors,
    skipped: count(stats, 'skipped'),
  };
}

const listed = (value: unknown): Fields[] =>
  Array.isArray(value) ? value.map((one) => fields(one) ?? {}) : [];

/** What failed, in a few lines each: said once more at the end, because of a long run often only that is kept. */
export function failuresOfVitest(report: unknown): string[] {
  return listed(fields(report)?.['testResults']).flatMap(({ name, message, assertionResults, status }) => {
    const tests = listed(assertionResults);
    if (tests.length === 0 && status === 'failed') return [`${String(name)}: ${String(message)}`];
    return tests
      .filter((one) => one['status'] === 'failed')
      .map((one) => `${String(name)}: ${String(one['fullName'])}\n${String(one['failureMessages'])}`);
  });
}

export const sumOf = (tallies: readonly Tally[]): Tally =>
  tallies.reduce((sum, { passed, failed, skipped }) => ({
    passed: sum.passed + passed,
    failed: sum.failed + failed,
    skipped: sum.skipped + skipped,
  }));

export const summaryLine = ({ passed, failed, skipped }: Tally): string =>
  `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
