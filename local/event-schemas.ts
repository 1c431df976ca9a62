import { type JsonSchema, toJsonSchema } from '@valibot/to-json-schema';
import * as v from 'valibot';
import { detailSchemas } from '../lib/eventbridge/event-details.ts';

/** What of WeChat's is handed on with FORWARD_WECHAT_MESSAGES; the message itself is as WeChat wrote it. */
const forwarded = v.object({
  eventId: v.string(),
  appid: v.string(),
  name: v.pipe(v.string(), v.description("The event's name or, for what is no event, the message type.")),
  message: v.record(v.string(), v.unknown()),
});

/**
 * The details of all events on the bus as one JSON Schema, for the owner's own code: a definition for each detail type, and one for the body
 * of the webhook's requests.
 */
export function eventSchemas(): JsonSchema {
  const details = Object.entries({ ...detailSchemas, 'WeChat Message': forwarded });
  const definitions = details.map(([name, schema]) => {
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
    $defs: { ...Object.fromEntries(definitions), Webhook: webhookBody(details.map(([name]) => name)) },
  };
}

/** As the rule in deploy/webhook.yml makes it of an event. */
function webhookBody(detailTypes: readonly string[]): JsonSchema {
  return {
    description: 'The body of a request to the webhook.',
    oneOf: detailTypes.map((name) => ({
      type: 'object',
      properties: {
        type: { const: name },
        time: { type: 'string', format: 'date-time', description: 'When it happened, to the second.' },
        detail: { $ref: `#/$defs/${encodeURIComponent(name)}` },
      },
      required: ['type', 'time', 'detail'],
    })),
  };
}
