// The patterns of IAM policies: `*` and `?` as wildcards, `${...}` as policy variables. Only the policy's own text is a
// pattern: what a variable stands for, and what a request asks for, is taken letter by letter.

/** Condition keys in lower case, each with its values; a key without values is not there. */
export type Facts = ReadonlyMap<string, readonly string[]>;

type Part = { text: string } | { wildcard: '*' | '?' } | { variable: string; otherwise: string | undefined };

export interface Pattern {
  source: string;
  parts: readonly Part[];
}

export class PolicyError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'PolicyError';
  }
}

// `${*}`, `${?}` and `${$}` stand for the letters themselves; `${key, 'text'}` has a default.
const SYNTAX = /\$\{([*?$])\}|\$\{\s*([^\s,{}]+)\s*(?:,\s*'([^'{}]*)'\s*)?\}|([*?])|([^*?$]+|\$(?!\{))/gy;

/** Takes a policy's text apart; throws a PolicyError where a variable is malformed. */
export function parsePattern(source: string): Pattern {
  const parts: Part[] = [];
  let end = 0;
  for (const match of source.matchAll(SYNTAX)) {
    const [whole, letter, variable, otherwise, wildcard, text] = match;
    if (variable !== undefined) parts.push({ variable: variable.toLowerCase(), otherwise });
    else if (wildcard !== undefined) parts.push({ wildcard: wildcard as '*' | '?' });
    else parts.push({ text: letter ?? text ?? '' });
    end += whole.length;
  }
  if (end !== source.length) throw new PolicyError(`malformed policy variable in "${source}"`);
  return { source, parts };
}

export const hasVariable = (pattern: Pattern): boolean => pattern.parts.some((part) => 'variable' in part);

/** A key with several values cannot stand in for one word, so it has no value here. */
function valueOf(part: { variable: string; otherwise: string | undefined }, facts: Facts) {
  const values = facts.get(part.variable);
  return values?.length === 1 ? values[0] : values === undefined ? part.otherwise : undefined;
}

/** The pattern as plain text, wildcards being letters; undefined when a variable has no value. */
export function plainText({ parts }: Pattern, facts: Facts): string | undefined {
  let text = '';
  for (const part of parts) {
    const next = 'text' in part ? part.text : 'wildcard' in part ? part.wildcard : valueOf(part, facts);
    if (next === undefined) return undefined;
    text += next;
  }
  return text;
}

const escape = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`);

function compile({ parts }: Pattern, facts: Facts, flags: string, arn: boolean): RegExp | undefined {
  let colons = 0;
  let expression = '';
  for (const part of parts) {
    if ('wildcard' in part) {
      // In an ARN's first five segments a wildcard stays within its segment.
      const any = arn && colons < 5 ? '[^:]' : '[^]';
      expression += part.wildcard === '*' ? `${any}*` : any;
      continue;
    }
    const text = 'text' in part ? part.text : valueOf(part, facts);
    if (text === undefined) return undefined;
    if ('text' in part) colons += part.text.split(':').length - 1;
    expression += escape(text);
  }
  return new RegExp(`^${expression}$`, flags);
}

// Most patterns have no variable and are compiled once.
const constants = new WeakMap<Pattern, Map<string, RegExp | undefined>>();

function matches(pattern: Pattern, actual: string, facts: Facts, flags: string, arn: boolean): boolean {
  if (hasVariable(pattern)) return compile(pattern, facts, flags, arn)?.test(actual) ?? false;
  const known = constants.get(pattern) ?? new Map<string, RegExp | undefined>();
  constants.set(pattern, known);
  const name = `${flags} ${arn}`;
  if (!known.has(name)) known.set(name, compile(pattern, facts, flags, arn));
  return known.get(name)?.test(actual) ?? false;
}

export const isLike = (pattern: Pattern, actual: string, facts: Facts): boolean =>
  matches(pattern, actual, facts, 'u', false);

export const isActionLike = (pattern: Pattern, action: string): boolean =>
  matches(pattern, action, new Map(), 'iu', false);

export const isArnLike = (pattern: Pattern, arn: string, facts: Facts): boolean =>
  matches(pattern, arn, facts, 'u', true);

/** Whether a text can be an ARN at all: six segments, the last of which may hold more colons. */
export const isArn = (text: string): boolean => /^arn:[^:]+:(?:[^:]*:){3}./s.test(text);
