// Small readers for data that came from elsewhere: each takes unknown and gives the value or undefined. Pure.

export type Fields = Readonly<Record<string, unknown>>;

/** A plain object's own fields, on no prototype; undefined for anything else. */
export function fields(value: unknown): Fields | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  return Object.assign(Object.create(null) as Record<string, unknown>, value);
}

/** Text of 1 to `max` UTF-16 units. */
export const text = (value: unknown, max = 1024): string | undefined =>
  typeof value === 'string' && value.length > 0 && value.length <= max ? value : undefined;

export const flag = (value: unknown): boolean | undefined => (typeof value === 'boolean' ? value : undefined);

/** A finite number from `min` to `max`, both included. */
export const number = (value: unknown, min = -Infinity, max = Infinity): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) && value >= min && value <= max ? value : undefined;

export const whole = (value: unknown, min = 0, max = Number.MAX_SAFE_INTEGER): number | undefined =>
  Number.isInteger(value) ? number(value, min, max) : undefined;

export const oneOf = <T extends string>(value: unknown, choices: readonly T[]): T | undefined =>
  choices.find((choice) => choice === value);

/** A list in which what `read` cannot read is left out, at most `max` long. DynamoDB string sets arrive as Set. */
export function list<T>(
  value: unknown,
  read: (entry: unknown) => T | undefined,
  max = 1000,
): T[] | undefined {
  const entries = value instanceof Set ? [...value] : value;
  if (!Array.isArray(entries)) return undefined;
  const found: T[] = [];
  for (const entry of entries.slice(0, max)) {
    const parsed = read(entry);
    if (parsed !== undefined) found.push(parsed);
  }
  return found;
}

/** The same object without its undefined fields. */
export const defined = <T extends object>(from: T): T =>
  Object.fromEntries(Object.entries(from).filter(([, value]) => value !== undefined)) as T;
