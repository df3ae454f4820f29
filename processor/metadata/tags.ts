// What the readers of EXIF, XMP, IPTC and PNG texts hand on: named values as they stand in the file, nothing of them believed yet.

/** By name, on no prototype: text, finite or infinite numbers, bytes, lists of these, or rubbish. */
export type Values = Readonly<Record<string, unknown>>;

export interface Tags {
  /** By the names of the EXIF standard; fractions are numbers, texts are repaired and end at the first NUL. */
  exif?: Values;
  /** By property name without its prefix; text, or a list of texts. */
  xmp?: Values;
  /** By the names of the IPTC standard; lists of texts. */
  iptc?: Values;
  /** PNG text by keyword, and `tIME`. */
  png?: Values;
}

export const TAG_GROUPS = ['exif', 'xmp', 'iptc', 'png'] as const;

export const newValues = (): Record<string, unknown> => Object.create(null) as Record<string, unknown>;

/** Whether a value says nothing: blanks, or the blanks and zeros that cameras fill a date with. */
const isBlank = (value: unknown): boolean =>
  value === undefined ||
  (typeof value === 'string' && /^[\s\0:0]*$/.test(value)) ||
  (Array.isArray(value) && value.length === 0);

/** What the first lacks is taken from the second. */
export function merged(first: Tags, second: Tags): Tags {
  const tags: Tags = {};
  for (const group of TAG_GROUPS) {
    const values = newValues();
    for (const [name, value] of [
      ...Object.entries(first[group] ?? {}),
      ...Object.entries(second[group] ?? {}),
    ])
      if (isBlank(values[name])) values[name] = value;
    tags[group] = values;
  }
  return tags;
}
