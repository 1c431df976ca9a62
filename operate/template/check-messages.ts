import * as v from 'valibot';
import type { ServiceClient } from '../service-client.ts';
import type { CheckedMessage } from './message-file.ts';

const bilingual = v.object({ en: v.string(), zh: v.string() });

const warning = v.object({ path: v.string(), code: v.string(), ...bilingual.entries });

const checkAnswer = v.variant('valid', [
  v.object({
    valid: v.literal(true),
    warnings: v.array(warning),
    fitted: v.array(v.object({ key: v.string(), from: v.string(), to: v.string() })),
  }),
  v.object({
    valid: v.literal(false),
    warnings: v.array(warning),
    problems: v.array(v.object({ path: v.string(), message: bilingual })),
  }),
]);

/** What came of checking one message. */
export type MessageVerdict = CheckedMessage & { readonly result: v.InferOutput<typeof checkAnswer> };

/** Tries one message against its template without sending. @throws CommandError */
export async function checkMessage(service: ServiceClient, message: CheckedMessage): Promise<MessageVerdict> {
  const { templateId, data, ...options } = message;
  const path = `/v1/templates/${encodeURIComponent(templateId)}/check`;
  const result = await service.call(checkAnswer, 'POST', path, { data: data ?? null, ...options });
  return { ...message, result };
}
