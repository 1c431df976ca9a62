import { readFileSync } from 'node:fs';
import * as v from 'valibot';
import { parse } from 'yaml';

/** CloudFormation's short forms, as their long ones: `!Sub x` is {"Fn::Sub": "x"}. */
const SHORT_FORMS = ['Sub', 'Ref', 'GetAtt', 'If', 'Equals'].flatMap((name) => {
  const resolve = (value: unknown) => ({ [name === 'Ref' ? 'Ref' : `Fn::${name}`]: value });
  return [
    { tag: `!${name}`, resolve },
    {
      tag: `!${name}`,
      collection: 'seq' as const,
      resolve: (seq: { toJSON(): unknown }) => resolve(seq.toJSON()),
    },
  ];
});

const oneOrMore = v.pipe(
  v.union([v.string(), v.array(v.string())]),
  v.transform((value) => [value].flat()),
);
const statementSchema = v.object({
  Sid: v.string(),
  Effect: v.literal('Allow'),
  Action: oneOrMore,
  Resource: v.unknown(),
  Condition: v.optional(v.record(v.string(), v.record(v.string(), v.unknown()))),
});
const documentSchema = v.object({ Statement: v.array(statementSchema) });
const templateSchema = v.object({
  Parameters: v.record(v.string(), v.looseObject({ AllowedPattern: v.optional(v.string()) })),
  Resources: v.looseObject({
    Boundary: v.object({
      Properties: v.looseObject({ ManagedPolicyName: v.unknown(), PolicyDocument: documentSchema }),
    }),
    DeployRole: v.object({
      Properties: v.looseObject({
        AssumeRolePolicyDocument: v.looseObject({
          Statement: v.tuple([v.looseObject({ Condition: v.unknown() })]),
        }),
        Policies: v.tuple([v.object({ PolicyName: v.string(), PolicyDocument: documentSchema })]),
      }),
    }),
  }),
});

/** What one statement of the deploying role or its boundary allows. */
export type DeployStatement = v.InferOutput<typeof statementSchema>;

/** Reads deploy/deploy-role.yml. */
export function readDeployRole() {
  const { Parameters, Resources } = v.parse(
    templateSchema,
    parse(readFileSync('deploy/deploy-role.yml', 'utf8'), { customTags: SHORT_FORMS }),
  );
  const { AssumeRolePolicyDocument, Policies } = Resources.DeployRole.Properties;
  const { ManagedPolicyName, PolicyDocument } = Resources.Boundary.Properties;
  return {
    parameters: Parameters,
    boundary: { name: ManagedPolicyName, statements: PolicyDocument.Statement },
    trust: AssumeRolePolicyDocument.Statement[0].Condition,
    statements: Policies[0].PolicyDocument.Statement,
  };
}
