import { readFile } from 'node:fs/promises';
import * as v from 'valibot';
import { type DeployStatement, readDeployRole } from '../support/deploy-role.ts';
import { openReference, type Reference } from './iam-reference.ts';
import { openResourceSchemas, type ResourceNeeds } from './resource-schemas.ts';
import { UNNEEDED } from './unneeded-calls.ts';

const templateSchema = v.object({
  Resources: v.record(
    v.string(),
    v.object({ Type: v.string(), Properties: v.optional(v.record(v.string(), v.unknown()), {}) }),
  ),
});
type Resource = v.InferOutput<typeof templateSchema>['Resources'][string];

/**
 * Holds the deploying role against what CloudFormation calls to make, read, change, tag and remove every resource of a template.
 *
 * @throws Error that lists the calls that the role lacks, and the exceptions that are none any more
 */
export async function checkDeployingRole(bin: string, templateFile: string, region: string): Promise<void> {
  const [reference, needsOf] = await Promise.all([
    openReference(bin, region),
    openResourceSchemas(bin, region),
  ]);
  const { Resources } = v.parse(templateSchema, JSON.parse(await readFile(templateFile, 'utf8')));
  const { statements } = readDeployRole();
  const found: string[] = [];
  const stated = new Set<string>();
  for (const [type, resources] of Map.groupBy(Object.values(Resources), ({ Type }) => Type)) {
    const needs = await needsOf(type);
    for (const call of needs.calls) stated.add(call);
    found.push(...staleExceptions(type, needs));
    const unneeded = unneededCalls(type, resources);
    const missing = needs.calls.filter(
      (call) => !unneeded.has(call) && !isAllowed(statements, call, { reference, type }),
    );
    found.push(...missing.map((call) => `lacks ${call} for ${type}`));
  }
  const actions = statements.flatMap(({ Action }) => Action);
  const unknown = actions.filter((action) => !reference.knows(action) && !stated.has(action));
  found.push(...unknown.map((action) => `holds ${action}, which AWS does not know`));
  if (found.length > 0) throw new Error(`The deploying role\n${found.join('\n')}`);
}

/** What a property asks for that one resource has is needed, whatever another property that none has would ask for. */
function unneededCalls(type: string, resources: readonly Resource[]): Set<string> {
  const { withoutProperty = {}, never = {} } = UNNEEDED[type] ?? {};
  const isThere = ([path]: [string, unknown]) =>
    resources.some(({ Properties }) => has(Properties, path.split('.')));
  const [needed = [], unneeded = []] = [true, false].map((isWanted) =>
    Object.entries(withoutProperty).flatMap((entry) => (isThere(entry) === isWanted ? entry[1] : [])),
  );
  return new Set([...unneeded, ...Object.values(never).flat()].filter((call) => !needed.includes(call)));
}

function has(value: unknown, [name, ...rest]: readonly string[]): boolean {
  if (name === undefined) return true;
  const record = v.safeParse(v.record(v.string(), v.unknown()), value);
  return record.success && name in record.output && has(record.output[name], rest);
}

/** What AWS has taken away or renamed is no exception any more. */
function staleExceptions(type: string, { calls, properties }: ResourceNeeds): string[] {
  const { withoutProperty = {}, never = {} } = UNNEEDED[type] ?? {};
  const excepted = [...Object.values(withoutProperty), ...Object.values(never)].flat();
  return [
    ...Object.keys(withoutProperty).filter((path) => !properties.includes(path.split('.')[0] ?? '')),
    ...excepted.filter((call) => !calls.includes(call)),
  ].map((name) => `has an exception for ${name} of ${type}, which has none`);
}

function isAllowed(
  statements: readonly DeployStatement[],
  call: string,
  { reference, type }: { reference: Reference; type: string },
): boolean {
  return statements.some(
    ({ Action, Resource }) =>
      Action.some((action) => action.toLowerCase() === call.toLowerCase()) &&
      reference.canHold(Resource, { call, type }),
  );
}
