// Prepares a stage: its secrets in SSM, a check of the AppSecret, what to enter in WeChat's console.
import { randomInt } from 'node:crypto';
import * as v from 'valibot';
import type { Scope } from '../lib/settings/setting-values.ts';
import { awsEnvironment } from './aws-environment.ts';
import { CommandError, print, runCommand, UsageError } from './command-line.ts';
import { findStage } from './deployed-stage.ts';
import { probeQuotas } from './quotas/probe-quotas.ts';
import { checkCredentials } from './setup/check-credentials.ts';
import { parameterNames, SECRETS, type SecretKind } from './setup/parameter-names.ts';
import { openSecretStore } from './setup/parameter-store.ts';
import type { Wishes } from './setup/plan.ts';
import { terminalQuestions } from './setup/questions.ts';
import { setUp } from './setup/set-up.ts';
import { HELP } from './setup/texts.ts';

const scopesSchema = v.pipe(
  v.string(),
  v.transform((list) => list.split(',').map((scope) => scope.trim())),
  v.array(v.picklist(['read', 'send', 'manage'] as const satisfies readonly Scope[])),
);

await runCommand(
  {
    name: 'setup',
    help: HELP,
    options: {
      stage: { type: 'string' },
      region: { type: 'string' },
      'app-id': { type: 'string' },
      rotate: { type: 'string', multiple: true, default: [] },
      'key-name': { type: 'string', default: 'backend' },
      scopes: { type: 'string', default: 'read,send' },
      'remove-key': { type: 'string' },
      'skip-check': { type: 'boolean', default: false },
      'dry-run': { type: 'boolean', default: false },
      yes: { type: 'boolean', short: 'y', default: false },
    },
  },
  async (options) => {
    const { stage, 'app-id': named, region } = options;
    if (stage === undefined || !/^[\w-]+$/.test(stage))
      throw new UsageError('Give the stage: --stage NAME. 请用 --stage 给出环境名。');
    if (!options.yes && !options['dry-run'] && !process.stdin.isTTY)
      throw new UsageError('There is no terminal to ask at: say --yes. 没有终端可以提问，请加 --yes。');
    const wishes = wishesOf(options);
    const aws = awsEnvironment(process.env, { region });
    const names = await parameterNames(stage);
    const store = openSecretStore(names, aws['AWS_REGION'] ?? '');
    try {
      const deployed = await findStage(aws, stage).catch(ignoreMissing);
      const quotas = () =>
        probeQuotas({ region: aws['AWS_REGION'] ?? '', stage, tableName: deployed?.tableName });
      const services = {
        names,
        store,
        questions: options.yes || !process.stdin.isTTY ? undefined : terminalQuestions,
        check: options['skip-check'] ? undefined : checkAt(process.env),
        random: randomInt,
        quotas,
        print,
      };
      const appId = named ?? (process.env['WECHAT_APP_ID'] || deployed?.appId);
      const order = { stage, region, appId, deployed, wishes, dryRun: options['dry-run'] };
      return (await setUp(services, order)) ? 0 : 1;
    } finally {
      store.close();
    }
  },
);

function wishesOf(options: {
  rotate: string[];
  'key-name': string;
  scopes: string;
  'remove-key'?: string;
}): Wishes {
  const scopes = v.safeParse(scopesSchema, options.scopes);
  if (!scopes.success)
    throw new UsageError(
      '--scopes takes read, send, manage with commas between. --scopes 的取值为 read、send、manage，用逗号分隔。',
    );
  if (!/^[\w.-]{1,64}$/.test(options['key-name']))
    throw new UsageError(
      '--key-name takes up to 64 letters, digits and . _ -. --key-name 最多 64 个字母、数字及 . _ -。',
    );
  const env = process.env;
  const given = {
    'app-secret': env['WECHAT_APP_SECRET'],
    'session-secret': env['SESSION_SECRET'],
    'push-token': env['WECHAT_PUSH_TOKEN'],
    'push-aes-key': env['WECHAT_PUSH_AES_KEY'],
  };
  const apiKey = env['QINGNIAO_API_KEY'];
  return {
    rotate: new Set(options.rotate.map(secretNamed)),
    given: Object.fromEntries(Object.entries(given).filter(([, value]) => value)),
    apiKey: { name: options['key-name'], scopes: scopes.output, ...(apiKey && { given: apiKey }) },
    ...(options['remove-key'] !== undefined && { removeKey: options['remove-key'] }),
  };
}

function secretNamed(name: string): SecretKind {
  const kind = SECRETS.find((secret) => secret === name);
  if (kind) return kind;
  throw new UsageError(`--rotate takes ${SECRETS.join(', ')}. --rotate 的取值见左。`);
}

function checkAt(env: NodeJS.ProcessEnv) {
  const proxyUrl = env['WECHAT_PROXY_URL'];
  const server = {
    apiBaseUrl: env['WECHAT_API_BASE_URL'] || 'https://api.weixin.qq.com',
    ...(proxyUrl && { proxyUrl }),
  };
  return (credentials: { appId: string; appSecret: string }) => checkCredentials(credentials, server);
}

/** Not deployed yet. Were it the region or the credentials, reading the secrets would tell. */
function ignoreMissing(error: unknown): undefined {
  if (!(error instanceof CommandError)) throw error;
}
