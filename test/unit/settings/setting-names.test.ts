import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { SECRET_NAMES, SettingsError } from '../../../lib/settings/settings.ts';
import { readDevOptions } from '../../../local/dev/options.ts';
import { ownersSettings, settingNames } from '../../../local/stack/check-settings.ts';
import { stackEnvironment } from '../../../local/stack/environment.ts';
import { plannedVariables } from '../../../local/stack/resources.ts';
import { readServiceDefinition } from '../../../local/stack/service-definition.ts';

const definition = await readServiceDefinition();
const key = { name: 'dev', sha256: 'a'.repeat(64), scopes: ['send'] };

/** A value of each setting, unlike its default. */
const SAMPLES: Readonly<Record<string, string>> = {
  WECHAT_APP_ID: 'wx0123456789abcdef',
  WECHAT_APP_SECRET: '0123456789abcdef0123456789abcdef',
  WECHAT_API_BASE_URL: 'http://127.0.0.1:9',
  WECHAT_PROXY_URL: 'http://127.0.0.1:8',
  WECHAT_TOKEN_MODE: 'plain',
  SENDING: 'stopped',
  WECHAT_PUSH_TOKEN: 'token123',
  WECHAT_PUSH_AES_KEY: 'k'.repeat(43),
  WECHAT_PUSH_PLAINTEXT: 'true',
  FORWARD_WECHAT_MESSAGES: 'true',
  API_KEYS: JSON.stringify([key]),
  SESSION_SECRET: 'x'.repeat(32),
  SESSION_TTL_HOURS: '24',
  GRANT_SOURCE: 'events',
  USER_SENDABLE_TEMPLATES: 'template-1',
  MAX_SENDS_PER_SECOND: '7',
  TEMPLATE_ALIASES: 'price-drop=template-1',
  APP_PAGES: 'pages/index/index',
  PUBLISHED_EVENTS: '*',
  METRICS_NAMESPACE: 'mine',
};

/** What the functions of a stack find that `npm run dev` starts with these variables. */
async function functionsFind(env: Readonly<Record<string, string>>) {
  const { stack } = await readDevOptions(env, undefined);
  return stackEnvironment({
    appId: '',
    appSecret: '',
    wechatBaseUrl: '',
    resources: plannedVariables(definition),
    dynamodbEndpoint: '',
    sqsEndpoint: '',
    settings: stack.settings ?? {},
  });
}

describe('npm run dev', () => {
  test('takes every setting that the schema has, but for what says where its own table and queues are', () => {
    const wiring = Object.keys(plannedVariables(definition));
    expect(settingNames().filter((name) => !(name in SAMPLES) && !wiring.includes(name))).toEqual([]);
    expect(new Set(ownersSettings(definition))).toEqual(new Set(Object.keys(SAMPLES)));
  });

  test.each(Object.entries(SAMPLES))('hands %s on to the functions', async (name, sample) => {
    const found = await functionsFind({ ...SAMPLES, [name]: sample });
    if (name !== 'API_KEYS') expect(found[name]).toBe(sample);
    else expect(JSON.parse(found[name] ?? '')).toContainEqual(key);
  });

  test('keeps dev-key beside the keys of API_KEYS, whatever these are called', async () => {
    const keys = JSON.parse((await functionsFind({ API_KEYS: JSON.stringify([key]) }))['API_KEYS'] ?? '');
    const sha256 = createHash('sha256').update('dev-key').digest('hex');
    expect(keys).toEqual([
      key,
      { name: expect.not.stringMatching(/^dev$/), sha256, scopes: ['read', 'send', 'manage'] },
    ]);
  });

  test('counts what is empty as absent', async () => {
    const empty = Object.fromEntries(
      [...settingNames(), 'PORT', 'AWS_ENDPOINT_URL'].map((name) => [name, '']),
    );
    await expect(readDevOptions(empty, undefined)).resolves.toMatchObject({ port: 3000, notTaken: [] });
  });

  test('uses the engine and the table that are named, and says which variables it sets itself', async () => {
    const { stack, notTaken } = await readDevOptions(
      { AWS_ENDPOINT_URL: 'http://127.0.0.1:9', TABLE_NAME: 'mine', SEND_QUEUE_URL: 'http://127.0.0.1/q' },
      undefined,
    );
    expect(stack).toMatchObject({ dynamodbEndpoint: 'http://127.0.0.1:9', tableName: 'mine' });
    expect(notTaken).toEqual(['SEND_QUEUE_URL']);
    const both = { AWS_ENDPOINT_URL: 'http://127.0.0.1:9', AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:8' };
    expect((await readDevOptions(both, undefined)).stack.dynamodbEndpoint).toBe('http://127.0.0.1:8');
  });

  test('names all that is bad in one error, its ports too, and no value', async () => {
    const bad = Object.fromEntries(Object.keys(SAMPLES).map((name) => [name, 'bad value\n']));
    const ports = { PORT: 'bad value', WECHAT_SIMULATOR_PORT: '70000', AWS_ENDPOINT_URL: 'bad value' };
    const error = await readDevOptions({ ...bad, ...ports }, undefined).catch((thrown) => thrown);
    expect(error).toBeInstanceOf(SettingsError);
    for (const name of [...Object.keys(SAMPLES), ...Object.keys(ports)])
      expect(error.message).toMatch(new RegExp(`^  ${name}(\\.0)?: .`, 'm'));
    expect(error.message).not.toContain('bad value');
    expect(error.stack).not.toMatch(/^\s+at /m);
  });

  test('wants the account of a real WeChat', async () => {
    const real = { WECHAT_API_BASE_URL: 'https://api.weixin.qq.com' };
    await expect(readDevOptions(real, undefined)).rejects.toMatchObject({
      problems: ['WECHAT_APP_ID: Required', 'WECHAT_APP_SECRET: Required'],
    });
  });
});

test('every setting is deployed: serverless.yml gives it to a function, a secret by the name of its parameter', () => {
  const deployed = new Set(
    Object.values(definition.functions()).flatMap(({ environment }) => Object.keys(environment)),
  );
  const secrets: readonly string[] = SECRET_NAMES;
  const given = (name: string) => (secrets.includes(name) ? `${name}_PARAM` : name);
  expect(settingNames().filter((name) => !deployed.has(given(name)))).toEqual([]);
});

test.each(['docs/en/settings.md', 'docs/zh/settings.md'])('%s names every setting', (readme) => {
  const text = readFileSync(readme, 'utf8');
  expect(settingNames().filter((name) => !text.includes(`\`${name}\``))).toEqual([]);
});
