import {
  type ConversionConfig,
  type JsonSchema,
  toJsonSchema,
  toJsonSchemaDefs,
} from '@valibot/to-json-schema';
import * as v from 'valibot';
import { answerComponents, bodyComponents } from './components.ts';

/** What Python's `re`, RE2 and their like do not read: classes of Unicode, and looking ahead or behind. */
const ONLY_JAVASCRIPT = /\\[pP]|\(\?[=!<]/;

const SCHEMAS = '#/components/schemas/';

type Override = Parameters<NonNullable<ConversionConfig['overrideSchema']>>[0];

const shared = {
  target: 'draft-2020-12',
  // What a schema cannot say in JSON is said in its description.
  ignoreActions: ['check'],
  overrideAction: ({ valibotAction, jsonSchema }) => {
    if (!isRegex(valibotAction)) return undefined;
    // Our patterns carry at most the flag `u`, which JSON Schema takes for granted.
    const { source } = valibotAction.requirement;
    const { pattern: _, ...rest } = jsonSchema;
    return ONLY_JAVASCRIPT.test(source) ? rest : { ...rest, pattern: source };
  },
  overrideRef: ({ referenceId }) => SCHEMAS + referenceId,
} satisfies ConversionConfig;

const answers: ConversionConfig = {
  ...shared,
  typeMode: 'output',
  definitions: answerComponents,
  overrideSchema: simplified,
};
const bodies: ConversionConfig = {
  ...shared,
  typeMode: 'input',
  definitions: bodyComponents,
  overrideSchema: (context) => simplified(context) ?? withDefaultInWords(context),
};
const parameters: ConversionConfig = {
  ...bodies,
  overrideSchema: (context) => simplified(context) ?? withReadDefault(context),
};

function isRegex(action: object): action is v.RegexAction<string, undefined> {
  return 'type' in action && action.type === 'regex';
}

/** Says less where nothing more is meant, and which branch is which. */
function simplified({ valibotSchema, jsonSchema }: Override): JsonSchema | undefined {
  switch (valibotSchema.type) {
    case 'record': {
      const { propertyNames: _, ...rest } = jsonSchema;
      return rest;
    }
    case 'object':
    case 'strict_object': {
      const { required = [], ...rest } = jsonSchema;
      return required.length === 0 ? rest : jsonSchema;
    }
    case 'variant':
      return withDiscriminator(jsonSchema, valibotSchema);
    case 'union': {
      // The choices that callers have exclude each other.
      const { anyOf, ...rest } = jsonSchema;
      return { ...rest, oneOf: anyOf };
    }
    default:
      return undefined;
  }
}

const branch = v.object({ type: v.literal('literal'), literal: v.string() });
const variant = v.object({
  key: v.string(),
  options: v.array(v.object({ entries: v.record(v.string(), v.unknown()) })),
});

/** OpenAPI's discriminator takes texts only. */
function withDiscriminator(jsonSchema: JsonSchema, valibotSchema: unknown): JsonSchema {
  const { key, options } = v.parse(variant, valibotSchema);
  const references = jsonSchema.oneOf ?? [];
  const mapping = options.flatMap(({ entries }, index) => {
    const reference = references[index];
    const named = entries[key];
    return v.is(branch, named) && typeof reference === 'object' ? [[named.literal, reference.$ref]] : [];
  });
  if (mapping.length < options.length) return jsonSchema;
  const discriminator = { propertyName: key, mapping: Object.fromEntries(mapping) };
  return Object.assign({}, jsonSchema, { discriminator });
}

/** Generators take a member of a body that has a `default` for one that is always there. */
function withDefaultInWords({ jsonSchema }: Override): JsonSchema | undefined {
  const { default: value, description, ...rest } = jsonSchema;
  if (value === undefined) return undefined;
  const words = Array.isArray(value) ? [] : [`Default: \`${value}\`.`];
  return { ...rest, description: [...(description === undefined ? [] : [description]), ...words].join(' ') };
}

/** Parameters come as text: their default is told as what is read of it. An empty one stands for none. */
function withReadDefault({ jsonSchema }: Override): JsonSchema | undefined {
  const { default: value, ...rest } = jsonSchema;
  if (value === undefined) return undefined;
  if (value === '') return rest;
  return { ...rest, default: rest.type === 'integer' ? Number(value) : value };
}

/** What callers may send. */
export function inputSchema(schema: v.GenericSchema): JsonSchema {
  return bare(toJsonSchema(schema, bodies));
}

/** What callers may send in the path, the query or a header. */
export function parameterSchema(schema: v.GenericSchema): JsonSchema {
  return bare(toJsonSchema(schema, parameters));
}

/** What callers get. */
export function answerSchema(schema: v.GenericSchema): JsonSchema {
  return bare(toJsonSchema(schema, answers));
}

/** All named schemas. */
export function componentSchemas(): Record<string, JsonSchema> {
  return { ...toJsonSchemaDefs(answerComponents, answers), ...toJsonSchemaDefs(bodyComponents, bodies) };
}

/** Named schemas stand once, under `components`. */
function bare({ $schema: _, $defs: __, ...schema }: JsonSchema): JsonSchema {
  return schema;
}
