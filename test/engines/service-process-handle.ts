import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const SCRIPT = fileURLToPath(new URL('service-process.ts', import.meta.url));

/** A running process of the service. */
export interface ServiceProcess {
  readonly apiUrl: string;
  /** What it has complained of so far; an empty text is what a test wants. */
  complaints(): string;
  /** SIGKILL, at once and without a last word; resolves when it is gone. */
  kill(): Promise<void>;
  /** Lets it end what it is at. */
  stop(): Promise<void>;
  /** SIGSTOP: nothing of it runs, no timer either, until it thaws. */
  freeze(): void;
  thaw(): void;
  /** How far the test's time is ahead of the machine's from now on. */
  setAhead(ms: number): void;
}

/** Starts a process with a role and resolves when it is ready. */
export async function startServiceProcess(
  role: 'sender' | 'api',
  env: Readonly<Record<string, string>>,
  clockAheadMs: number,
): Promise<ServiceProcess> {
  const child = spawn(process.execPath, [SCRIPT, role], {
    env: { ...process.env, ...env, CLOCK_AHEAD_MS: String(clockAheadMs) },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let complaints = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaints += text;
  });
  const firstLine = await Promise.race([
    once(createInterface(child.stdout), 'line').then(([line]) => String(line)),
    once(child, 'exit').then(() =>
      Promise.reject(new Error(`The process ended at its start: ${complaints}`)),
    ),
  ]);
  const { apiUrl } = JSON.parse(firstLine) as { apiUrl: string };
  return {
    apiUrl,
    complaints: () => complaints,
    kill: () => end(child, 'SIGKILL'),
    stop: () => end(child, 'SIGTERM'),
    freeze: () => void child.kill('SIGSTOP'),
    thaw: () => void child.kill('SIGCONT'),
    setAhead: (ms) => void child.stdin.write(`${ms}\n`),
  };
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill(signal);
  await exited;
}
