import * as v from 'valibot';

const Statement = v.object({
  Sid: v.string(),
  Effect: v.literal('Allow'),
  Action: v.union([v.string(), v.array(v.string())]),
  Resource: v.unknown(),
  Condition: v.optional(v.unknown()),
});
const Resource = v.object({
  Type: v.string(),
  Condition: v.optional(v.string()),
  DeletionPolicy: v.optional(v.string()),
  DependsOn: v.optional(v.unknown()),
  Properties: v.optional(v.record(v.string(), v.unknown()), {}),
});
const Role = v.object({
  Policies: v.array(v.object({ PolicyDocument: v.object({ Statement: v.array(Statement) }) })),
});
const Template = v.object({
  Parameters: v.record(v.string(), v.unknown()),
  Resources: v.record(v.string(), Resource),
});

export type Resource = v.InferOutput<typeof Resource>;
export type Statement = v.InferOutput<typeof Statement>;
export type Template = v.InferOutput<typeof Template>;

/** Reads a CloudFormation template. */
export function parseTemplate(text: string): Template {
  return v.parse(Template, JSON.parse(text));
}

/** Properties of the resource with that logical id. */
export function propertiesOf(template: Template, logicalId: string): Record<string, unknown> {
  return resource(template, logicalId).Properties;
}

/** The resource with that logical id. */
export function resource(template: Template, logicalId: string): Resource {
  const found = template.Resources[logicalId];
  if (found === undefined) throw new Error(`The template has no ${logicalId}.`);
  return found;
}

/** Resources of a type, by logical id. */
export function resourcesOfType(template: Template, type: string): Array<[string, Resource]> {
  return Object.entries(template.Resources).filter(([, r]) => r.Type === type);
}

/** Logical id that `sls` gives the function of that name in serverless.yml. */
export function functionId(name: string): string {
  const id = name.replaceAll('-', 'Dash');
  return `${id.charAt(0).toUpperCase()}${id.slice(1)}LambdaFunction`;
}

/** What the function's role allows it. */
export function statementsOf(template: Template, functionName: string): Statement[] {
  const { Role: role } = v.parse(
    v.object({ Role: v.object({ 'Fn::GetAtt': v.tuple([v.string(), v.literal('Arn')]) }) }),
    propertiesOf(template, functionId(functionName)),
  );
  return statementsOfRole(template, role['Fn::GetAtt'][0]);
}

/** What the role with that logical id is allowed. */
export function statementsOfRole(template: Template, logicalId: string): Statement[] {
  const { Policies } = v.parse(Role, propertiesOf(template, logicalId));
  return Policies.flatMap((policy) => policy.PolicyDocument.Statement);
}

/** The actions of statements, sorted. */
export function actionsOf(statements: readonly Statement[]): string[] {
  return statements.flatMap((statement) => statement.Action).sort();
}
