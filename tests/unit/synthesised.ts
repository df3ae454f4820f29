// The template of a stack with some settings, as tests look at it: references as text, resources by type.
import { App, type Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { parseSettings, type Settings } from '../../infra/settings.ts';
import { ShoeboxStack } from '../../infra/stack.ts';
import { fields, type Fields } from '../../src/schema/parse.ts';

export const SETTINGS: Settings = parseSettings({ region: 'us-east-1' });

const outdir = mkdtempSync(join(tmpdir(), 'shoebox-stack-'));
afterAll(() => {
  rmSync(outdir, { recursive: true });
});

export const newApp = (): App =>
  new App({
    outdir,
    analyticsReporting: false,
    treeMetadata: false,
    builtinCloudFormationValidation: false,
    context: { 'aws:cdk:bundling-stacks': [] },
  });

export interface Resource {
  id: string;
  type: string;
  properties: Fields;
  whole: Fields;
}

/** The template's resources with their references as text: account and Region as AWS would fill them in, others as `<id.attribute>`. */
export class Synthesised {
  readonly resources: Resource[];
  readonly outputs: Fields;
  readonly json: unknown;

  constructor(
    settings: Partial<Settings> = {},
    make: (app: App, settings: Settings) => Stack = (app, all) => new ShoeboxStack(app, all),
  ) {
    this.json = Template.fromStack(make(newApp(), { ...SETTINGS, ...settings })).toJSON();
    const template = fields(plain(this.json)) ?? {};
    this.outputs = fields(template['Outputs']) ?? {};
    this.resources = Object.entries(fields(template['Resources']) ?? {}).map(([id, resource]) => {
      const whole = fields(resource) ?? {};
      return { id, type: String(whole['Type']), properties: fields(whole['Properties']) ?? {}, whole };
    });
  }

  all(type: string): Resource[] {
    return this.resources.filter((resource) => resource.type === type);
  }

  one(type: string, id = /./): Resource {
    const [found, ...others] = this.all(type).filter((resource) => id.test(resource.id));
    if (!found || others.length > 0) throw new Error(`${others.length + Number(!!found)} of ${type} ${id}`);
    return found;
  }
}

const PSEUDO: Readonly<Record<string, string>> = {
  'AWS::Partition': 'aws',
  'AWS::AccountId': '111111111111',
  'AWS::Region': 'us-east-1',
};

function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  const from = value as Record<string, unknown>;
  if (Array.isArray(from['Fn::Join'])) {
    const [glue, parts] = from['Fn::Join'] as [string, unknown[]];
    return parts.map(plain).join(glue);
  }
  if (typeof from['Ref'] === 'string') return PSEUDO[from['Ref']] ?? `<${from['Ref']}>`;
  if (Array.isArray(from['Fn::GetAtt'])) return `<${from['Fn::GetAtt'].join('.')}>`;
  return Object.fromEntries(Object.entries(from).map(([key, inner]) => [key, plain(inner)]));
}
