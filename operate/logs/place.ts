import type { Environment } from '../../lib/settings/settings.ts';
import { awsEnvironment } from '../aws-environment.ts';
import { progress, UsageError } from '../command-line.ts';
import { findStage } from '../deployed-stage.ts';
import { linesAbout, readLogs } from './read-logs.ts';
import { findRunningStack, localLines } from './running-stack.ts';
import type { Happening } from './story.ts';
import { PERMISSIONS } from './texts.ts';

/** Clocks differ, and a line is written a little after what it tells of. */
const MARGIN_MS = 5 * 60_000;
const LOCAL_PORT = '3000';

/** Where a story is read. */
export interface Place {
  readonly env: Environment;
  readonly tableName: string;
  readonly appId: string;
  /** What was logged about something since then. Logs that cannot be read are no reason not to tell what the table knows. */
  logsAbout(id: string, sinceMs: number): Promise<readonly Happening[]>;
}

/** The options that say where. */
export interface PlaceOptions {
  readonly stage?: string;
  readonly region?: string;
  readonly local: boolean;
  readonly table?: string;
  readonly 'app-id'?: string;
}

/** Finds the place that the options name. @throws CommandError */
export async function findPlace(options: PlaceOptions): Promise<Place> {
  const { stage, local, table } = options;
  const named = [stage !== undefined, local, table !== undefined].filter(Boolean).length;
  if (named !== 1) {
    throw new UsageError(
      'Give one of --stage NAME, --local and --table NAME. 请给出 --stage、--local、--table 之一。',
    );
  }
  if (local) return localPlace();
  const { AWS_ENDPOINT_URL_DYNAMODB, AWS_ENDPOINT_URL } = process.env;
  const endpoint = AWS_ENDPOINT_URL_DYNAMODB ?? AWS_ENDPOINT_URL;
  const env = awsEnvironment(process.env, { region: options.region, endpoint });
  const deployed = stage === undefined ? undefined : await findStage(env, stage);
  const appId = options['app-id'] ?? deployed?.appId ?? process.env['WECHAT_APP_ID'];
  if (!appId) {
    throw new UsageError('Give the mini program: --app-id APPID. 请用 --app-id 给出小程序的 AppID。');
  }
  return {
    env,
    tableName: deployed?.tableName ?? table ?? '',
    appId,
    logsAbout: async (id, sinceMs) => (stage === undefined ? [] : logsOf(env, stage, id, sinceMs)),
  };
}

async function localPlace(): Promise<Place> {
  const running = await findRunningStack(process.env['PORT'] || LOCAL_PORT);
  const { dynamodbEndpoint: endpoint, tableName, appId } = running;
  return {
    env: { ...awsEnvironment(process.env, { endpoint }), AWS_ENDPOINT_URL_DYNAMODB: endpoint },
    tableName,
    appId,
    logsAbout: async (id) => linesAbout('npm run dev', await localLines(running), id),
  };
}

async function logsOf(
  env: Environment,
  stage: string,
  id: string,
  sinceMs: number,
): Promise<readonly Happening[]> {
  try {
    return await readLogs({
      region: env['AWS_REGION'] ?? '',
      stage,
      id,
      fromMs: sinceMs - MARGIN_MS,
      toMs: Date.now() + MARGIN_MS,
      reading: (name) => progress(`reading the logs of ${name} 正在读取日志`),
    });
  } catch (error) {
    progress('');
    process.stderr.write(`${unreadable(error)}\n`);
    return [];
  } finally {
    progress('');
  }
}

function unreadable(error: unknown): string {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  const needed = PERMISSIONS.filter((permission) => permission.startsWith('logs:')).join(', ');
  const advice = /AccessDenied/.test(name) ? ` Have ${needed} allowed to you. 请获得以上权限。` : '';
  return `The logs cannot be read; here is what the table tells. 无法读取日志，仅显示表中的记录。\n${name}: ${message}${advice}\n`;
}
