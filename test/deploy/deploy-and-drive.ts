import { strict as assert } from 'node:assert';
import { GetParametersCommand, SSMClient } from '@aws-sdk/client-ssm';
import { parseDocument } from 'yaml';
import {
  SAMPLE_TEMPLATES,
  type SimulatedApp,
  type WeChatSimulator,
} from '../../local/wechat-simulator/index.ts';
import { BREAKS, type Break } from './breaks.ts';
import { type Checkout, checkOutCommit, checkOutPresent, earlierVersion, hasCommit } from './checkout.ts';
import { lendDeployingRole } from './deploying-role.ts';
import { fitToEmulator } from './emulator.ts';
import type { Aws } from './local-aws.ts';
import { driveMainPath } from './main-path.ts';
import { openResources } from './resources.ts';
import { deploy, type Environment, remove, runIn } from './serverless.ts';
import { openService, type Service, type User } from './service.ts';
import { startAll } from './start-probe.ts';
import { step } from './steps.ts';
import { type DeployedWebhook, openWebhook } from './webhook.ts';

const STAGE = 'deploytest';
const APPS = `/qingniao/${STAGE}/apps`;
/** An account that accounts for its costs has tags on every stack, which CloudFormation passes on. */
const TAGS = { team: 'mini-program' };

/** From nothing to a stage of the last release, this version, this version with another setting, and nothing again. */
export async function deployAndDrive(o: {
  aws: Aws;
  wechat: WeChatSimulator;
  broken: Break | undefined;
  from: string | undefined;
}): Promise<void> {
  const { aws, wechat, broken, from = await earlierVersion() } = o;
  if (from !== undefined && !(await hasCommit(from)))
    throw new Error(`This clone has no commit or tag ${from}.`);
  const env = environmentOf(aws, wechat);
  const present = await checkOutPresent();
  const earlier = from === undefined ? undefined : await checkOutCommit(from);
  try {
    if (aws.isOurs) for (const checkout of [present, earlier]) if (checkout) await fitToEmulator(checkout);
    if (broken) {
      process.stdout.write(`  broken on purpose: ${BREAKS[broken].says}\n`);
      await BREAKS[broken].apply(present);
    }
    await present.edit('serverless.yml', withStackTags);
    const key = await step('npm run setup makes the secrets', () => setUp(present, env));
    const role = aws.isOurs
      ? await step('the deploying role is lent to jobs of its environment, and to no other', () =>
          lendDeployingRole(aws, present, STAGE),
        )
      : undefined;
    const job = { ...env, ...role?.env };
    const bounded = role && { permissionsBoundary: role.permissionsBoundary };
    const deployPresent = async (params: Readonly<Record<string, string>> = {}) => {
      await deploy(present, { stage: STAGE, env: job, params: { ...bounded, ...params } });
      await role?.bound();
    };
    await step(
      `sls deploy of ${from?.slice(0, 12) ?? 'this version, as no earlier one is in this clone'}`,
      () => (earlier ? deploy(earlier, { stage: STAGE, env }) : deployPresent()),
    );
    const resources = await openResources({
      stage: STAGE,
      aws,
      env,
      checkout: present,
      appId: wechat.appId,
    });
    try {
      const service = openService(resources.apiUrl(), key, wechat);
      const user = await step('it takes grants and messages in', () => leaveData(service));
      if (earlier) await step('sls deploy of this version with the deploying role', () => deployPresent());
      await resources.readOutputs();
      await step('the tags of the stack are on its functions', async () =>
        assert.deepEqual(await resources.tagsOf('health', Object.keys(TAGS)), TAGS),
      );
      await step('every function starts', () => startAll(resources));
      await step('all of it is still there', () => findData(service, user));
      await useCallback(aws, service, { parameters: `/qingniao/${STAGE}`, path: '/v1/wechat/events' });
      await driveMainPath(service, resources);
      await step('npm run doctor passes with the deploying role', () =>
        runIn(
          present,
          ['node', 'operate/doctor.ts', '--stage', STAGE, '--api', resources.apiUrl(), '--pipeline'],
          { ...job, QINGNIAO_API_KEY: key },
        ),
      );
      const second = wechat.addApp({ templates: SAMPLE_TEMPLATES });
      await step('npm run setup adds a mini program', () => addApp(present, env, second));
      const webhook = aws.isOurs
        ? await step('npm run setup makes the secret of a webhook', () => setUpWebhook(aws, present, env))
        : undefined;
      await step('sls deploy with other settings, which replaces all containers', () =>
        deployPresent({
          sessionTtlHours: '24',
          secretsRevision: 'second',
          ...(webhook && { webhookUrl: webhook.url }),
        }),
      );
      await step('everything is as it was', () => findMessage(service, user));
      if (webhook) {
        await step('the webhook gets an event, with its secret', () => webhook.drive(service));
        await webhook.close();
      }
      const ofSecond = openService(resources.apiUrl(), key, second, second.appId);
      const place = { parameters: `${APPS}/${second.appId}`, path: `/v1/wechat/events/${second.appId}` };
      await useCallback(aws, ofSecond, place);
      await step('a message of the second mini program is delivered, and the first knows nothing of it', () =>
        driveSecond(ofSecond, service),
      );
      await step('sls remove leaves nothing', async () => {
        await remove(present, { stage: STAGE, env: job });
        await role?.remove();
        assert.deepEqual(await resources.leftOver(), []);
      });
    } catch (error) {
      process.stderr.write(`\n${await resources.complaints()}\n`);
      throw error;
    } finally {
      resources.close();
    }
  } finally {
    await Promise.all([present.remove(), earlier?.remove()]);
  }
}

