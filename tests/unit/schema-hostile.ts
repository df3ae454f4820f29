// Data nobody should have sent, for every reader of the schema: prototypes, wrong types, numbers that are none, text without end.
import * as fc from 'fast-check';

const words = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  'length',
  '..',
  '',
  '\0',
];
const numbers = [Number.NaN, Infinity, -Infinity, -0, 1e308, Number.MAX_SAFE_INTEGER + 2, -1];

const scalar = fc.oneof(
  fc.constantFrom<unknown>(...words, ...numbers, null, undefined, true, false, 10n, Symbol('s')),
  fc.string({ unit: 'binary' }),
  fc.constant('x'.repeat(100_000)),
  fc.date(),
  fc.constant(() => 'a function'),
);

/** JSON as a parser gives it: there, `__proto__` is a field like any other. */
const prototypeJson = fc.constantFrom(
  '{"__proto__":{"status":"ready","owner":"x"}}',
  '{"constructor":{"prototype":{"admin":true}}}',
  '[{"__proto__":[]}]',
);

export const hostile: fc.Arbitrary<unknown> = fc.oneof(
  scalar,
  fc.array(scalar),
  fc.dictionary(fc.oneof(fc.constantFrom(...words), fc.string()), scalar, { noNullPrototype: false }),
  fc.anything({ withBigInt: true, withDate: true, withMap: true, withSet: true, withTypedArray: true }),
  prototypeJson.map((text) => JSON.parse(text) as unknown),
);

/** A value with some of its fields replaced by hostile ones, and some that nobody asked for. */
export const spoiled = <T extends object>(good: fc.Arbitrary<T>): fc.Arbitrary<Record<string, unknown>> =>
  good.chain((value) =>
    fc
      .dictionary(fc.oneof(fc.constantFrom(...Object.keys(value)), fc.string()), hostile, { minKeys: 1 })
      .map((wrong): Record<string, unknown> => Object.assign({}, value, wrong)),
  );
