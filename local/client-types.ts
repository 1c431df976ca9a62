import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { CommandError } from '../operate/command-line.ts';

const CLIENT = join(import.meta.dirname, '../clients/typescript');

/** Where the types of `@qingniao/client` are, seen from the project. */
export const CLIENT_TYPES = 'clients/typescript/src/schema.ts';

/** The types of `@qingniao/client`, made from the text of openapi.yaml. @throws CommandError when the generator is not installed */
export async function clientTypes(openapi: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'qingniao-types-'));
  try {
    const document = join(folder, 'openapi.yaml');
    await writeFile(document, openapi);
    const { stdout } = await promisify(execFile)(process.execPath, [generator(), document], {
      maxBuffer: 64 * 1024 * 1024,
    });
    return `${stampOf(openapi, stdout)}\n${stdout}`;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Whether these types were made from this openapi.yaml and left as they were made. Takes no second, as the generator does. */
export function areTypesOf(openapi: string, types: string): boolean {
  const [stamp = '', ...lines] = types.split('\n');
  return stamp === stampOf(openapi, lines.join('\n'));
}

function stampOf(openapi: string, types: string): string {
  const digest = createHash('sha256').update(openapi).update('\0').update(types).digest('hex');
  return `// Made from openapi.yaml by \`npm run openapi\`: ${digest}`;
}

function generator(): string {
  try {
    const entry = createRequire(join(CLIENT, 'package.json')).resolve('openapi-typescript');
    return join(dirname(entry), '../bin/cli.js');
  } catch {
    throw new CommandError('openapi-typescript is not installed: run npm ci. 请先运行 npm ci。');
  }
}
