import { expect, test } from 'vitest';
import { createUserSendable } from '../../../lib/templates/alias-lookup.ts';

const names = { resolveTemplateId: async (word: string) => (word === 'order-paid' ? 'template-1' : word) };

test('users may send the templates that the settings name, by id or alias', async () => {
  const isOpen = createUserSendable(['order-paid', 'template-2'], names);
  expect(await Promise.all(['template-1', 'template-2', 'template-3'].map(isOpen))).toEqual([
    true,
    true,
    false,
  ]);
});

test('the star opens every template, and an empty list none', async () => {
  expect(await createUserSendable('*', names)('template-3')).toBe(true);
  expect(await createUserSendable([], names)('template-1')).toBe(false);
});
