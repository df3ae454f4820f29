// Where the processes of the bench leave their renditions for a closer look.
import { writeFileSync } from 'node:fs';
import type { Work } from './processor-worker.ts';

export const viewFile = (into: string): string => `${into}.view.webp`;
export const thumbFile = (into: string): string => `${into}.thumb.webp`;

export function writeRenditions(into: string, { view, thumb }: Work): void {
  writeFileSync(viewFile(into), view);
  writeFileSync(thumbFile(into), thumb);
}
