// The values in a CloudFormation template: references, attributes and functions, resolved as CloudFormation would for the local
// account. What is not known here is an error: a policy resolved by half would be another policy.

export const ACCOUNT = '000000000000';
export const REGION = 'us-east-1';

export interface Resource {
  Type: string;
  Properties?: Record<string, unknown>;
  Condition?: string;
}

export interface Template {
  Resources: Record<string, Resource>;
  Outputs?: Record<string, { Value: unknown }>;
  Conditions?: Record<string, unknown>;
  Parameters?: Record<string, { Type: string; Default?: string }>;
  Mappings?: Record<string, Record<string, Record<string, unknown>>>;
}

/** What `Ref` and `Fn::GetAtt` give for one resource. */
export interface Names {
  ref: string;
  attributes: Readonly<Record<string, string>>;
}

export class TemplateError extends Error {
  constructor(message: string) {
    super(`The template cannot run locally: ${message}`);
    this.name = 'TemplateError';
  }
}

const PSEUDO: Record<string, string | undefined> = {
  'AWS::AccountId': ACCOUNT,
  'AWS::Region': REGION,
  'AWS::Partition': 'aws',
  'AWS::URLSuffix': 'amazonaws.com',
  'AWS::StackName': 'Shoebox',
  'AWS::StackId': `arn:aws:cloudformation:${REGION}:${ACCOUNT}:stack/Shoebox/local`,
  'AWS::NoValue': undefined,
};

type Arguments = readonly unknown[];

export class Values {
  readonly #template: Template;
  readonly #namesOf: (logicalId: string, resource: Resource) => Names;
  readonly #names = new Map<string, Names>();

  constructor(template: Template, namesOf: (logicalId: string, resource: Resource) => Names) {
    this.#template = template;
    this.#namesOf = namesOf;
  }

  /** The same value without functions. Members that are `AWS::NoValue` are gone. */
  resolve(value: unknown): unknown {
    if (typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value)) {
      return value.map((entry) => this.resolve(entry)).filter((entry) => entry !== undefined);
    }
    const entries = Object.entries(value);
    const [name, argument] = entries[0] ?? [];
    if (entries.length === 1 && name !== undefined && (name === 'Ref' || name.startsWith('Fn::'))) {
      return this.#call(name, argument);
    }
    // `Condition` is a function in the Conditions section only; elsewhere it is a policy's own word.
    return Object.fromEntries(
      entries
        .map(([key, entry]) => [key, this.resolve(entry)] as const)
        .filter(([, entry]) => entry !== undefined),
    );
  }

  text(value: unknown): string {
    const resolved = this.resolve(value);
    if (typeof resolved !== 'string') {
      throw new TemplateError(`${JSON.stringify(value)} should be text, and is not`);
    }
    return resolved;
  }

  holds(condition: string): boolean {
    const found = this.#template.Conditions?.[condition];
    if (found === undefined) throw new TemplateError(`there is no condition ${condition}`);
    return this.#holds(found);
  }

  #holds(condition: unknown): boolean {
    const [name, argument] = Object.entries(condition as Record<string, unknown>)[0] ?? [];
    const all = () => (argument as Arguments).map((one) => this.#holds(one));
    switch (name) {
      case 'Condition':
        return this.holds(String(argument));
      case 'Fn::Equals': {
        const [left, right] = (argument as Arguments).map((one) => this.text(one));
        return left === right;
      }
      case 'Fn::And':
        return all().every(Boolean);
      case 'Fn::Or':
        return all().some(Boolean);
      case 'Fn::Not':
        return !all()[0];
      default:
        throw new TemplateError(`the condition function ${String(name)} is unknown`);
    }
  }

  #call(name: string, argument: unknown): unknown {
    const list = argument as Arguments;
    switch (name) {
      case 'Ref':
        return this.#reference(String(argument));
      case 'Fn::GetAtt': {
        const [logicalId = '', ...attribute] =
          typeof argument === 'string' ? argument.split('.') : list.map(String);
        return this.#attribute(logicalId, attribute.join('.'));
      }
      case 'Fn::Join':
        return (this.resolve(list[1]) as string[]).join(String(list[0]));
      case 'Fn::Split':
        return this.text(list[1]).split(String(list[0]));
      case 'Fn::Select': {
        const picked = (this.resolve(list[1]) as unknown[])[Number(this.resolve(list[0]))];
        if (picked === undefined)
          throw new TemplateError(`Fn::Select finds nothing in ${JSON.stringify(list)}`);
        return picked;
      }
      case 'Fn::Sub':
        return typeof argument === 'string'
          ? this.#substitute(argument, {})
          : this.#substitute(String(list[0]), list[1] as Record<string, unknown>);
      case 'Fn::If':
        return this.resolve(this.holds(String(list[0])) ? list[1] : list[2]);
      case 'Fn::FindInMap': {
        const [map = '', top = '', second = ''] = list.map((one) => this.text(one));
        const found = this.#template.Mappings?.[map]?.[top]?.[second];
        if (found === undefined)
          throw new TemplateError(`Fn::FindInMap finds nothing at ${map}.${top}.${second}`);
        return found;
      }
      default:
        throw new TemplateError(`the function ${name} is unknown`);
    }
  }

  #substitute(text: string, own: Record<string, unknown>): string {
    return text.replaceAll(/\$\{(!?)([^}]+)\}/g, (_whole, literal: string, name: string) => {
      if (literal) return `\${${name}}`;
      if (Object.hasOwn(own, name)) return this.text(own[name]);
      const [logicalId = '', ...attribute] = name.split('.');
      return attribute.length > 0
        ? this.#attribute(logicalId, attribute.join('.'))
        : String(this.#reference(name));
    });
  }

  #reference(name: string): string | undefined {
    if (Object.hasOwn(PSEUDO, name)) return PSEUDO[name];
    const parameter = this.#template.Parameters?.[name];
    if (parameter) {
      if (parameter.Default === undefined || parameter.Type.startsWith('AWS::SSM')) {
        throw new TemplateError(`the parameter ${name} has no value here`);
      }
      return parameter.Default;
    }
    return this.#resourceNames(name).ref;
  }

  #attribute(logicalId: string, attribute: string): string {
    const found = this.#resourceNames(logicalId).attributes[attribute];
    if (found === undefined) {
      const type = this.#template.Resources[logicalId]?.Type ?? 'no resource';
      throw new TemplateError(`the attribute ${attribute} of ${logicalId} (${type}) is unknown`);
    }
    return found;
  }

  #resourceNames(logicalId: string): Names {
    const known = this.#names.get(logicalId);
    if (known) return known;
    const resource = this.#template.Resources[logicalId];
    if (!resource) throw new TemplateError(`there is no resource ${logicalId}`);
    const names = this.#namesOf(logicalId, resource);
    this.#names.set(logicalId, names);
    return names;
  }
}
