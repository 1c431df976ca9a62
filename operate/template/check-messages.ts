import type { Qingniao, Schemas } from '../../clients/typescript/src/index.ts';
import type { CheckedMessage } from './message-file.ts';

/** What came of checking one message. */
export type MessageVerdict = CheckedMessage & { readonly result: Schemas['DataCheckResult'] };

/** Tries one message against its template without sending. @throws QingniaoProblem */
export async function checkMessage(service: Qingniao, message: CheckedMessage): Promise<MessageVerdict> {
  const { templateId, ...content } = message;
  const { data: result } = await service.POST('/v1/templates/{id}/check', {
    params: { path: { id: templateId } },
    body: asCheck(content),
  });
  return { ...message, result };
}

/** What the service is given to check: whatever stands in the file, missing data as none. */
function asCheck(content: Omit<CheckedMessage, 'templateId'>): Schemas['DataCheck'];
function asCheck({ data, ...options }: Omit<CheckedMessage, 'templateId'>): object {
  return { data: data ?? null, ...options };
}
