import type { ParameterNames } from '../setup/parameter-names.ts';
import { startProblems } from '../setup/plan-app.ts';
import { openSsmParameters } from '../setup/ssm-parameters.ts';
import { readStageApps } from '../stage-apps.ts';
import type { StageApp } from './judge-apps.ts';

/** The mini programs that the parameters of a stage name. @throws CommandError where they may not be read */
export async function readStageAppsOf(
  { appsPath, keyAlias }: Pick<ParameterNames, 'appsPath' | 'keyAlias'>,
  region: string,
  first: Pick<StageApp, 'appId' | 'pushToken'>,
): Promise<readonly StageApp[]> {
  const parameters = openSsmParameters(region, keyAlias);
  try {
    const [, ...others] = await readStageApps({ appsPath, firstAppId: first.appId }, parameters.fetch);
    return [
      { ...first, problems: [] },
      ...others.map((app) => ({
        appId: app.appId,
        pushToken: app.env['WECHAT_PUSH_TOKEN'],
        problems: app.problem === undefined ? startProblems(app) : [app.problem],
      })),
    ];
  } finally {
    parameters.close();
  }
}
