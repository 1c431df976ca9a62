import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as v from 'valibot';
import { CommandError } from '../command-line.ts';
import { say } from '../language.ts';

const runningStack = v.object({
  pid: v.number(),
  dynamodbEndpoint: v.string(),
  tableName: v.string(),
  appId: v.string(),
  /** Where the stack has its other mini programs. */
  apps: v.exactOptional(v.object({ path: v.string(), ssmEndpoint: v.string() })),
  /** Of every queue, by the name that serverless.yml gives it. */
  queueUrls: v.optional(v.record(v.string(), v.string()), {}),
  busEndpoint: v.exactOptional(v.string()),
  /** One line of JSON per event. */
  logFile: v.string(),
});

/** Where the table and the log of a local stack are, as `npm run dev` tells. */
export type RunningStack = v.InferOutput<typeof runningStack>;

/** Where `npm run dev` tells of the stack whose API has that port. */
export function traceFolder(port: string): string {
  return join(tmpdir(), `qingniao-dev-${process.getuid?.() ?? 0}-${port}`);
}

/** Finds the stack that `npm run dev` runs. @throws CommandError where none runs at that port */
export async function findRunningStack(port: string): Promise<RunningStack> {
  const text = await readFile(join(traceFolder(port), 'stack.json'), 'utf8').catch(() => undefined);
  const read = v.safeParse(v.pipe(v.string(), v.parseJson(), runningStack), text);
  if (read.success && isAlive(read.output.pid)) return read.output;
  throw new CommandError(
    say(
      `No local stack runs with its API on port ${port}: start npm run dev, or name its port by PORT.`,
      `端口 ${port} 上没有本地服务，请先运行 npm run dev，或用 PORT 指定端口。`,
    ),
  );
}

/** What the stack logged; nothing where it has logged nothing yet. */
export async function localLines({ logFile }: Pick<RunningStack, 'logFile'>): Promise<readonly string[]> {
  const text = await readFile(logFile, 'utf8').catch(() => '');
  return text.split('\n').filter(Boolean);
}

/** One that was killed leaves its note behind. */
function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
