import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { unzipSync } from 'fflate';
import { buildConsole } from './console/build-console.ts';

const PROJECT = join(import.meta.dirname, '..');
const TOOLS = join(PROJECT, 'node_modules/.bin');
const DEPLOYED = [
  'console/dist',
  'handlers',
  'lib',
  'deploy',
  'serverless.yml',
  'package.json',
  'tsconfig.json',
];
/** Nothing listens there, so that a packaging step that asks the network fails instead of passing unseen. */
const NO_NETWORK = 'http://127.0.0.1:1';

/** Many times what it takes, so that only what hangs is ended. */
const PACKAGING_TIMEOUT_MS = 120_000;

/** What is uploaded for one function. */
export interface Bundle {
  readonly functionName: string;
  readonly zipBytes: number;
  /** Contents of the zip by path. */
  readonly files: Readonly<Record<string, Uint8Array>>;
}

/** The artefacts that `sls package` makes. */
export interface PackagedService {
  /** The CloudFormation template as JSON text. */
  readonly templateText: string;
  /** One per function, by name. */
  readonly bundles: readonly Bundle[];
}

/**
 * Packages the service as `npm run package` does, but in a folder of its own, so that it gets in the way of no other
 * packaging: with only the files that are deployed, without network, and with no environment but `env`.
 *
 * @throws when `sls package` fails; the message holds what it printed.
 */
export async function packageService(o: {
  stage: string;
  env?: Readonly<Record<string, string>>;
}): Promise<PackagedService> {
  await buildConsole();
  const folder = await mkdtemp(join(tmpdir(), 'qingniao-package-'));
  try {
    await copyDeployed(folder);
    await runPackaging(folder, o.stage, o.env ?? {});
    const artefacts = join(folder, '.serverless');
    return {
      templateText: await readFile(join(artefacts, 'cloudformation-template-update-stack.json'), 'utf8'),
      bundles: await readBundles(artefacts),
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function copyDeployed(folder: string): Promise<void> {
  for (const name of DEPLOYED) await cp(join(PROJECT, name), join(folder, name), { recursive: true });
  await symlink(join(PROJECT, 'node_modules'), join(folder, 'node_modules'));
}

async function runPackaging(
  folder: string,
  stage: string,
  env: Readonly<Record<string, string>>,
): Promise<void> {
  const home = join(folder, '.home');
  await mkdir(home);
  await promisify(execFile)(join(TOOLS, 'sls'), ['package', '--stage', stage], {
    cwd: folder,
    timeout: PACKAGING_TIMEOUT_MS,
    env: {
      ...env,
      PATH: [TOOLS, process.env['PATH']].join(delimiter),
      HOME: home,
      // What it bundles on the way stays in there too.
      TMPDIR: home,
      HTTP_PROXY: NO_NETWORK,
      HTTPS_PROXY: NO_NETWORK,
    },
  });
}

async function readBundles(artefacts: string): Promise<Bundle[]> {
  const zips = (await readdir(artefacts)).filter((name) => name.endsWith('.zip')).sort();
  return Promise.all(
    zips.map(async (name) => {
      const zip = await readFile(join(artefacts, name));
      return { functionName: name.slice(0, -'.zip'.length), zipBytes: zip.length, files: unzipSync(zip) };
    }),
  );
}
