// cdk-nag wants every wildcard in a policy acknowledged by name: this gives each its reason, and leaves the others to fail.
import { Stack, Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import type { PolicyDocument } from './policies.ts';

/** Acknowledges those wildcard resources of the role's policy for which there is a reason. */
export function acknowledgeWildcards(
  role: IConstruct,
  policy: PolicyDocument,
  reasonFor: (resource: string) => string | undefined,
): void {
  const resources = policy.Statement.flatMap((statement) => statement.Resource);
  for (const resource of new Set(resources.filter((name) => name.includes('*')))) {
    const reason = reasonFor(resource);
    if (reason === undefined) continue;
    const name = nagName(Stack.of(role).resolve(resource));
    Validations.of(role).acknowledge({ id: `AwsSolutions-IAM5[Resource::${name}]`, reason });
  }
}

/** cdk-nag's spelling of a resolved text: references and policy variables in angle brackets. */
function nagName(resolved: unknown): string {
  if (typeof resolved === 'string') return resolved.replaceAll('${', '<').replaceAll('}', '>');
  const { 'Fn::Join': join, Ref: ref } = resolved as { 'Fn::Join'?: [string, unknown[]]; Ref?: string };
  if (join) return join[1].map(nagName).join(join[0]);
  if (ref !== undefined) return `<${ref}>`;
  throw new Error(`no name for ${JSON.stringify(resolved)} in a policy`);
}
