import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { packageService } from '../local/package-service.ts';

/** The uploads of all functions, unpacked as Lambda does. */
export interface Uploads {
  /** The folder of a function, by its name. */
  folderOf(functionName: string): string;
  close(): Promise<void>;
}

/** Packages the service for the benchmark and unpacks every function into a folder of its own. */
export async function unpackService(): Promise<Uploads> {
  const { bundles } = await packageService({ stage: 'bench' });
  const root = await mkdtemp(join(tmpdir(), 'qingniao-bench-'));
  const folderOf = (functionName: string) => join(root, functionName);
  for (const { functionName, files } of bundles) {
    for (const [path, content] of Object.entries(files)) {
      const file = join(folderOf(functionName), path);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, content);
    }
  }
  return { folderOf, close: () => rm(root, { recursive: true, force: true }) };
}
