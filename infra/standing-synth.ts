// What these settings would deploy, as CloudFormation's own resources: the stack, and the small one in CloudFront's Region where that is needed.
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Settings } from './settings.ts';
import { needsEdge } from './edge-names.ts';
import { EdgeStack } from './stack-edge.ts';
import { ShoeboxStack } from './stack.ts';
import type { Resources } from './standing.ts';

export function resourcesWith(settings: Settings): Resources {
  const outdir = mkdtempSync(join(tmpdir(), 'shoebox-resources-'));
  try {
    const app = new App({
      outdir,
      analyticsReporting: false,
      treeMetadata: false,
      builtinCloudFormationValidation: false,
      postCliContext: { 'aws:cdk:bundling-stacks': [] },
    });
    const stacks = [
      new ShoeboxStack(app, settings),
      ...(needsEdge(settings) ? [new EdgeStack(app, settings)] : []),
    ];
    return Object.fromEntries(
      stacks.flatMap((stack) =>
        Object.entries(Template.fromStack(stack).toJSON()['Resources'] as Resources).map(
          ([id, resource]) => [`${stack.stackName}/${id}`, resource] as const,
        ),
      ),
    );
  } finally {
    rmSync(outdir, { recursive: true });
  }
}
