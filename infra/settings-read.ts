// Small readers of fields of infra/shoebox.json: each gives a value of the right kind, or says which field is wrong and how to cure it.
import { flag, text, whole, type Fields } from '../src/schema/parse.ts';
import { Problem } from './problem.ts';

/** Thrown for a wrong setting; the message names the field and the cure. */
export class SettingsError extends Problem {
  readonly field: string;
  constructor(field: string, cure: string, options?: ErrorOptions) {
    super(`infra/shoebox.json: "${field}" ${cure}`, options);
    this.name = 'SettingsError';
    this.field = field;
  }
}

/** An object of the file, and how its fields are to be called. */
export interface At {
  from: Fields;
  /** Empty, or ending in a dot. */
  path: string;
}

/** Null as it is, all else as `read` has it. */
export function eitherOr<T>({ from }: At, field: string, read: (value: unknown) => T): T | null {
  return from[field] === null ? null : read(from[field]);
}

export function matching({ from, path }: At, field: string, pattern: RegExp, cure: string): string {
  const found = text(from[field]);
  if (!found || !pattern.test(found)) throw new SettingsError(path + field, cure);
  return found;
}

export function wholeAt(
  { from, path }: At,
  field: string,
  min: number,
  max: number,
  { of = '', optional = true } = {},
): number {
  const found = whole(from[field], min, max);
  if (found !== undefined) return found;
  const cure = `must be a whole number${of && ` of ${of}`} from ${min} to ${max}${optional ? ', or null' : ''}`;
  throw new SettingsError(path + field, cure);
}

export function flagAt({ from, path }: At, field: string): boolean {
  const found = flag(from[field]);
  if (found === undefined) throw new SettingsError(path + field, 'must be true or false');
  return found;
}

export function refuseUnknown(from: Fields, known: readonly string[], path = ''): void {
  const unknown = Object.keys(from).find((field) => !known.includes(field));
  if (unknown) throw new SettingsError(path + unknown, `is not a setting; there are: ${known.join(', ')}`);
}
