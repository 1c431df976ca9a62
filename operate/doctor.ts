// Examines a deployed stage, or a local stack, from outside.

import { awsEnvironment, isLocal } from './aws-environment.ts';
import { CommandError, print, runCommand, UsageError } from './command-line.ts';
import type { Finding } from './doctor/finding.ts';
import { judgeAppSettings } from './doctor/judge-apps.ts';
import { probeService } from './doctor/probe-service.ts';
import { findingLines, summaryLine, USAGE } from './doctor/texts.ts';
import { say } from './language.ts';

/** The Token of message push that every local stack knows, and its API key. */
const LOCAL_PUSH_TOKEN = 'devPushToken';
const LOCAL_KEY = 'dev-key';

await runCommand(USAGE, async (options) => {
  const findings: Finding[] = [];
  for await (const found of examine(options)) {
    const finding = options.pipeline ? inPipeline(found) : found;
    findings.push(finding);
    for (const line of options.json ? [JSON.stringify(finding)] : findingLines(finding)) print(line);
  }
  if (!options.json) print(summaryLine(findings));
  return findings.some(({ level }) => level === 'fail') ? 1 : 0;
});

/** What is beside the service stops no deployment, or no repair would get through. */
function inPipeline(finding: Finding): Finding {
  return finding.isAside && finding.level === 'fail' ? { ...finding, level: 'warn' } : finding;
}

async function* examine(options: {
  stage?: string;
  region?: string;
  api?: string;
  key?: string;
  app?: string;
}): AsyncGenerator<Finding> {
  const key = options.key ?? (process.env['QINGNIAO_API_KEY'] || undefined);
  const pushToken = process.env['WECHAT_PUSH_TOKEN'] || undefined;
  if (options.stage === undefined) {
    const url = addressIn(options.api);
    const local = isLocal(url) ? { key: LOCAL_KEY, pushToken: LOCAL_PUSH_TOKEN } : undefined;
    yield* probeService({
      url,
      key: key ?? local?.key,
      pushToken: pushToken ?? (options.app === undefined ? local?.pushToken : undefined),
      appId: options.app,
      stageApps: undefined,
      clock: Date.now,
    });
    return;
  }
  const { findStage, openSecretStore, parameterNames, probeStage, readStageAppsOf } = await forStages();
  const { stage, region, app } = options;
  const env = awsEnvironment(process.env, { region });
  const deployed = await findStage(env, stage);
  const names = await parameterNames(stage);
  const awsRegion = env['AWS_REGION'] ?? '';
  const store = openSecretStore(names, awsRegion);
  // Who may deploy need not be allowed to read secrets.
  const stored = await store
    .read()
    .catch(unreadable)
    .finally(() => store.close());
  const firstApp = { appId: deployed.appId ?? '', pushToken: stored?.['push-token'] };
  const stageApps = await readStageAppsOf(names, awsRegion, firstApp).catch(unreadable);
  const url = addressIn(options.api ?? deployed.apiUrl);
  yield* probeService({ url, key, pushToken, appId: app, stageApps, clock: Date.now });
  yield* judgeAppSettings(stageApps ?? [], { stage, appId: app });
  yield* probeStage({ env, stage, deployed, names, stored, clock: Date.now });
}

function unreadable(error: unknown): undefined {
  if (!(error instanceof CommandError)) throw error;
}

/** The AWS SDK takes half a second to load, which only stages need. */
async function forStages() {
  const [{ findStage }, { openSecretStore }, { parameterNames }, { probeStage }, { readStageAppsOf }] =
    await Promise.all([
      import('./deployed-stage.ts'),
      import('./setup/parameter-store.ts'),
      import('./setup/parameter-names.ts'),
      import('./doctor/probe-aws.ts'),
      import('./doctor/stage-apps.ts'),
    ]);
  return { findStage, openSecretStore, parameterNames, probeStage, readStageAppsOf };
}

function addressIn(api: string | undefined): string {
  if (api === undefined)
    throw new UsageError(say('Give --stage NAME or --api URL.', '请给出 --stage 或 --api。'));
  if (/^https?:\/\//.test(api) && URL.canParse(api)) return api.replace(/\/+$/, '');
  throw new UsageError(say(`"${api}" is no address of an API.`, `“${api}”不是接口地址。`));
}
