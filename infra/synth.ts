// `npm run synth`: the CloudFormation template, checked by cdk-nag, offline. With `--template FILE` only the template, unchecked and fast
// (for the local cloud); with `--cloud-assembly` the app as the CDK CLI runs it to deploy, with the processor bundled.
import { App, Validations } from 'aws-cdk-lib';
import { writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { readSettings } from './settings.ts';
import { ShoeboxStack } from './stack.ts';

const { values: options } = parseArgs({
  options: { template: { type: 'string' }, 'cloud-assembly': { type: 'boolean', default: false } },
});
const settings = readSettings();
const app = new App({
  analyticsReporting: false,
  treeMetadata: false,
  // The CLI says by CDK_OUTDIR where it wants the assembly.
  ...(options['cloud-assembly'] ? {} : { outdir: join(import.meta.dirname, '../cdk.out') }),
  postCliContext: options['cloud-assembly'] ? {} : { 'aws:cdk:bundling-stacks': [] },
});
const stack = new ShoeboxStack(app, settings);

if (options.template === undefined) {
  const { AwsSolutionsChecks } = await import('cdk-nag');
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
}
const artifact = app.synth().getStackArtifact(stack.artifactId);
if (options.template !== undefined) {
  writeFileSync(options.template, JSON.stringify(artifact.template));
} else if (!options['cloud-assembly']) {
  console.log(relative(process.cwd(), artifact.templateFullPath));
}
