// Numbers with their noun.
const plural = new Intl.PluralRules('en');

/** `1 photo`, `1,200 photos`. */
export const count = (n: number, one: string, many: string): string =>
  `${n.toLocaleString()} ${plural.select(n) === 'one' ? one : many}`;
