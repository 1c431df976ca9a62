import { fetchFromSsm } from '../../lib/runtime/aws.ts';
import { readAppList } from '../../lib/settings/apps.ts';
import { readParameters, SecretsError } from '../../lib/settings/secrets.ts';
import type { Environment } from '../../lib/settings/settings.ts';
import { awsEnvironment } from '../aws-environment.ts';
import { progress, UsageError } from '../command-line.ts';
import { findStage } from '../deployed-stage.ts';
import { say } from '../language.ts';
import { parameterNames } from '../setup/parameter-names.ts';
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
  /** The mini program to look in first. */
  readonly appId: string;
  /** Whether an option names it. */
  readonly isNamed: boolean;
  /** The stage's others; none where one was named. Where they cannot be read that is told on stderr. */
  otherAppIds(): Promise<readonly string[]>;
  /** What was logged about something since then. Logs that cannot be read are no reason not to tell what the table knows. */
  logsAbout(id: string, sinceMs: number): Promise<readonly Happening[]>;
}

/** The options that say where. */
export interface PlaceOptions {
  readonly stage?: string;
  readonly region?: string;
  readonly local: boolean;
  readonly table?: string;
  readonly app?: string;
  /** An earlier name of `app`. */
  readonly 'app-id'?: string;
}

/** Finds the place that the options name. @throws CommandError */
export async function findPlace(options: PlaceOptions): Promise<Place> {
  const { stage, local, table } = options;
  const places = [stage !== undefined, local, table !== undefined].filter(Boolean).length;
  if (places !== 1) {
    throw new UsageError(
      say('Give one of --stage NAME, --local and --table NAME.', '请给出 --stage、--local、--table 之一。'),
    );
  }
  const named = options.app ?? options['app-id'];
  if (local) return localPlace(named);
  const { AWS_ENDPOINT_URL_DYNAMODB, AWS_ENDPOINT_URL } = process.env;
  const endpoint = AWS_ENDPOINT_URL_DYNAMODB ?? AWS_ENDPOINT_URL;
  const env = awsEnvironment(process.env, { region: options.region, endpoint });
  const deployed = stage === undefined ? undefined : await findStage(env, stage);
  const appId = named ?? deployed?.appId ?? process.env['WECHAT_APP_ID'];
  if (!appId) {
    throw new UsageError(say('Give the mini program: --app APPID.', '请用 --app 给出小程序的 AppID。'));
  }
  return {
    env,
    tableName: deployed?.tableName ?? table ?? '',
    appId,
    isNamed: named !== undefined,
    otherAppIds: async () =>
      stage === undefined || named !== undefined ? [] : othersOf((await parameterNames(stage)).appsPath, env),
    logsAbout: async (id, sinceMs) => (stage === undefined ? [] : logsOf(env, stage, id, sinceMs)),
  };
}

async function localPlace(named: string | undefined): Promise<Place> {
  const running = await findRunningStack(process.env['PORT'] || LOCAL_PORT);
  const { dynamodbEndpoint: endpoint, tableName, appId, apps } = running;
  const env = { ...awsEnvironment(process.env, { endpoint }), AWS_ENDPOINT_URL_DYNAMODB: endpoint };
  return {
    env,
    tableName,
    appId: named ?? appId,
    isNamed: named !== undefined,
    otherAppIds: async () =>
      apps === undefined || named !== undefined
        ? []
        : othersOf(apps.path, { ...env, AWS_ENDPOINT_URL_SSM: apps.ssmEndpoint }),
    logsAbout: async (id) => linesAbout('npm run dev', await localLines(running), id),
  };
}

async function othersOf(appsPath: string, env: Environment): Promise<readonly string[]> {
  try {
    const values = await readParameters([appsPath], fetchFromSsm(env));
    return readAppList(values.get(appsPath) ?? '');
  } catch (error) {
    if (!(error instanceof SecretsError)) throw error;
    process.stderr.write(
      say(
        `The list of mini programs, ${appsPath}, cannot be read, so that only the first was looked in: have ssm:GetParameters allowed to you, or name one by --app.\n`,
        `无法读取小程序列表 ${appsPath}，只查了第一个：请获得 ssm:GetParameters 权限，或用 --app 指定。\n`,
      ),
    );
    return [];
  }
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
      reading: (name) => progress(say(`reading the logs of ${name}`, `正在读取 ${name} 的日志`)),
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
  const advice = /AccessDenied/.test(name)
    ? say(` Have ${needed} allowed to you.`, `请获得权限 ${needed}。`)
    : '';
  return say(
    `The logs cannot be read; here is what the table tells.\n${name}: ${message}${advice}\n`,
    `无法读取日志，仅显示表中的记录。\n${name}: ${message}${advice}\n`,
  );
}
