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
    StreamSpecification: v.optional(v.object({ StreamViewType: v.literal('NEW_AND_OLD_IMAGES') })),
  }),
});

/** What of a sort key a filter asks for: the whole of it, or how it begins. */
const wantedKey = v.union([v.string(), v.object({ prefix: v.string() })]);

const streamSchema = v.pipe(
  v.object({
    type: v.literal('dynamodb'),
    arn: v.object({ 'Fn::GetAtt': v.tuple([v.string(), v.literal('StreamArn')]) }),
    batchSize: v.number(),
    batchWindow: v.optional(v.number(), 0),
    startingPosition: v.literal('TRIM_HORIZON'),
    tumblingWindowInSeconds: v.optional(v.number(), 0),
    filterPatterns: v.array(
      v.object({
        dynamodb: v.object({ Keys: v.object({ sk: v.object({ S: v.tuple([wantedKey]) }) }) }),
      }),
    ),
  }),
  v.transform(({ batchSize, batchWindow, tumblingWindowInSeconds, filterPatterns }) => ({
    batchSize,
    /** So long changes are gathered. */
    gatherSeconds: batchWindow,
    /** Length of a tumbling window; 0: none. */
    windowSeconds: tumblingWindowInSeconds,
    /** Whether a change of an item with this sort key is handed over. */
    letsThrough: (sortKey: string) =>
      filterPatterns.some(({ dynamodb }) => {
        const [wanted] = dynamodb.Keys.sk.S;
        return typeof wanted === 'string' ? sortKey === wanted : sortKey.startsWith(wanted.prefix);
      }),
  })),
);

/** A table's stream that calls a function. */
export type StreamTrigger = v.InferOutput<typeof streamSchema>;

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
  v.object({ httpApi: v.literal('*') }),
  v.object({ schedule: v.object({ rate: v.string() }) }),
  v.object({ stream: streamSchema }),
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
  environment: v.optional(v.record(v.string(), v.unknown()), {}),
  events: v.optional(v.array(eventSchema), []),
});

/** `!Ref X` and `!GetAtt X.Arn` in their long forms, as the name by which `variablesOf` asks for them. */
const referenceSchema = v.union([
  v.pipe(
    v.object({ Ref: v.string() }),
    v.transform((reference) => reference.Ref),
  ),
  v.pipe(
    arnOf,
    v.transform((resource) => `${resource}.Arn`),
  ),
]);

/** What serverless.yml says of one function. `timeout` is in seconds. */
export type FunctionDefinition = v.InferOutput<typeof functionSchema>;
/** What serverless.yml says of one queue. */
export type QueueDefinition = v.InferOutput<typeof queueSchema>['Properties'];
/** What serverless.yml says of one table, in the words of DynamoDB's CreateTable and UpdateTimeToLive. */
export type TableDefinition = v.InferOutput<typeof tableSchema>['Properties'];

/**
 * serverless.yml as far as the local stack follows it, so that local and deployed cannot differ. Each part is checked
 * when it is asked for: a v.ValiError says that something is written in a way that the local stack does not know.
 */
export interface ServiceDefinition {
  functions(): Readonly<Record<string, FunctionDefinition>>;
  tables(): Readonly<Record<string, TableDefinition>>;
  queues(): Readonly<Record<string, QueueDefinition>>;
}

/**
 * The environment variables that functions take from resources, `NAME: { Ref: X }` or `{ 'Fn::GetAtt': [X, Arn] }` in
 * serverless.yml. `refersTo` says what X or X.Arn is on this machine; a variable of a resource that it does not know is left out.
 */
export function variablesOf(
  functions: Readonly<Record<string, FunctionDefinition>>,
  refersTo: (resource: string) => string | undefined,
): Record<string, string> {
  const variables: Record<string, string> = {};
  for (const [name, value] of Object.values(functions).flatMap(({ environment }) =>
    Object.entries(environment),
  )) {
    const reference = v.safeParse(referenceSchema, value);
    const known = reference.success ? refersTo(reference.output) : undefined;
    if (known !== undefined) variables[name] = known;
  }
  return variables;
}

const SERVICE_FILE = fileURLToPath(new URL('../../serverless.yml', import.meta.url));

/** Reads serverless.yml. Parameters (`${param:name}`) take their default; other variables stay as text. */
export async function readServiceDefinition(): Promise<ServiceDefinition> {
  return parseServiceDefinition(await readFile(SERVICE_FILE, 'utf8'));
}

/** The same from the text of a serverless.yml. */
export function parseServiceDefinition(text: string): ServiceDefinition {
  const raw: unknown = parse(text, { logLevel: 'error' });
  const document = withDefaultParameters(raw);
  return {
    functions: () =>
      v.parse(v.object({ functions: v.record(v.string(), functionSchema) }), document).functions,
    tables: () => resourcesOf(document, 'AWS::DynamoDB::Table', tableSchema),
    queues: () => resourcesOf(document, 'AWS::SQS::Queue', queueSchema),
  };
}

const resourcesSchema = v.object({
  resources: v.object({ Resources: v.record(v.string(), v.unknown()) }),
});

function resourcesOf<T>(
  document: unknown,
  type: string,
  schema: v.GenericSchema<unknown, { Properties: T }>,
): Record<string, T> {
  const { Resources } = v.parse(resourcesSchema, document).resources;
  const ofType = Object.entries(Resources).filter(([, resource]) =>
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
