// The resources and outputs of a template, with every reference in them resolved.
import { checkProperties, modelOf, type Properties } from './template-models.ts';
import { TemplateError, Values, type Names, type Resource, type Template } from './template-values.ts';

export class Reader {
  readonly #template: Template;
  readonly values: Values;

  constructor(template: Template) {
    this.#template = template;
    this.values = new Values(template, (logicalId, { Type, Properties = {} }) =>
      modelOf(logicalId, Type)(logicalId, Properties, this.values),
    );
  }

  /** All resources of a type that the template's conditions let in, resolved. */
  all(type: string): { logicalId: string; names: Names; properties: Properties }[] {
    return Object.entries(this.#template.Resources)
      .filter(([, resource]) => resource.Type === type && this.#isIn(resource))
      .map(([logicalId, { Properties = {} }]) => {
        checkProperties(logicalId, type, Properties);
        const names = modelOf(logicalId, type)(logicalId, Properties, this.values);
        return { logicalId, names, properties: this.values.resolve(Properties) as Properties };
      });
  }

  one(type: string): { logicalId: string; names: Names; properties: Properties } {
    const [found, second] = this.all(type);
    if (!found || second) throw new TemplateError(`it needs exactly one ${type}`);
    return found;
  }

  output(name: string): string {
    const output = this.#template.Outputs?.[name];
    if (!output) throw new TemplateError(`it has no output ${name}`);
    return this.values.text(output.Value);
  }

  checkTypes(): void {
    for (const [logicalId, { Type }] of Object.entries(this.#template.Resources)) modelOf(logicalId, Type);
  }

  #isIn = ({ Condition }: Resource): boolean => Condition === undefined || this.values.holds(Condition);
}
