import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { packageFolder } from '../deploy/python-tool.ts';

const permissions = v.optional(v.array(v.string()), []);
const schemaSchema = v.object({
  properties: v.record(v.string(), v.unknown()),
  handlers: v.record(v.string(), v.object({ permissions })),
  tagging: v.optional(v.object({ permissions }), {}),
});

/** What CloudFormation needs to be allowed for a type of resource, and the properties that the type has. */
export interface ResourceNeeds {
  readonly calls: readonly string[];
  readonly properties: readonly string[];
}

/** Making, reading, changing and removing; what lists all resources of an account is for other tools than a deployment. */
const HANDLERS = ['create', 'read', 'update', 'delete'];

/** Reads CloudFormation's own schemas of a region's resource types, which cfn-lint's package carries. */
export async function openResourceSchemas(bin: string, region: string) {
  const folder = join(await packageFolder(bin, 'cfnlint'), 'data/schemas');
  const files = v.parse(v.record(v.string(), v.string()), await read(folder, `providers/${region}.json`));
  /** @throws Error for a type that the region does not have */
  return async (type: string): Promise<ResourceNeeds> => {
    const file = files[type];
    if (file === undefined) throw new Error(`${region} has no ${type}.`);
    const { properties, handlers, tagging } = v.parse(
      schemaSchema,
      await read(folder, `resources/${file}.json`),
    );
    const calls = HANDLERS.flatMap((name) => handlers[name]?.permissions ?? []);
    return {
      calls: [...new Set([...calls, ...(tagging.permissions ?? [])])],
      properties: Object.keys(properties),
    };
  };
}

async function read(folder: string, file: string): Promise<unknown> {
  return JSON.parse(await readFile(join(folder, file), 'utf8'));
}
