import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { areTypesOf, CLIENT_TYPES, clientTypes } from '../../local/client-types.ts';

const openapi = await readFile('openapi.yaml', 'utf8');
const types = await readFile(CLIENT_TYPES, 'utf8');

test("the client's types are what the generator makes of openapi.yaml", async () => {
  expect(await clientTypes(openapi)).toBe(types);
});

test('npm run check notices types of another openapi.yaml, and types that were changed by hand', () => {
  expect(areTypesOf(openapi, types)).toBe(true);
  expect(areTypesOf(`${openapi} `, types)).toBe(false);
  expect(areTypesOf(openapi, types.replace('NewMessage', 'OldMessage'))).toBe(false);
  expect(areTypesOf(openapi, '')).toBe(false);
});
