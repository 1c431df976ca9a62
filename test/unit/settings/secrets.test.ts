import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { fetchFromSsm } from '../../../lib/runtime/aws.ts';
import { readStage } from '../../../lib/settings/read-stage.ts';
import { type FetchParameters, SecretsError } from '../../../lib/settings/secrets.ts';

const parameters = (values: Record<string, string>) =>
  vi.fn<FetchParameters>(
    async (names) => new Map(Object.entries(values).filter(([name]) => names.includes(name))),
  );

const loadSecrets = async (...asked: Parameters<typeof readStage>) => (await readStage(...asked)).env;

describe('secrets', () => {
  it('are read from the parameters that the variables name, all in one call', async () => {
    const fetch = parameters({ '/q/app': 'app-secret', '/q/session': 'session-secret' });
    const env = { WECHAT_APP_SECRET_PARAM: '/q/app', SESSION_SECRET_PARAM: '/q/session', TABLE_NAME: 't' };
    expect(await loadSecrets(env, ['WECHAT_APP_SECRET', 'SESSION_SECRET'], fetch)).toEqual({
      ...env,
      WECHAT_APP_SECRET: 'app-secret',
      SESSION_SECRET: 'session-secret',
    });
    expect(fetch.mock.calls).toEqual([[['/q/app', '/q/session']]]);
  });

  it('that are not asked for are not read: the role may not', async () => {
    const fetch = parameters({ '/q/app': 'app-secret' });
    const env = { WECHAT_APP_SECRET_PARAM: '/q/app', API_KEYS_PARAM: '/q/keys' };
    expect(await loadSecrets(env, ['WECHAT_APP_SECRET'], fetch)).not.toHaveProperty('API_KEYS');
  });

  it('given as plain variables go before parameters and need no call', async () => {
    const fetch = parameters({});
    const env = { SESSION_SECRET: 'plain', SESSION_SECRET_PARAM: '/q/session' };
    expect(await loadSecrets(env, ['SESSION_SECRET'], fetch)).toEqual(env);
    expect(fetch).not.toHaveBeenCalled();
  });

  it('of message push may be missing: it is off without them', async () => {
    const env = { WECHAT_PUSH_TOKEN_PARAM: '/q/token', WECHAT_PUSH_AES_KEY_PARAM: '/q/key' };
    const names = ['WECHAT_PUSH_TOKEN', 'WECHAT_PUSH_AES_KEY'] as const;
    const loaded = await loadSecrets(env, names, parameters({ '/q/token': 'token123' }));
    expect(loaded['WECHAT_PUSH_TOKEN']).toBe('token123');
    expect(loaded['WECHAT_PUSH_AES_KEY']).toBeUndefined();
  });

  it('that are missing are all named at once', async () => {
    const env = {
      SESSION_SECRET_PARAM: '/q/session',
      API_KEYS_PARAM: '/q/keys',
      WECHAT_APP_SECRET_PARAM: '/q/app',
    };
    const loading = loadSecrets(
      env,
      ['SESSION_SECRET', 'API_KEYS', 'WECHAT_APP_SECRET'],
      parameters({ '/q/app': 'app-secret' }),
    );
    await expect(loading).rejects.toThrow(SecretsError);
    await expect(loading).rejects.toMatchObject({
      code: 'secrets-unavailable',
      message: expect.stringMatching(/\/q\/session \(SESSION_SECRET_PARAM\), \/q\/keys \(API_KEYS_PARAM\)$/),
    });
    await expect(loading).rejects.not.toMatchObject({ message: expect.stringContaining('app-secret') });
  });

  it('that SSM does not give are an error with the reason behind it', async () => {
    const refused = new Error('AccessDeniedException');
    const fetch: FetchParameters = () => Promise.reject(refused);
    await expect(loadSecrets({ API_KEYS_PARAM: '/q/keys' }, ['API_KEYS'], fetch)).rejects.toMatchObject({
      code: 'secrets-unavailable',
      message: expect.stringContaining('/q/keys'),
      cause: refused,
    });
  });

  it('come decrypted from Systems Manager', async () => {
    const asked: unknown[] = [];
    const server = createServer(async (request, response) => {
      asked.push(
        request.headers['x-amz-target'],
        JSON.parse(Buffer.concat(await request.toArray()).toString()),
      );
      response.setHeader('content-type', 'application/x-amz-json-1.1');
      response.end(JSON.stringify({ Parameters: [{ Name: '/q/keys', Value: '[]' }], InvalidParameters: [] }));
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    onTestFinished(() => void server.close());
    const env = {
      AWS_ENDPOINT_URL_SSM: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      AWS_REGION: 'ap-southeast-1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      API_KEYS_PARAM: '/q/keys',
    };
    expect(await loadSecrets(env, ['API_KEYS'], fetchFromSsm(env))).toMatchObject({ API_KEYS: '[]' });
    expect(asked).toEqual(['AmazonSSM.GetParameters', { Names: ['/q/keys'], WithDecryption: true }]);
  });
});
