import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from './steps.ts';

/** An AWS that the service can be deployed to. */
export interface Aws {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** Whether it is ministack, started here. */
  readonly isOurs: boolean;
  close(): Promise<void>;
}

const REGION = 'us-east-1';
const CREDENTIALS = { accessKeyId: 'test', secretAccessKey: 'test' };

/** An AWS that runs already, with the credentials and the region of the environment if it has any. */
export function runningAws(endpoint: string, env: NodeJS.ProcessEnv): Aws {
  return {
    endpoint,
    region: env['AWS_REGION'] ?? REGION,
    credentials: {
      accessKeyId: env['AWS_ACCESS_KEY_ID'] ?? CREDENTIALS.accessKeyId,
      secretAccessKey: env['AWS_SECRET_ACCESS_KEY'] ?? CREDENTIALS.secretAccessKey,
    },
    isOurs: false,
    close: () => Promise.resolve(),
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('There is no free port.');
  return address.port;
}

/**
 * Starts ministack, an emulator of AWS, on a free port of 127.0.0.1, with nothing in it. Functions run in processes of their own under the
 * Node that is first in PATH, and with the rights of their roles.
 */
export async function startLocalAws(bin: string): Promise<Aws> {
  const port = await freePort();
  const home = await mkdtemp(join(tmpdir(), 'qingniao-aws-'));
  const child = spawn(join(bin, 'ministack'), [], {
    cwd: home,
    // A group of its own, so that the processes of the functions end with it.
    detached: true,
    stdio: 'ignore',
    env: {
      PATH: process.env['PATH'],
      HOME: home,
      TMPDIR: home,
      GATEWAY_PORT: `${port}`,
      BIND_HOST: '127.0.0.1',
      MINISTACK_HOST: '127.0.0.1',
      IOT_MTLS_ENABLED: '0',
      SFTP_ENABLED: '0',
      MINISTACK_REGION: REGION,
      // Roles count; whoever has these credentials is the owner of the account.
      AUTH: 'true',
      AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
    },
  });
  const exited = once(child, 'exit');
  const endpoint = `http://127.0.0.1:${port}`;
  const kill = () => {
    if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) {
      process.kill(-child.pid, 'SIGKILL');
    }
  };
  const sweep = () => {
    kill();
    rmSync(home, { recursive: true, force: true, maxRetries: 5 });
  };
  process.once('exit', sweep);
  await eventually(
    'The local AWS answers',
    () =>
      fetch(`${endpoint}/_ministack/health`).then(
        ({ ok }) => ok,
        () => false,
      ),
    (isUp) => isUp,
  );
  return {
    endpoint,
    region: REGION,
    credentials: CREDENTIALS,
    isOurs: true,
    async close() {
      process.off('exit', sweep);
      kill();
      await exited;
      await rm(home, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
