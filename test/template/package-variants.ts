import { execFile } from 'node:child_process';
import { cp, mkdir, readFile, rename, symlink, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { zipSync } from 'fflate';
import { parseDocument } from 'yaml';
import { VARIANTS, type Variant } from './variants.ts';

const PROJECT = join(import.meta.dirname, '../..');
const TOOLS = join(PROJECT, 'node_modules/.bin');
const PACKAGED = '.serverless/cloudformation-template-update-stack.json';
const EMPTY = 'empty.zip';
const TIMEOUT_MS = 120_000;

/** Packages every variant into `folder`, and returns its template's file by the variant's name. */
export async function packageVariants(folder: string): Promise<ReadonlyMap<string, string>> {
  const files = new Map<string, string>();
  const left = [...VARIANTS];
  const worker = async () => {
    for (let variant = left.shift(); variant; variant = left.shift()) {
      files.set(variant.name, await packageVariant(folder, variant));
    }
  };
  await Promise.all([worker(), worker()]);
  return files;
}

async function packageVariant(folder: string, variant: Variant): Promise<string> {
  const work = join(folder, `${variant.name}.work`);
  await mkdir(work);
  for (const name of ['deploy', 'package.json']) {
    await cp(join(PROJECT, name), join(work, name), { recursive: true });
  }
  await symlink(join(PROJECT, 'node_modules'), join(work, 'node_modules'));
  await writeFile(join(work, EMPTY), zipSync({}));
  const definition = await readFile(join(PROJECT, 'serverless.yml'), 'utf8');
  await writeFile(join(work, 'serverless.yml'), withoutBundles(definition));
  const params = Object.entries(variant.params).flatMap(([name, value]) => ['--param', `${name}=${value}`]);
  await promisify(execFile)(
    join(TOOLS, 'sls'),
    ['package', '--stage', variant.stage, '--region', variant.regions[0], ...params],
    {
      cwd: work,
      timeout: TIMEOUT_MS,
      env: {
        PATH: [TOOLS, process.env['PATH']].join(delimiter),
        HOME: work,
        WECHAT_APP_ID: 'wx0123456789abcdef',
      },
    },
  );
  const template = join(folder, `${variant.name}.json`);
  await rename(join(work, PACKAGED), template);
  return template;
}

/** A template names its bundles and does not depend on what is in them, so they are left out: packaging then takes a quarter of the time. */
function withoutBundles(definition: string): string {
  const document = parseDocument(definition);
  document.delete('plugins');
  document.setIn(['package'], { artifact: EMPTY });
  return String(document);
}
