import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { packOnce } from '../miniprogram/pack-once.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The module as its users get it, a tarball. */
    readonly tarball: string;
  }
}

/** Builds and packs the module once for all samples. */
export default async function packForAll(project: TestProject): Promise<() => Promise<void>> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'qingniao-frameworks-')));
  project.provide('tarball', await packOnce(folder));
  return () => rm(folder, { recursive: true, force: true });
}
