import {
  DeleteParameterCommand,
  DeleteParametersCommand,
  GetParameterCommand,
  GetParametersCommand,
  PutParameterCommand,
  SSMClient,
} from '@aws-sdk/client-ssm';
import { expect, onTestFinished, test } from 'vitest';
import { startParameterStore } from '../../../local/stack/parameter-store.ts';
import { LOCAL_AWS } from '../../../local/stack/table.ts';

async function useStore() {
  const store = await startParameterStore();
  const ssm = new SSMClient({ ...LOCAL_AWS, endpoint: store.endpoint });
  onTestFinished(async () => {
    ssm.destroy();
    await store.close();
  });
  return { store, ssm };
}

test('a parameter is written, read, replaced only if asked to, and deleted', async () => {
  const { ssm } = await useStore();
  const one = { Name: '/qingniao/dev/apps', Type: 'String', Value: 'wx2' } as const;
  await ssm.send(new PutParameterCommand(one));
  await expect(ssm.send(new PutParameterCommand({ ...one, Value: 'wx3' }))).rejects.toMatchObject({
    name: 'ParameterAlreadyExists',
  });
  await ssm.send(new PutParameterCommand({ Name: one.Name, Value: 'wx2,wx3', Overwrite: true }));
  const read = await ssm.send(new GetParameterCommand({ Name: one.Name }));
  expect(read.Parameter).toMatchObject({ Name: one.Name, Type: 'String', Value: 'wx2,wx3' });
  await ssm.send(new DeleteParameterCommand({ Name: one.Name }));
  const none = { name: 'ParameterNotFound' };
  await expect(ssm.send(new GetParameterCommand({ Name: one.Name }))).rejects.toMatchObject(none);
  await expect(ssm.send(new DeleteParameterCommand({ Name: one.Name }))).rejects.toMatchObject(none);
});

test('a SecureString shows itself only decrypted', async () => {
  const { store, ssm } = await useStore();
  store.values.set('/s', 'secret');
  const read = async (WithDecryption: boolean) =>
    (await ssm.send(new GetParametersCommand({ Names: ['/s', '/t'], WithDecryption }))).Parameters;
  expect(await read(true)).toMatchObject([{ Name: '/s', Value: 'secret', Type: 'SecureString' }]);
  expect(JSON.stringify(await read(false))).not.toContain('"secret"');
});

test('several are read or deleted at once, ten at most, and those that are not there are named', async () => {
  const { store, ssm } = await useStore();
  store.values.set('/a', '1').set('/b', '2');
  const Names = ['/a', '/none', '/b'];
  const read = await ssm.send(new GetParametersCommand({ Names, WithDecryption: true }));
  expect(read.Parameters?.map(({ Value }) => Value)).toEqual(['1', '2']);
  expect(read.InvalidParameters).toEqual(['/none']);
  const eleven = { Names: Array.from({ length: 11 }, (_, i) => `/${i}`) };
  const tooMany = { name: 'ValidationException' };
  await expect(ssm.send(new GetParametersCommand(eleven))).rejects.toMatchObject(tooMany);
  const deleted = await ssm.send(new DeleteParametersCommand({ Names }));
  expect(deleted).toMatchObject({ DeletedParameters: ['/a', '/b'], InvalidParameters: ['/none'] });
  expect(store.values.size).toBe(0);
});

test.each([
  { Name: 'with space', Type: 'String', Value: '1' },
  { Name: '/empty', Type: 'String', Value: '' },
  { Name: '/long', Type: 'String', Value: 'x'.repeat(4097) },
  { Name: '/no-type', Value: '1' },
] as const)('what SSM would not take is a ValidationException: $Name', async (input) => {
  const { ssm } = await useStore();
  await expect(ssm.send(new PutParameterCommand(input))).rejects.toMatchObject({
    name: 'ValidationException',
  });
});
