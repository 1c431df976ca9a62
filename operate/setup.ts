// Prepares a stage: its secrets in SSM, a check of the AppSecret, what to enter in WeChat's console.

import { randomInt } from 'node:crypto';
import type { Environment } from '../lib/settings/settings.ts';
import type { AppCredentials } from '../lib/wechat/fetch-access-token.ts';
import { awsEnvironment, regionFor } from './aws-environment.ts';
import { CommandError, print, runCommand, UsageError } from './command-line.ts';
import { findStage } from './deployed-stage.ts';
import { say } from './language.ts';
import { probeQuotas } from './quotas/probe-quotas.ts';
import { checkCredentials } from './setup/check-credentials.ts';
import { parameterNames } from './setup/parameter-names.ts';
import { openSecretStore } from './setup/parameter-store.ts';
import { terminalQuestions } from './setup/questions.ts';
import { setUp } from './setup/set-up.ts';
import { openSsmParameters } from './setup/ssm-parameters.ts';
import { USAGE } from './setup/usage.ts';
import { setUpWebhook } from './setup/webhook-secret.ts';
import { webhookUrl, wishesOf } from './setup/wishes.ts';
import { appWork, assertOfStage, workOnApps } from './setup/work-on-apps.ts';

/** What `--rotate` takes beside `--webhook`. */
const WEBHOOK_SECRET = 'webhook-secret';

await runCommand(USAGE, async (options) => {
  const { stage, 'app-id': named, region } = options;
  if (stage === undefined || !/^[\w-]+$/.test(stage))
    throw new UsageError(say('Give the stage: --stage NAME.', '请用 --stage 给出环境名。'));
  if (!options.apps && !options.yes && !options['dry-run'] && !process.stdin.isTTY)
    throw new UsageError(say('There is no terminal to ask at: say --yes.', '没有终端可以提问，请加 --yes。'));
  if (options.json && !options.apps)
    throw new UsageError(say('--json goes with --apps.', '--json 只能与 --apps 同用。'));
  if (options.webhook !== undefined) return setUpTheWebhook(options.webhook, { ...options, stage });
  const work = appWork(options);
  const wishes = wishesOf(options, process.env);
  const aws = awsEnvironment(process.env, { region });
  const awsRegion = aws['AWS_REGION'] ?? '';
  const names = await parameterNames(stage);
  const parameters = openSsmParameters(awsRegion, names.keyAlias);
  const store = openSecretStore(names, awsRegion);
  try {
    const deployed = await findStage(aws, stage).catch(ignoreMissing);
    const appId = named ?? (process.env['WECHAT_APP_ID'] || deployed?.appId);
    const questions = options.yes || !process.stdin.isTTY ? undefined : terminalQuestions;
    const services = {
      appsPath: names.appsPath,
      parameters,
      questions,
      random: randomInt,
      print,
      check: options['skip-check'] ? undefined : checkAt(process.env),
    };
    const place = { stage: namedStage(stage, region), apiUrl: deployed?.apiUrl, json: options.json };
    const dryRun = options['dry-run'];
    const firstAppId = appId ?? '';
    if (work) return (await workOnApps(services, work, { ...place, firstAppId, wishes, dryRun })) ? 0 : 1;
    await assertOfStage(wishes.apiKey.appids, { ...services, firstAppId });
    const quotas = () => probeQuotas({ region: awsRegion, stage, tableName: deployed?.tableName });
    const order = { stage: place.stage, appId, deployed, wishes, dryRun };
    return (await setUp({ ...services, names, store, quotas }, order)) ? 0 : 1;
  } finally {
    store.close();
    parameters.close();
  }
});

/** `--rotate webhook-secret` is the only wish beside it. */
async function setUpTheWebhook(
  webhook: string,
  options: {
    readonly stage: string;
    readonly region?: string;
    readonly rotate: readonly string[];
    readonly 'dry-run': boolean;
  },
): Promise<number> {
  const url = webhookUrl(webhook);
  const { stage, region, rotate } = options;
  const other = rotate.find((name) => name !== WEBHOOK_SECRET);
  if (other !== undefined)
    throw new UsageError(
      say(
        `With --webhook --rotate takes ${WEBHOOK_SECRET} only.`,
        `与 --webhook 同用时，--rotate 只接受 ${WEBHOOK_SECRET}。`,
      ),
    );
  const { webhookSecret } = await parameterNames(stage);
  const wishes = {
    url,
    stage: namedStage(stage, region),
    secretName: webhookSecret,
    region: regionFor(process.env, region),
    given: process.env['WEBHOOK_SECRET'] || undefined,
    rotate: rotate.length > 0,
    dryRun: options['dry-run'],
  };
  await setUpWebhook(wishes, { random: randomInt, print });
  return 0;
}

function namedStage(stage: string, region: string | undefined): string {
  return region === undefined ? stage : `${stage} --region ${region}`;
}

function checkAt(env: Environment) {
  return (credentials: AppCredentials, settings: Environment = {}) => {
    const proxyUrl = settings['WECHAT_PROXY_URL'] ?? env['WECHAT_PROXY_URL'];
    return checkCredentials(credentials, {
      apiBaseUrl:
        settings['WECHAT_API_BASE_URL'] || env['WECHAT_API_BASE_URL'] || 'https://api.weixin.qq.com',
      ...(proxyUrl && { proxyUrl }),
    });
  };
}

/** Not deployed yet. Were it the region or the credentials, reading the secrets would tell. */
function ignoreMissing(error: unknown): undefined {
  if (!(error instanceof CommandError)) throw error;
}
