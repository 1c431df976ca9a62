import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import * as v from 'valibot';
import { parse } from 'yaml';

const definition = v.object({ params: v.record(v.string(), v.record(v.string(), v.unknown())) });
const SERVERLESS_YML = fileURLToPath(new URL('../serverless.yml', import.meta.url));

/** The params of a stage as serverless.yml sets them, before any `--param`. */
export async function stageParams(stage: string): Promise<Readonly<Record<string, unknown>>> {
  const { params } = v.parse(definition, parse(await readFile(SERVERLESS_YML, 'utf8')));
  return { ...params['default'], ...params[stage] };
}
