import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { afterAll, expect, inject, test } from 'vitest';
import { fetchFromSsm } from '../../lib/runtime/aws.ts';

const ENV = { AWS_REGION: 'cn-north-1', AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' };
const folder = await mkdtemp(join(tmpdir(), 'qingniao-parameters-'));
let answers: [status: number, body: object][] = [];
const server = createServer((_request, response) => {
  const [status, body] = answers.shift() ?? [500, {}];
  response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(body));
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
afterAll(async () => {
  server.close();
  await rm(folder, { recursive: true });
});

/** The same function out of a bundle, which leaves out most of SSM's client. */
async function bundled(): Promise<typeof fetchFromSsm> {
  const outfile = join(folder, 'aws.mjs');
  await build({
    entryPoints: ['lib/runtime/aws.ts'],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    mainFields: ['module', 'main'],
    plugins: createRequire(import.meta.url)('../../deploy/bundling/plugins.cjs') as Plugin[],
  });
  return ((await import(outfile)) as { fetchFromSsm: typeof fetchFromSsm }).fetchFromSsm;
}

const ofBundle = await bundled();

function read(by: typeof fetchFromSsm, ...given: typeof answers) {
  answers = [...given];
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return by({ ...ENV, AWS_ENDPOINT_URL: endpoint })(['/one']);
}

const GIVEN = { Parameters: [{ Name: '/one', Value: 'value', Type: 'SecureString', Version: 1 }] };

test('a bundle reads parameters, and asks again where SSM throttles it', async () => {
  const throttled = { __type: 'ThrottlingException', message: 'Rate exceeded' };
  expect(await read(ofBundle, [400, throttled], [200, GIVEN])).toEqual(new Map([['/one', 'value']]));
});

test.each(['AccessDeniedException', 'InvalidKeyId', 'ParameterNotFound', 'UnrecognizedClientException'])(
  'a bundle tells a refusal of SSM as its whole client does: %s',
  async (name) => {
    const refused = [400, { __type: name, message: 'no' }] as [number, object];
    const told = (error: Error & { $fault?: string }) => [error.name, error.message, error.$fault];
    const whole = await read(fetchFromSsm, refused).catch(told);
    expect(whole).toEqual([name, 'no', 'client']);
    expect(await read(ofBundle, refused).catch(told)).toEqual(whole);
  },
);

test.each(inject('packaged').bundles)("$functionName holds nothing of SSM's other operations", ({ code }) => {
  expect(code).not.toMatch(/AutomationExecution|MaintenanceWindow|PatchBaseline/);
});
