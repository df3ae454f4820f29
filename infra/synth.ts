// `npm run synth`: the CloudFormation template, checked by cdk-nag, offline. With `--template FILE` only the template, unchecked and fast
// (for the local cloud; of other settings with `--with JSON`); with `--cloud-assembly` the app as it is deployed: checked, and with the
// Lambdas bundled. `--environment NAME` is another of those in infra/shoebox.json; `--fingerprint FILE` also writes what upgrades are held to.
import { App, Validations } from 'aws-cdk-lib';
import { rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { localSettings, readSettings, SettingsError, type Settings } from './settings.ts';
import { needsEdge } from './edge-names.ts';
import { EdgeStack } from './stack-edge.ts';
import { fingerprintOf, type Template } from './stateful.ts';
import { ShoeboxStack } from './stack.ts';

const { values: options } = parseArgs({
  options: {
    template: { type: 'string' },
    with: { type: 'string', default: '{}' },
    'cloud-assembly': { type: 'boolean', default: false },
    environment: { type: 'string' },
    fingerprint: { type: 'string' },
  },
});
const forCli = options['cloud-assembly'];
const onlyTemplate = options.template;

const app = new App({
  analyticsReporting: false,
  treeMetadata: false,
  // The CDK's own check of the template; it takes longer than all the rest.
  builtinCloudFormationValidation: onlyTemplate === undefined,
  // The CLI says by CDK_OUTDIR where it wants the assembly; a bare template needs none, and many may be made at once.
  ...(forCli || onlyTemplate !== undefined ? {} : { outdir: join(import.meta.dirname, '../cdk.out') }),
  ...(forCli ? {} : { postCliContext: { 'aws:cdk:bundling-stacks': [] } }),
});
const settings = settingsOf(options.environment);
const others = JSON.parse(options.with) as Partial<Settings>;
const stack = new ShoeboxStack(
  app,
  onlyTemplate === undefined ? settings : { ...localSettings(settings), ...others },
);
const edge = onlyTemplate === undefined && needsEdge(settings) ? new EdgeStack(app, settings) : undefined;

if (onlyTemplate === undefined) {
  const { AwsSolutionsChecks } = await import('cdk-nag');
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
}
// Throws, and prints what it found, when cdk-nag has a finding that nobody acknowledged.
const assembly = app.synth();
const artifact = assembly.getStackArtifact(stack.artifactId);

if (onlyTemplate !== undefined) {
  writeFileSync(onlyTemplate, JSON.stringify(artifact.template));
  rmSync(assembly.directory, { recursive: true });
} else if (!forCli) {
  if (options.fingerprint !== undefined) {
    const fingerprint = fingerprintOf(artifact.template as Template);
    writeFileSync(options.fingerprint, `${JSON.stringify(fingerprint, null, 2)}\n`);
  }
  printSummary();
}

function settingsOf(environment?: string): Settings {
  try {
    return readSettings(environment);
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    console.error(error.message);
    process.exit(1);
  }
}

function printSummary(): void {
  const { Resources: resources } = artifact.template as { Resources: Record<string, { Type: string }> };
  const types = Object.values(resources).map((resource) => resource.Type);
  console.log(`${stack.stackName}: ${types.length} resources`);
  for (const type of [...new Set(types)].sort()) {
    console.log(`  ${String(types.filter((other) => other === type).length).padStart(2)}  ${type}`);
  }
  if (edge) console.log(`and ${edge.stackName}, in us-east-1`);

  const reasons = new Map<string, Set<string>>();
  for (const construct of app.node.findAll()) {
    for (const { type, data } of construct.node.metadata) {
      if (type !== Validations.ACKNOWLEDGED_RULES_METADATA_KEY) continue;
      for (const [id, reason] of Object.entries(data as Record<string, string>)) {
        const rule = id.replace(/^.*?::/, '').replace(/\[.*/, '');
        const where = construct.node.path.slice(stack.node.path.length + 1);
        const places = reasons.get(`${rule}: ${reason}`) ?? new Set();
        reasons.set(`${rule}: ${reason}`, places.add(where));
      }
    }
  }
  console.log('\ncdk-nag AwsSolutions: no open findings. Acknowledged, each for a reason:');
  for (const [reason, places] of reasons) console.log(`  ${reason}\n      ${[...places].join(', ')}`);
  console.log(`\n${relative(process.cwd(), artifact.templateFullPath)}`);
}
