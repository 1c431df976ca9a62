import { expect, test, vi } from 'vitest';
import { startService } from '../contract/running-service.ts';
import { runCommand } from './run-command.ts';

// Each test runs a command, which starts anew.
vi.setConfig({ testTimeout: 60_000 });

const { stack } = await startService({ moreApps: [{}], dispatchEverySeconds: 0 });
const TABLE = ['--table', stack.tableName];
const API = ['--api', stack.apiUrl, '--key', 'dev-key'];
const MESSAGE = 'msg_01a225740b12726da354a3425518bb74_o-nobody';
const env = {
  AWS_ENDPOINT_URL_DYNAMODB: stack.dynamodbEndpoint,
  AWS_ACCESS_KEY_ID: 'local',
  AWS_SECRET_ACCESS_KEY: 'local',
};

test.each([
  ['audit', TABLE, 'en', /^The table \S+ holds nothing of the mini program wx9: check --app\.$/],
  ['logs', [MESSAGE, ...TABLE], 'zh', /^表 \S+ 中没有小程序 wx9 的任何内容，请检查 --app。$/],
  ['doctor', API.slice(0, 2), 'en', /^There is no mini program wx9 here for this API key\.$/],
  ['campaign', ['list', ...API], 'zh', /^没有该 API Key 可用的小程序 wx9。$/],
  ['template', ['list', ...API], 'en', /^There is no mini program wx9 here for this API key\.$/],
  ['cost', ['--offline', ...API], 'zh', /^没有该 API Key 可用的小程序 wx9。$/],
])(
  'npm run %s --app wx9 says in one line that there is none, and ends with 2',
  async (command, args, lang, line) => {
    const { code, stderr } = await runCommand(command, [...args, '--app', 'wx9', '--lang', lang], env);
    const [first = '', second = ''] = stderr.split('\n');
    expect([code, first, second]).toEqual([
      2,
      expect.stringMatching(line),
      expect.stringContaining('npm run'),
    ]);
  },
);

test.each([
  ['campaign', '', ['run', 'cmp_1', ...API], '"" is no appid'],
  ['audit', 'wx 9', TABLE, '"wx 9" is no appid'],
  ['setup', '', ['--stage', 'local', '--yes'], '"" is no appid'],
])(
  'npm run %s takes --app %j for a mistake and not for the first mini program',
  async (command, app, args, says) => {
    const { code, stdout, stderr } = await runCommand(command, [...args, '--app', app, '--lang', 'en'], env);
    expect([code, stdout, stderr]).toEqual([2, '', expect.stringContaining(says)]);
  },
);
