import { type JsonSchema, toJsonSchema } from '@valibot/to-json-schema';
import { detailSchemas } from '../lib/eventbridge/event-details.ts';

/** The details of all events on the bus as one JSON Schema, for the owner's own code: a definition for each detail type. */
export function eventSchemas(): JsonSchema {
  const definitions = Object.entries(detailSchemas).map(([name, schema]) => {
    const { $schema: _, ...detail } = toJsonSchema(schema, {
      target: 'draft-2020-12',
      typeMode: 'output',
      ignoreActions: ['check'],
    });
    return [name, detail] as const;
  });
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Events that Qingniao publishes on EventBridge: `detail` by `detail-type`, with `source` qingniao',
    $defs: Object.fromEntries(definitions),
  };
}
