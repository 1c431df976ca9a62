import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { packageFolder } from '../deploy/python-tool.ts';

/** Per service: the kinds of thing that each call may be allowed on, and how their names look. */
const servicesSchema = v.record(
  v.string(),
  v.object({
    Actions: v.record(v.string(), v.object({ Resources: v.optional(v.array(v.string()), []) })),
    Resources: v.optional(v.record(v.string(), v.object({ ARNFormats: v.array(v.string()) })), {}),
  }),
);
const nameSchema = v.union([
  v.string(),
  v.pipe(
    v.object({ 'Fn::Sub': v.string() }),
    v.transform((value) => value['Fn::Sub']),
  ),
]);

const ACCOUNT = '123456789012';

/** AWS's list of what each call may be allowed on. */
export type Reference = Awaited<ReturnType<typeof openReference>>;

/** Opens the list that cfn-lint's package carries, for names in one region. */
export async function openReference(bin: string, region: string) {
  const file = join(await packageFolder(bin, 'cfnlint'), 'data/AdditionalSpecs/Policies.json');
  const services = v.parse(servicesSchema, JSON.parse(await readFile(file, 'utf8')));
  const partition = region.startsWith('cn-') ? 'aws-cn' : 'aws';
  const values: Readonly<Record<string, string>> = {
    Partition: partition,
    Region: region,
    Account: ACCOUNT,
    'AWS::Partition': partition,
    'AWS::Region': region,
    'AWS::AccountId': ACCOUNT,
    Stage: 'stage',
  };
  const filled = (text: string) => text.replaceAll(/\$\{([\w:]+)\}/g, (_, name) => values[name] ?? '*');

  function find(call: string) {
    const [name = '', action = ''] = call.split(':');
    const service = services[name];
    return { service, kinds: service?.Actions[action.toLowerCase()]?.Resources };
  }

  return {
    knows: (call: string): boolean => find(call).kinds !== undefined,
    /**
     * Whether a statement's `Resource` can hold what a call is for, where CloudFormation makes it for a resource of a type: the type's own
     * kind of thing where the call knows it, else any that it knows. Of a call that is not in the list nothing more is asked.
     */
    canHold(resource: unknown, { call, type }: { call: string; type: string }): boolean {
      const { service, kinds } = find(call);
      if (service === undefined || kinds === undefined) return true;
      const own = kinds.filter((kind) => plain(kind).startsWith(plain(type.split('::')[2] ?? '')));
      const beginnings = (own.length > 0 ? own : kinds)
        .flatMap((kind) => service.Resources[kind.toLowerCase()]?.ARNFormats ?? [])
        .map((format) => filled(format).replace(/\.\*$/, ''));
      return [resource]
        .flat()
        .map((one) => filled(v.parse(nameSchema, one)))
        .some((name) => name === '*' || beginnings.some((beginning) => name.startsWith(beginning)));
    },
  };
}

/** `eventSourceMapping` and `log-group` as types of resources are spelt. */
function plain(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z]/g, '');
}
