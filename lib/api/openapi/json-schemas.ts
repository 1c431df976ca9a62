import {
  type ConversionConfig,
  type JsonSchema,
  toJsonSchema,
  toJsonSchemaDefs,
} from '@valibot/to-json-schema';
import type * as v from 'valibot';
import { answerComponents, bodyComponents } from './components.ts';

const shared = {
  target: 'draft-2020-12',
  // What a schema cannot say in JSON is said in its description.
  ignoreActions: ['check'],
  // Our patterns carry at most the flag `u`, which JSON Schema takes for granted.
  overrideAction: ({ valibotAction, jsonSchema }) =>
    isRegex(valibotAction) ? { ...jsonSchema, pattern: valibotAction.requirement.source } : undefined,
  overrideRef: ({ referenceId }) => `#/components/schemas/${referenceId}`,
} satisfies ConversionConfig;

const bodies: ConversionConfig = { ...shared, typeMode: 'input', definitions: bodyComponents };
const answers: ConversionConfig = { ...shared, typeMode: 'output', definitions: answerComponents };

function isRegex(action: object): action is v.RegexAction<string, undefined> {
  return 'type' in action && action.type === 'regex';
}

/** What callers may send. */
export function inputSchema(schema: v.GenericSchema): JsonSchema {
  return bare(toJsonSchema(schema, bodies));
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
