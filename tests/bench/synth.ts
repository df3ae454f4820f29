// npm run bench:synth: how long `npm run synth` takes, what it makes, and what cdk-nag finds that nobody gave a reason for.
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../../infra/local/synth.ts';
import { readSettings } from '../../infra/settings.ts';
import { kilobytes, median, result, round, table } from './report.ts';

const RUNS = 3;
/** What CloudFormation takes. */
const MOST_BYTES = 1_000_000;
const MOST_RESOURCES = 500;

const template = join(ROOT, 'cdk.out', `${readSettings().stackName}.template.json`);
const report = join(ROOT, 'cdk.out/validation-report.json');

interface Report {
  pluginReports: { violations: { ruleName: string; violatingConstructs: unknown[] }[] }[];
}

const times: number[] = [];
for (let run = 0; run < RUNS; run++) {
  // What an earlier run has left must not be taken for this one's.
  for (const file of [template, report]) rmSync(file, { force: true });
  const begin = performance.now();
  const { stderr } = spawnSync(process.execPath, ['--import', 'tsx', join(ROOT, 'infra/synth.ts')], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  times.push((performance.now() - begin) / 1000);
  process.stderr.write(stderr);
}

const text = readFileSync(template, 'utf8');
const resources = Object.keys((JSON.parse(text) as { Resources: object }).Resources).length;
const { pluginReports } = JSON.parse(readFileSync(report, 'utf8')) as Report;
const nagFindings = pluginReports
  .flatMap(({ violations }) => violations)
  .reduce((sum, { violatingConstructs }) => sum + violatingConstructs.length, 0);
const seconds = round(median(times));

table(`npm run synth (median of ${RUNS})`, [
  ['seconds, with the CDK’s own checks and cdk-nag', seconds, `of ${times.map(round).join(', ')}`],
  ['resources', String(resources), `${MOST_RESOURCES} are allowed`],
  ['template, kB', kilobytes(Buffer.byteLength(text)), `${kilobytes(MOST_BYTES)} are allowed`],
  ['findings of cdk-nag that nobody gave a reason for', String(nagFindings), 'aim: 0'],
]);
result('synth', { seconds, resources, nagFindings });
