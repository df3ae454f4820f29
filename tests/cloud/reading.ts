// A template in which pictures are read through CloudFront, whatever infra/shoebox.json says.
import { join } from 'node:path';
import { ROOT, synthesise } from '../../infra/local/synth.ts';
import type { Template } from '../../infra/local/template-values.ts';

export const withReads = (): Promise<Template> =>
  synthesise(join(ROOT, '.shoebox/cache/reads'), { cloudFrontReads: true });
