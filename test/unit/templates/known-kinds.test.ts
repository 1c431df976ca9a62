import { expect, test } from 'vitest';
import { knownKinds } from '../../../lib/templates/catalogue.ts';
import { template } from '../../support/templates.ts';

test('kinds are told of the templates that have been read before, and of no others', async () => {
  const known = template({ templateId: 't1', type: 3 });
  const asked: string[] = [];
  const get = async (id: string) => {
    asked.push(id);
    return id === known.templateId ? known : undefined;
  };
  expect(await knownKinds({ get }, ['t1', 't2'])).toEqual(new Map([['t1', 'long-term']]));
  expect(asked).toEqual(['t1', 't2']);
});
