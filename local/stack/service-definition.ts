import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import * as v from 'valibot';
import { parse } from 'yaml';

const keySchema = v.array(v.object({ AttributeName: v.string(), KeyType: v.picklist(['HASH', 'RANGE']) }));

const tableSchema = v.object({
  Type: v.literal('AWS::DynamoDB::Table'),
  Properties: v.object({
    BillingMode: v.picklist(['PAY_PER_REQUEST', 'PROVISIONED']),
    AttributeDefinitions: v.array(
      v.object({ AttributeName: v.string(), AttributeType: v.picklist(['S', 'N', 'B']) }),
    ),
    KeySchema: keySchema,
    GlobalSecondaryIndexes: v.optional(
      v.array(
        v.object({
          IndexName: v.string(),
          KeySchema: keySchema,
          Projection: v.object({
            ProjectionType: v.picklist(['ALL', 'KEYS_ONLY', 'INCLUDE']),
            NonKeyAttributes: v.optional(v.array(v.string())),
          }),
        }),
      ),
    ),
    TimeToLiveSpecification: v.object({ AttributeName: v.string(), Enabled: v.literal(true) }),
  }),
});

/** `!GetAtt X.Arn` in its long form, the only way that serverless.yml names another resource's ARN. */
const arnOf = v.pipe(
  v.object({ 'Fn::GetAtt': v.tuple([v.string(), v.literal('Arn')]) }),
  v.transform((reference) => reference['Fn::GetAtt'][0]),
);

const queueSchema = v.object({
  Type: v.literal('AWS::SQS::Queue'),
  Properties: v.object({
    VisibilityTimeout: v.optional(v.number()),
    MessageRetentionPeriod: v.optional(v.number()),
    DelaySeconds: v.optional(v.number()),
    RedrivePolicy: v.optional(v.object({ deadLetterTargetArn: arnOf, maxReceiveCount: v.number() })),
  }),
});

const eventSchema = v.union([
  v.object({ httpApi: v.object({ method: v.string(), path: v.string() }) }),
  v.object({ schedule: v.object({ rate: v.string() }) }),
  v.object({
    sqs: v.object({
      arn: arnOf,
      batchSize: v.number(),
      functionResponseType: v.literal('ReportBatchItemFailures'),
      maximumConcurrency: v.optional(v.number()),
    }),
  }),
]);

const functionSchema = v.object({
  handler: v.string(),
  timeout: v.number(),
  memorySize: v.optional(v.number(), 512),
  events: v.optional(v.array(eventSchema), []),
});

const documentSchema = v.object({
  functions: v.record(v.string(), functionSchema),
  resources: v.object({ Resources: v.record(v.string(), v.unknown()) }),
});

/** What serverless.yml says of one function. `timeout` is in seconds. */
export type FunctionDefinition = v.InferOutput<typeof functionSchema>;
/** What serverless.yml says of one queue. */
export type QueueDefinition = v.InferOutput<typeof queueSchema>['Properties'];
/** What serverless.yml says of one table, in the words of DynamoDB's CreateTable and UpdateTimeToLive. */
export type TableDefinition = v.InferOutput<typeof tableSchema>['Properties'];

/** The parts of serverless.yml that the local stack follows, so that local and deployed cannot differ. */
export interface ServiceDefinition {
  readonly functions: Readonly<Record<string, FunctionDefinition>>;
  readonly tables: Readonly<Record<string, TableDefinition>>;
  readonly queues: Readonly<Record<string, QueueDefinition>>;
}

/** The project's own serverless.yml. */
export const SERVICE_FILE = fileURLToPath(new URL('../../serverless.yml', import.meta.url));

/**
 * Reads serverless.yml. Parameters (`${param:name}`) take their default; other variables stay as text.
 *
 * @throws v.ValiError when a function, table or queue is written in a way that the local stack does not know
 */
export async function readServiceDefinition(file: string = SERVICE_FILE): Promise<ServiceDefinition> {
  const raw: unknown = parse(await readFile(file, 'utf8'), { logLevel: 'error' });
  const { functions, resources } = v.parse(documentSchema, withDefaultParameters(raw));
  return {
    functions,
    tables: resourcesOf(resources.Resources, 'AWS::DynamoDB::Table', tableSchema),
    queues: resourcesOf(resources.Resources, 'AWS::SQS::Queue', queueSchema),
  };
}

function resourcesOf<T>(
  resources: Record<string, unknown>,
  type: string,
  schema: v.GenericSchema<unknown, { Properties: T }>,
): Record<string, T> {
  const ofType = Object.entries(resources).filter(([, resource]) =>
    v.is(v.object({ Type: v.literal(type) }), resource),
  );
  return Object.fromEntries(ofType.map(([name, resource]) => [name, v.parse(schema, resource).Properties]));
}

const parametersSchema = v.object({ params: v.object({ default: v.record(v.string(), v.unknown()) }) });

function withDefaultParameters(document: unknown): unknown {
  const defaults = v.is(parametersSchema, document) ? v.parse(parametersSchema, document).params.default : {};
  const resolve = (value: unknown): unknown => {
    if (typeof value === 'string') {
      const name = /^\$\{param:(\w+)\}$/.exec(value)?.[1];
      return name !== undefined && Object.hasOwn(defaults, name) ? defaults[name] : value;
    }
    if (Array.isArray(value)) return value.map(resolve);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, resolve(inner)]));
  };
  return resolve(document);
}
