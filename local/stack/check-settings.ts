import { problemLine, settingProblems } from '../../lib/settings/settings.ts';
import { settingsParts } from '../../lib/settings/settings-parts.ts';
import { stackEnvironment } from './environment.ts';
import { plannedVariables } from './resources.ts';
import type { ServiceDefinition } from './service-definition.ts';
import type { StackOptions } from './stack-options.ts';

/** The environment variables that functions read, by name. */
export function settingNames(): readonly string[] {
  return [...new Set(Object.values(settingsParts).flatMap(({ entries }) => Object.keys(entries)))];
}

/** The settings that a stack takes from its owner: all but those that say where its own table, queues and the like are. */
export function ownersSettings(definition: ServiceDefinition): readonly string[] {
  const wiring = plannedVariables(definition);
  return settingNames().filter((name) => !(name in wiring));
}

/** What is missing or wrong of the settings that the functions of a stack would start with; one line each, no value in it. */
export function stackSettingProblems(options: StackOptions, definition: ServiceDefinition): string[] {
  // The simulated WeChat has an account of its own.
  const account = options.wechatBaseUrl === undefined ? 'simulated' : '';
  const env = stackEnvironment({
    appId: options.appId ?? account,
    appSecret: options.appSecret ?? account,
    wechatBaseUrl: options.wechatBaseUrl ?? '',
    resources: {
      ...plannedVariables(definition),
      ...(options.tableName && { TABLE_NAME: options.tableName }),
    },
    dynamodbEndpoint: options.dynamodbEndpoint ?? '',
    sqsEndpoint: '',
    settings: options.settings ?? {},
  });
  return settingProblems(env).map(problemLine);
}
