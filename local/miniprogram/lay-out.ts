import { cp, mkdir, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as v from 'valibot';

const manifestSchema = v.object({
  dependencies: v.optional(v.record(v.string(), v.string()), {}),
  miniprogram: v.optional(v.string(), 'miniprogram_dist'),
});

/**
 * What "build npm" (构建 npm) of WeChat's developer tool does with packages made for mini programs: the folder that a
 * package names in `miniprogram` becomes `miniprogram_npm/<package>`. `packages` is where a package is found.
 */
export async function layOutNpm(project: string, packages: (name: string) => string): Promise<void> {
  const { dependencies } = await readManifest(project);
  await rm(join(project, 'miniprogram_npm'), { recursive: true, force: true });
  for (const name of Object.keys(dependencies)) {
    const source = packages(name);
    const { miniprogram } = await readManifest(source);
    const target = join(project, 'miniprogram_npm', name);
    await mkdir(dirname(target), { recursive: true });
    await cp(join(source, miniprogram), target, { recursive: true });
  }
}

async function readManifest(folder: string) {
  return v.parse(manifestSchema, JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')));
}
