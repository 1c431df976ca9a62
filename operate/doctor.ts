// Examines a deployed stage, or a local stack, from outside.
import { awsEnvironment, isLocal } from './aws-environment.ts';
import { CommandError, print, runCommand, UsageError } from './command-line.ts';
import type { Finding } from './doctor/finding.ts';
import { probeService } from './doctor/probe-service.ts';
import { findingLines, HELP, summaryLine } from './doctor/texts.ts';

/** The Token of message push that every local stack knows, and its API key. */
const LOCAL_PUSH_TOKEN = 'devPushToken';
const LOCAL_KEY = 'dev-key';

const OPTIONS = {
  stage: { type: 'string' },
  region: { type: 'string' },
  api: { type: 'string' },
  key: { type: 'string' },
  json: { type: 'boolean', default: false },
  pipeline: { type: 'boolean', default: false },
} as const;

await runCommand({ name: 'doctor', help: HELP, options: OPTIONS }, async (options) => {
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
}): AsyncGenerator<Finding> {
  const key = options.key ?? (process.env['QINGNIAO_API_KEY'] || undefined);
  const pushToken = process.env['WECHAT_PUSH_TOKEN'] || undefined;
  if (options.stage === undefined) {
    const url = addressIn(options.api);
    const local = isLocal(url) ? { key: LOCAL_KEY, pushToken: LOCAL_PUSH_TOKEN } : undefined;
    yield* probeService({
      url,
      key: key ?? local?.key,
      pushToken: pushToken ?? local?.pushToken,
      clock: Date.now,
    });
    return;
  }
  const { findStage, openSecretStore, parameterNames, probeStage } = await forStages();
  const { stage, region } = options;
  const env = awsEnvironment(process.env, { region });
  const deployed = await findStage(env, stage);
  const names = await parameterNames(stage);
  const store = openSecretStore(names, env['AWS_REGION'] ?? '');
  // Who may deploy need not be allowed to read secrets.
  const stored = await store
    .read()
    .catch(unreadable)
    .finally(() => store.close());
  const url = addressIn(options.api ?? deployed.apiUrl);
  yield* probeService({ url, key, pushToken: pushToken ?? stored?.['push-token'], clock: Date.now });
  yield* probeStage({ env, stage, deployed, names, stored, clock: Date.now });
}

function unreadable(error: unknown): undefined {
  if (!(error instanceof CommandError)) throw error;
}

/** The AWS SDK takes half a second to load, which only stages need. */
async function forStages() {
  const [{ findStage }, { openSecretStore }, { parameterNames }, { probeStage }] = await Promise.all([
    import('./deployed-stage.ts'),
    import('./setup/parameter-store.ts'),
    import('./setup/parameter-names.ts'),
    import('./doctor/probe-aws.ts'),
  ]);
  return { findStage, openSecretStore, parameterNames, probeStage };
}

function addressIn(api: string | undefined): string {
  if (api === undefined) throw new UsageError('Give --stage NAME or --api URL. 请给出 --stage 或 --api。');
  if (/^https?:\/\//.test(api) && URL.canParse(api)) return api.replace(/\/+$/, '');
  throw new UsageError(`"${api}" is no address of an API. 不是接口地址。`);
}
