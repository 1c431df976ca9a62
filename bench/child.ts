import { fork } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import * as v from 'valibot';

/** A script of ours in a process of its own, which ends with this one. */
export interface Child {
  /** Sends a request and resolves with the answer, read by `schema`; one at a time. Rejects with what the script threw. */
  ask<Schema extends v.GenericSchema>(schema: Schema, request: unknown): Promise<v.InferOutput<Schema>>;
  readonly pid: number | undefined;
  close(): Promise<void>;
}

const failed = v.object({ failed: v.string() });

/** Starts `script` and resolves with its first word, which it says when it is ready. */
export async function startChild(
  script: string | URL,
  options: {
    env?: Readonly<Record<string, string>>;
    nodeOptions?: readonly string[];
    args?: readonly string[];
    /** Where its standard output goes; without it nowhere. */
    logFile?: string;
  } = {},
): Promise<{ child: Child; ready: unknown }> {
  const { env = {}, nodeOptions = [], args = [], logFile } = options;
  const log = logFile === undefined ? 'ignore' : openSync(logFile, 'w');
  const started = fork(typeof script === 'string' ? script : fileURLToPath(script), [...args], {
    // Some of what is measured writes files where it runs.
    cwd: tmpdir(),
    env: { ...process.env, ...env },
    execArgv: [...nodeOptions],
    stdio: ['ignore', log, 'inherit', 'ipc'],
  });
  const exit = once(started, 'exit');
  const word = async (): Promise<unknown> => {
    const [said] = await Promise.race([
      once(started, 'message'),
      exit.then(([code]) => Promise.reject(new Error(`${script} ended (${code}).`))),
    ]);
    if (v.is(failed, said)) throw new Error(said.failed);
    return said;
  };
  const ready = await word();
  return {
    ready,
    child: {
      pid: started.pid,
      async ask(schema, request) {
        const answer = word();
        started.send({ request });
        return v.parse(schema, await answer);
      },
      async close() {
        started.kill('SIGTERM');
        await exit;
      },
    },
  };
}
