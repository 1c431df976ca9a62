import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { acceptInput } from '../../../lib/api/accept-input.ts';
import { showMessage } from '../../../lib/api/show-messages.ts';
import { createAliasStore, createTemplateStore } from '../../../lib/dynamodb/dynamodb-template-store.ts';
import { createAliasLookup } from '../../../lib/templates/alias-lookup.ts';
import { createTemplateCatalogue } from '../../../lib/templates/catalogue.ts';
import { completeField } from '../../../lib/templates/parse-template.ts';
import { watched } from '../../support/watched-table.ts';
import { quiet, START_MS, table, useUser } from './use-user.ts';

/** As WeChat makes them, and no alias can be. */
const TEMPLATE_ID = 'qN6yZ2kTj3wF0bVxR8mC5dLhP1sG7aUeY4oI9nKtQzX';
const operator = { type: 'operator', keyName: 'test', scopes: ['send'] } as const;

/** What a function that has just started accepts messages with. */
async function justStarted() {
  const { openid, services, calls, waiting } = await useUser();
  let failing = '';
  const own = watched(table, (operation, input, send) => {
    calls.push(operation);
    return JSON.stringify(input).includes('aliases') && failing !== ''
      ? Promise.reject(new Error(failing))
      : send();
  });
  const store = createTemplateStore(own, quiet);
  await store.save(
    [
      {
        templateId: TEMPLATE_ID,
        title: '收货',
        kind: 'one-time',
        fields: [completeField({ key: 'thing1', label: '商品', example: '普洱' })],
        syncedAtMs: START_MS,
      },
    ],
    START_MS,
  );
  calls.length = 0;
  const aliases = createAliasStore(own, { newVersion: randomUUID });
  const accepting = {
    ...services,
    templates: createTemplateCatalogue({
      store,
      clock: services.clock,
      logger: quiet,
      fetchTemplates: async () => [],
    }),
    names: createAliasLookup({ configured: {}, store: aliases, clock: services.clock }),
    isOpenToUsers: async () => true,
  };
  const body = {
    to: openid,
    templateId: TEMPLATE_ID,
    data: { thing1: '普洱' },
    fit: false,
    hold: false,
    miniprogramState: 'formal',
    lang: 'zh_CN',
  } as const;
  return {
    calls,
    waiting,
    fail: (message: string) => {
      failing = message;
    },
    accept: async () => {
      const { message } = await acceptInput(accepting, operator, { body, idempotencyKey: undefined });
      return showMessage(accepting, message);
    },
  };
}

test('nothing is read any more once a message is accepted, also by a function that has just started', async () => {
  const { accept, calls } = await justStarted();
  await accept();
  expect(calls.toSorted()).toEqual(['GetItem', 'GetItem', 'GetItem', 'PutItem']);
  expect(calls.at(-1)).toBe('PutItem');
});

test('a message that could not be answered for is not accepted: a caller that tries again sends it once', async () => {
  const { accept, waiting, fail } = await justStarted();
  fail('The table has no aliases now.');
  await expect(accept()).rejects.toThrow('no aliases now');
  expect(await waiting()).toEqual([]);
  fail('');
  await accept();
  expect(await waiting()).toHaveLength(1);
});
