import { createQingniao, type Qingniao } from '../clients/typescript/src/index.ts';
import { awsEnvironment, isLocal } from './aws-environment.ts';
import { CommandError, STAGE_OPTIONS, UsageError } from './command-line.ts';
import { say } from './language.ts';

/** Where `npm run dev` listens, and the key that it knows. */
const LOCAL_URL = 'http://127.0.0.1:3000';
const LOCAL_KEY = 'dev-key';

/** A person waits for it. */
const RETRY_FOR_MS = 3_000;

/** The command line options that say which service is meant. */
export const SERVICE_OPTIONS = {
  ...STAGE_OPTIONS,
  api: {
    type: 'string',
    value: 'URL',
    help: say(
      `the address of the API, to name it directly (default: QINGNIAO_API_URL, else ${LOCAL_URL})`,
      `直接指定接口地址，默认 QINGNIAO_API_URL，其次 ${LOCAL_URL}`,
    ),
  },
  key: {
    type: 'string',
    value: 'KEY',
    help: say(
      `an API key with the scope "read" (default: QINGNIAO_API_KEY; "${LOCAL_KEY}" for an address on this machine)`,
      `有 read 权限的 API Key，默认 QINGNIAO_API_KEY；本机地址默认为 ${LOCAL_KEY}`,
    ),
  },
  app: {
    type: 'string',
    value: 'APPID',
    help: say(
      "which mini program of the stage (default: the one that the key is for, else the stage's first)",
      '环境中的哪个小程序，默认为该 Key 所属的小程序，否则为第一个',
    ),
  },
} as const;

/** Finds the service that the options name. @throws CommandError */
export async function findService(
  options: { stage?: string; region?: string; api?: string; key?: string; app?: string },
  env: Readonly<Record<string, string | undefined>>,
): Promise<Qingniao> {
  const url = await addressOf(options, env);
  const key = options.key ?? env['QINGNIAO_API_KEY'] ?? (isLocal(url) ? LOCAL_KEY : undefined);
  if (!key) {
    throw new CommandError(
      say(
        'Give an API key by --key or QINGNIAO_API_KEY.',
        '请用 --key 或环境变量 QINGNIAO_API_KEY 给出 API Key。',
      ),
    );
  }
  return createQingniao({ baseUrl: url, apiKey: key, appId: options.app, retryForMs: RETRY_FOR_MS });
}

async function addressOf(
  { stage, region, api }: { stage?: string; region?: string; api?: string },
  env: Readonly<Record<string, string | undefined>>,
): Promise<string> {
  if (stage !== undefined && api !== undefined) {
    throw new UsageError(say('Give either --stage or --api.', '--stage 和 --api 只能给一个。'));
  }
  const named = stage === undefined ? (api ?? env['QINGNIAO_API_URL'] ?? LOCAL_URL) : undefined;
  if (named !== undefined) {
    if (/^https?:\/\//.test(named) && URL.canParse(named)) return named;
    throw new UsageError(say(`"${named}" is no address of an API.`, `“${named}”不是接口地址。`));
  }
  // The AWS SDK takes half a second to load, which only this way needs.
  const { findStage } = await import('./deployed-stage.ts');
  const { apiUrl } = await findStage(awsEnvironment(env, { region }), stage ?? '');
  if (apiUrl !== undefined) return apiUrl;
  throw new CommandError(
    say(
      `The stack of ${stage} does not tell the address of its API: give it by --api.`,
      `${stage} 的堆栈没有给出接口地址，请用 --api 指定。`,
    ),
  );
}
