import * as v from 'valibot';
import { FileError } from '../command-line.ts';
import { say } from '../language.ts';
import { readText } from '../read-text.ts';

/** A message as it would be posted, as far as a check looks at it. */
const message = v.object({
  templateId: v.string(),
  data: v.unknown(),
  page: v.exactOptional(v.string()),
  fit: v.exactOptional(v.boolean()),
  timezone: v.exactOptional(v.string()),
});

/** One message to be checked. */
export type CheckedMessage = v.InferOutput<typeof message>;

const batch = v.object({ messages: v.array(v.unknown()) });

/**
 * Reads messages from a file: one, a list of them, or the body of a batch; with `templateId` given, also data alone. `-` is
 * standard input.
 *
 * @throws FileError
 */
export async function readMessages(
  file: string,
  templateId: string | undefined,
): Promise<readonly CheckedMessage[]> {
  const content = parsed(file, await readText(file));
  const entries = v.is(batch, content) ? content.messages : Array.isArray(content) ? content : [content];
  return entries.map((entry, index) => messageIn(entry, templateId, index));
}

function parsed(file: string, content: string): unknown {
  try {
    return JSON.parse(content);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new FileError(say(`${file} is not JSON: ${reason}`, `${file} 不是合法的 JSON：${reason}`));
  }
}

function messageIn(entry: unknown, templateId: string | undefined, index: number): CheckedMessage {
  const isMessage = typeof entry === 'object' && entry !== null && 'data' in entry;
  const given = isMessage ? entry : { data: entry };
  const result = v.safeParse(message, { ...(templateId !== undefined && { templateId }), ...given });
  if (result.success) return result.output;
  throw new FileError(
    say(
      `Message ${index + 1} is none: it needs "templateId" (or --template NAME) and "data".`,
      `第 ${index + 1} 条不是消息，需要 templateId（或 --template）和 data。`,
    ),
  );
}
