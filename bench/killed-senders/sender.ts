import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import * as v from 'valibot';
import type { Capacity } from '../capacity-meter.ts';

const SCRIPT = fileURLToPath(new URL('sender-process.ts', import.meta.url));

/** Heap limits as a function of 256 MB has them: without any, Node puts off collecting garbage on a machine with much memory. */
const AS_IN_256_MB = ['--max-old-space-size=160', '--max-semi-space-size=8'];

const reportSchema = v.object({
  writeUnits: v.number(),
  readUnits: v.number(),
  calls: v.number(),
  rssBytes: v.number(),
});

/** A running sender. */
export interface Sender {
  /** What it has used by its last report, and the most memory it took. */
  used(): Capacity & { readonly peakBytes: number };
  complaints(): string;
  /** SIGKILL, without a last word. */
  kill(): Promise<void>;
  /** Lets it end what it is at. */
  stop(): Promise<void>;
}

/** Starts a sender and resolves when it takes from the queue. */
export async function startSender(env: Readonly<Record<string, string>>): Promise<Sender> {
  const child = spawn(process.execPath, [...AS_IN_256_MB, SCRIPT], {
    env: { ...process.env, ...env },
    stdio: 'pipe',
  });
  let complaints = '';
  let used = { writeUnits: 0, readUnits: 0, calls: 0, peakBytes: 0 };
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaints = (complaints + text).slice(-20_000);
  });
  const lines = createInterface(child.stdout);
  lines.on('line', (line) => {
    const { rssBytes, ...capacity } = v.parse(reportSchema, JSON.parse(line));
    used = { ...capacity, peakBytes: Math.max(used.peakBytes, rssBytes) };
  });
  await Promise.race([
    once(lines, 'line'),
    once(child, 'exit').then(() => Promise.reject(new Error(`A sender ended at its start: ${complaints}`))),
  ]);
  return {
    used: () => used,
    complaints: () => complaints,
    kill: () => end(child, 'SIGKILL'),
    stop: () => end(child, 'SIGTERM'),
  };
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill(signal);
  await exited;
}
