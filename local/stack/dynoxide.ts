import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** The machines that dynoxide is built for, in Node's words for operating system and processor. */
const BUILDS: readonly string[] = ['darwin-arm64', 'darwin-x64', 'linux-arm64', 'linux-x64', 'win32-x64'];

/** A kind of machine: `process` is one. */
export interface Machine {
  readonly platform: string;
  readonly arch: string;
}

/** The package that holds dynoxide for a machine; undefined where there is no build for it. */
export function dynoxidePackage({ platform, arch }: Machine): string | undefined {
  const build = `${platform}-${arch}`;
  return BUILDS.includes(build) ? `@dynoxide/${build}` : undefined;
}

/** The program of that package; undefined where it is not installed. `seenFrom` is the file that looks for it. */
export function dynoxideProgram(machine: Machine, seenFrom = import.meta.url): string | undefined {
  const name = dynoxidePackage(machine);
  const manifest = name === undefined ? undefined : installed(`${name}/package.json`, seenFrom);
  if (manifest === undefined) return undefined;
  return join(dirname(manifest), machine.platform === 'win32' ? 'dynoxide.exe' : 'dynoxide');
}

/** Where a package's file is; undefined where the package is not installed. */
export function installed(file: string, seenFrom = import.meta.url): string | undefined {
  try {
    return createRequire(seenFrom).resolve(file);
  } catch {
    return undefined;
  }
}
