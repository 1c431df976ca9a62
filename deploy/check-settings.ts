// A plugin of the Serverless framework: bad settings end a deployment before anything is packaged or uploaded.
import * as v from 'valibot';
import { problemLine, SettingsError, settingProblems } from '../lib/settings/settings.ts';

/** What is read of the framework, whose variables are resolved by then. */
interface Serverless {
  readonly processedInput: { readonly commands: readonly string[] };
  readonly service: { readonly functions: unknown; readonly resources: unknown };
  readonly classes: { readonly Error: new (message: string) => Error };
}

const functionsSchema = v.record(
  v.string(),
  v.object({ environment: v.optional(v.record(v.string(), v.unknown()), {}) }),
);
const resourcesSchema = v.object({
  Parameters: v.record(
    v.string(),
    v.object({
      Default: v.optional(v.unknown()),
      AllowedPattern: v.optional(v.string(), '[^]*'),
      ConstraintDescription: v.optional(v.string()),
    }),
  ),
});
const reference = v.object({ Ref: v.string() });

/** Refuses, with every bad setting named, to package or deploy what no function would start with. */
export default class CheckSettings {
  readonly hooks: Readonly<Record<string, () => void>>;

  constructor(serverless: Serverless) {
    this.hooks = { initialize: () => check(serverless) };
  }
}

function check({ processedInput, service, classes }: Serverless): void {
  const [command] = processedInput.commands;
  if (command !== 'package' && command !== 'deploy') return;
  // Secrets come at run time and wiring from the stack; the artefacts alone need no settings at all.
  const isMissed = (name: string) => command === 'deploy' && name === 'WECHAT_APP_ID';
  const problems = settingProblems(environment(service)).filter(
    ({ name, rule }) => rule !== 'Required' || isMissed(name),
  );
  const lines = [...problems.map(problemLine), ...parameterProblems(service)];
  if (lines.length > 0) throw new classes.Error(new SettingsError(lines).message);
}

/** What CloudFormation would refuse after all is packaged and uploaded; of the appid the settings tell. */
function parameterProblems({ resources }: Serverless['service']): string[] {
  const { Parameters } = v.parse(resourcesSchema, resources);
  return Object.entries(Parameters).flatMap(([name, { Default, AllowedPattern, ConstraintDescription }]) => {
    if (name === 'WechatAppId' || new RegExp(`^(?:${AllowedPattern})$`).test(String(Default ?? '')))
      return [];
    return `${name}: ${ConstraintDescription ?? `it must match ${AllowedPattern}`}`;
  });
}

/** The variables of all functions as far as they are known before the stack is there. */
function environment({ functions, resources }: Serverless['service']): Record<string, string> {
  const { Parameters } = v.parse(resourcesSchema, resources);
  const known = (value: unknown) => (v.is(reference, value) ? Parameters[value.Ref]?.Default : value);
  const variables = Object.values(v.parse(functionsSchema, functions)).flatMap((each) =>
    Object.entries(each.environment),
  );
  return Object.fromEntries(
    variables.flatMap(([name, value]) => {
      const text = known(value);
      return typeof text === 'string' ? [[name, text]] : [];
    }),
  );
}