function withStackTags(text: string): string {
  const document = parseDocument(text);
  document.setIn(['provider', 'stackTags'], TAGS);
  return String(document);
}

function environmentOf(aws: Aws, { url, appId, appSecret }: WeChatSimulator): Environment {
  return {
    AWS_ENDPOINT_URL: aws.endpoint,
    AWS_REGION: aws.region,
    AWS_ACCESS_KEY_ID: aws.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: aws.credentials.secretAccessKey,
    HOME: '/nonexistent',
    SLS_AWS_MONITORING_FREQUENCY: '500',
    WECHAT_APP_ID: appId,
    WECHAT_APP_SECRET: appSecret,
    WECHAT_API_BASE_URL: url,
  };
}

/** Returns the API key that it made. */
async function setUp(present: Checkout, env: Environment): Promise<string> {
  const said = await runIn(
    present,
    ['node', 'operate/setup.ts', '--stage', STAGE, '--yes', '--scopes', 'read,send,manage'],
    env,
  );
  return /qn_\w+/.exec(said)?.[0] ?? assert.fail(`setup shows no API key:\n${said}`);
}

/** Without a deployment, as an owner adds one. */
async function setUpWebhook(aws: Aws, present: Checkout, env: Environment): Promise<DeployedWebhook> {
  const wish = ['--yes', '--webhook', 'https://example.com/events'];
  await runIn(present, ['node', 'operate/setup.ts', '--stage', STAGE, ...wish], env);
  return openWebhook(aws, `qingniao/${STAGE}/webhook-secret`);
}

async function addApp(
  present: Checkout,
  env: Environment,
  { appId, appSecret }: SimulatedApp,
): Promise<void> {
  await runIn(present, ['node', 'operate/setup.ts', '--stage', STAGE, '--yes', '--app', appId], {
    ...env,
    WECHAT_APP_SECRET: appSecret,
  });
}

async function driveSecond(second: Service, first: Service): Promise<void> {
  const user = await second.logIn();
  await second.allow(user);
  const { id } = await second.send(user);
  await second.until(id, ['delivered']);
  assert.equal(second.wechat.received({ call: 'send', openid: user.openid }).items.length, 1);
  assert.equal(first.wechat.received({ call: 'send', openid: user.openid }).items.length, 0);
  const { items } = await first.call('GET', `/v1/messages?openid=${user.openid}`);
  assert.deepEqual(items, []);
}

/** Tells the simulated WeChat where to push its events, with the token and key that setup made. */
async function useCallback(
  { endpoint, region, credentials }: Aws,
  { wechat, apiUrl }: Service,
  { parameters, path }: { readonly parameters: string; readonly path: string },
): Promise<void> {
  const client = new SSMClient({ endpoint, region, credentials });
  const Names = ['push-token', 'push-aes-key'].map((name) => `${parameters}/${name}`);
  const { Parameters = [] } = await client.send(new GetParametersCommand({ Names, WithDecryption: true }));
  client.destroy();
  const value = (ending: string) => Parameters.find(({ Name }) => Name?.endsWith(ending))?.Value ?? '';
  wechat.setCallback({
    url: `${apiUrl}${path}`,
    token: value('push-token'),
    aesKey: value('push-aes-key'),
  });
}

interface Left {
  readonly user: User;
  readonly sent: string;
  readonly booked: string;
}

const DAY_MS = 24 * 60 * 60_000;

/** A user with a grant to spare, one held for a reminder and one spent. */
async function leaveData(service: Service): Promise<Left> {
  const user = await service.logIn();
  for (let tap = 0; tap < 3; tap++) await service.allow(user);
  const { id: sent } = await service.send(user);
  await service.until(sent, ['sent', 'delivered']);
  const { id: booked } = await service.send(user, { sendAt: new Date(Date.now() + DAY_MS).toISOString() });
  return { user, sent, booked };
}

async function findData(service: Service, left: Left): Promise<void> {
  const { available, held, spent } =
    (await service.grantsOf(left.user)) ?? assert.fail('The ledger is gone.');
  assert.deepEqual({ available, held, spent }, { available: 1, held: 1, spent: 1 });
  assert.equal((await service.call('GET', `/v1/messages/${left.sent}`)).status, 'sent');
  assert.equal((await service.call('DELETE', `/v1/messages/${left.booked}`)).status, 'canceled');
}

async function findMessage(service: Service, { user, sent, booked }: Left): Promise<void> {
  const { items } = await service.call('GET', `/v1/messages?openid=${user.openid}`);
  assert.deepEqual(
    items.map(({ id, status }: { id: string; status: string }) => [id, status]),
    [
      [booked, 'canceled'],
      [sent, 'sent'],
    ],
  );
}
