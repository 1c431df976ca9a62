import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Logger } from '../../lib/logger.ts';
import { createConsoleLogger } from '../../lib/runtime/console-logger.ts';
import { type RunningStack, traceFolder } from '../../operate/logs/running-stack.ts';
import type { Stack } from '../stack/stack.ts';

/** What `npm run logs -- MESSAGE_ID --local` reads of a stack that runs. */
export interface Trace {
  /** Writes each event into the log file, as a deployed function would write it to its own. */
  readonly logger: Logger;
  /** Says where the stack is, once it runs. */
  tell(stack: Stack): Promise<void>;
  /** Takes that back. A log in the data folder stays. */
  close(): Promise<void>;
}

/** Opens the log file: in the data folder, to go on with, if there is one; else in a folder that goes with the stack. */
export async function openTrace(dataDir: string | undefined): Promise<Trace> {
  const own = await mkdtemp(join(tmpdir(), 'qingniao-log-'));
  if (dataDir !== undefined) await mkdir(dataDir, { recursive: true });
  const logFile = resolve(dataDir ?? own, 'log.jsonl');
  const stream = createWriteStream(logFile, { flags: 'a', mode: 0o600 });
  // A disk that is full is no reason to end.
  stream.on('error', () => undefined);
  const folders = [own];
  return {
    logger: createConsoleLogger({ write: (line) => stream.write(line) }),
    async tell({ apiUrl, dynamodbEndpoint, tableName, env, queueUrls, bus }) {
      const appId = env['WECHAT_APP_ID'] ?? '';
      const { APPS_PATH: path, AWS_ENDPOINT_URL_SSM: ssmEndpoint } = env;
      const apps = path && ssmEndpoint ? { apps: { path, ssmEndpoint } } : {};
      const running: RunningStack = {
        pid: process.pid,
        dynamodbEndpoint,
        tableName,
        appId,
        ...apps,
        queueUrls: { ...queueUrls },
        busEndpoint: bus.endpoint,
        logFile,
      };
      const folder = traceFolder(new URL(apiUrl).port);
      // One that was killed has left its own.
      await rm(folder, { recursive: true, force: true });
      await mkdir(folder, { mode: 0o700 });
      await writeFile(join(folder, 'stack.json'), JSON.stringify(running), { mode: 0o600 });
      folders.push(folder);
    },
    async close() {
      stream.end();
      for (const folder of folders) await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A logger that tells two. */
export function bothLoggers(one: Logger, other: Logger): Logger {
  const level =
    (name: keyof Logger): Logger['info'] =>
    (message, fields) => {
      one[name](message, fields);
      other[name](message, fields);
    };
  return { info: level('info'), warn: level('warn'), error: level('error') };
}
