// The Condition block of an IAM statement: operators, IfExists, and the set quantifiers for keys with several values.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
import {
  hasVariable,
  isArnLike,
  isLike,
  parsePattern,
  plainText,
  PolicyError,
  type Facts,
  type Pattern,
} from './iam-pattern.ts';

type Test = (expected: Pattern, actual: string, facts: Facts) => boolean;

const compare =
  (read: (text: string) => number, holds: (actual: number, expected: number) => boolean): Test =>
  (expected, actual, facts) => {
    const wanted = plainText(expected, facts);
    return wanted !== undefined && holds(read(actual), read(wanted));
  };

const numeric = (text: string): number => (text.trim() === '' ? Number.NaN : Number(text));
const date = (text: string): number => (/^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text));

const ordered = (name: string, read: (text: string) => number): Record<string, Test> => ({
  [`${name}Equals`]: compare(read, (a, b) => a === b),
  [`${name}LessThan`]: compare(read, (a, b) => a < b),
  [`${name}LessThanEquals`]: compare(read, (a, b) => a <= b),
  [`${name}GreaterThan`]: compare(read, (a, b) => a > b),
  [`${name}GreaterThanEquals`]: compare(read, (a, b) => a >= b),
});

const sameText: Test = (expected, actual, facts) => plainText(expected, facts) === actual;
const sameLetters: Test = (expected, actual, facts) =>
  plainText(expected, facts)?.toLowerCase() === actual.toLowerCase();

const TESTS: Readonly<Record<string, Test>> = {
  StringEquals: sameText,
  StringEqualsIgnoreCase: sameLetters,
  StringLike: isLike,
  Bool: sameLetters,
  // AWS gives both the same meaning.
  ArnEquals: isArnLike,
  ArnLike: isArnLike,
  ...ordered('Numeric', numeric),
  ...ordered('Date', date),
};

/** `StringNotEquals` is the opposite of `StringEquals`, and so on. */
const OPPOSITES: Readonly<Record<string, string>> = {
  StringNotEquals: 'StringEquals',
  StringNotEqualsIgnoreCase: 'StringEqualsIgnoreCase',
  StringNotLike: 'StringLike',
  ArnNotEquals: 'ArnEquals',
  ArnNotLike: 'ArnLike',
  NumericNotEquals: 'NumericEquals',
  DateNotEquals: 'DateEquals',
};

export interface Condition {
  /** In lower case: IAM does not tell cases of keys apart. */
  key: string;
  set: 'ForAllValues' | 'ForAnyValue' | undefined;
  /** Only asks whether the key is there. */
  isNull: boolean;
  holds: (facts: Facts) => boolean;
}

export function parseCondition(operator: string, key: string, values: readonly string[]): Condition {
  const [, set, name = '', ifExists] =
    /^(?:(ForAllValues|ForAnyValue):)?([A-Za-z]+?)(IfExists)?$/.exec(operator) ?? [];
  const quantifier = set as Condition['set'];
  const lower = key.toLowerCase();
  if (name === 'Null') {
    const [wanted, ...more] = values;
    if (more.length > 0 || (wanted !== 'true' && wanted !== 'false') || set || ifExists)
      throw new PolicyError(`Null ${key} takes one "true" or "false"`);
    return {
      key: lower,
      set: undefined,
      isNull: true,
      holds: (facts) => facts.has(lower) === (wanted === 'false'),
    };
  }
  const negated = name in OPPOSITES;
  const test = TESTS[OPPOSITES[name] ?? name];
  if (!test) throw new PolicyError(`unknown condition operator "${operator}"`);
  const expected = values.map(parsePattern);
  // What AWS makes of a variable without value in a negated comparison is not documented: never rely on it.
  if (negated && expected.some(hasVariable))
    throw new PolicyError(`${operator} ${key} compares with a policy variable`);

  const whenAbsent =
    ifExists !== undefined || quantifier === 'ForAllValues' || (quantifier === undefined && negated);
  const one = (actual: string, facts: Facts): boolean =>
    expected.some((pattern) => test(pattern, actual, facts)) !== negated;
  const holds = (facts: Facts): boolean => {
    const actual = facts.get(lower);
    if (actual === undefined) return whenAbsent;
    if (quantifier === 'ForAllValues') return actual.every((value) => one(value, facts));
    if (quantifier === 'ForAnyValue') return actual.some((value) => one(value, facts));
    const [only, ...more] = actual;
    if (only === undefined || more.length > 0)
      throw new PolicyError(`${key} has ${actual.length} values, and ${operator} no set quantifier`);
    return one(only, facts);
  };
  return { key: lower, set: quantifier, isNull: false, holds };
}
