// The processor's deployment asset, made by the CDK as for a deployment: bundle, decoders, places, and sharp installed for a platform.
import { App, Stack } from 'aws-cdk-lib';
import { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs';
import { Runtime } from 'aws-cdk-lib/aws-lambda';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { BUNDLING } from '../../infra/stack-processor.ts';
import { ROOT } from '../../infra/local/synth.ts';

export type Cpu = 'arm64' | 'x64';

/** Of this machine: what is built for it can be run here. */
export const THIS_CPU = process.arch as Cpu;

/** Builds below `directory`, which must be there; gives the asset's folder, as Lambda unpacks it. Throws what npm said when it failed. */
export function buildAsset(directory: string, cpu: Cpu): string {
  const outdir = join(directory, cpu);
  const app = new App({ outdir, analyticsReporting: false });
  const fn = new NodejsFunction(new Stack(app, 'Asset'), 'Processor', {
    entry: join(ROOT, 'processor/handler.ts'),
    projectRoot: ROOT,
    depsLockFilePath: join(ROOT, 'package-lock.json'),
    // For another processor than the deployment's where that is this machine's; all else is the deployment's own.
    bundling: { ...BUNDLING, environment: { ...BUNDLING.environment, npm_config_cpu: cpu } },
    runtime: Runtime.NODEJS_24_X,
  });
  const name = readdirSync(outdir).find((entry) => entry.startsWith('asset.'));
  if (!name) throw new Error(`nothing was bundled for ${fn.node.path}`);
  return join(outdir, name);
}
