// The ways of keeping originals that may be chosen in infra/shoebox.json, as they are compared. Pure.
import type { Keeping } from '../schema/keeping.ts';

export const WAYS = {
  intelligent: { storage: 'intelligentTiering', deepArchive: null },
  glacierInstant: { storage: 'glacierInstant', deepArchive: null },
  deepArchive: { storage: 'intelligentTiering', deepArchive: { afterDays: 180 } },
} as const satisfies Record<string, Keeping>;
export type Way = keyof typeof WAYS;
