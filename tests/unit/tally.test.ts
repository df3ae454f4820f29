// The sum at the end of `npm test`: no failure of any kind may be lost in it.
import { expect, test } from 'vitest';
import { failuresOfVitest, summaryLine, sumOf, tallyOfPlaywright, tallyOfVitest } from '../tally.ts';

const vitest = (more: object = {}) => ({
  numPassedTests: 5,
  numFailedTests: 1,
  numPendingTests: 2,
  numTodoTests: 0,
  testResults: [{ status: 'failed', assertionResults: [{}, {}] }],
  ...more,
});
const playwright = (stats: object = {}, errors: unknown[] = []) => ({
  stats: { expected: 7, unexpected: 0, flaky: 0, skipped: 0, ...stats },
  errors,
});

test('both runners are summed up', () => {
  const sum = sumOf([tallyOfVitest(vitest()), tallyOfPlaywright(playwright({ unexpected: 2 }))]);
  expect(summaryLine(sum)).toBe('12 passed, 3 failed, 2 skipped');
});

test('skipped tests are mentioned only when there are any', () => {
  expect(summaryLine({ passed: 3, failed: 0, skipped: 0 })).toBe('3 passed, 0 failed');
});

test('a file that cannot be loaded is a failure', () => {
  const broken = { status: 'failed', assertionResults: [] };
  expect(tallyOfVitest(vitest({ numFailedTests: 0, testResults: [broken] })).failed).toBe(1);
});

test('a test that passes only when tried again is a failure, and so is an error outside of tests', () => {
  expect(tallyOfPlaywright(playwright({ flaky: 1 })).failed).toBe(1);
  expect(tallyOfPlaywright(playwright({}, [{ message: 'no browser' }])).failed).toBe(1);
});

test('a report that says nothing is refused', () => {
  expect(() => tallyOfVitest({})).toThrow('numPassedTests');
  expect(() => tallyOfPlaywright({ stats: {} })).toThrow('expected');
});

test('what failed is said with its file, its name and why', () => {
  const report = {
    testResults: [
      {
        name: 'one.test.ts',
        assertionResults: [
          { status: 'passed', fullName: 'works' },
          { status: 'failed', fullName: 'does not', failureMessages: ['expected 1 to be 2'] },
        ],
      },
      { name: 'two.test.ts', status: 'failed', message: 'no such module', assertionResults: [] },
    ],
  };
  expect(failuresOfVitest(report)).toEqual([
    'one.test.ts: does not\nexpected 1 to be 2',
    'two.test.ts: no such module',
  ]);
});
