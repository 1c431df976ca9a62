import { type ServiceDefinition, variablesOf } from './service-definition.ts';

/** What serverless.yml's resources around EventBridge are on this machine. */
const STAND_INS = {
  CampaignScheduleGroup: 'campaigns',
  'CampaignScheduleRole.Arn': 'arn:aws:iam::000000000000:role/campaign-schedules',
  'StartDashcampaignDashrunLambdaFunction.Arn':
    'arn:aws:lambda:us-east-1:000000000000:function:start-campaign-run',
  EventBus: 'local',
};

/** The variables of a stack's functions that say where its table, queues and the like are, by name. */
export function resourceVariables(
  definition: ServiceDefinition,
  { tableName, queueUrls }: { tableName: string; queueUrls: Readonly<Record<string, string>> },
): Record<string, string> {
  const resources: Readonly<Record<string, string>> = { ...queueUrls, ...STAND_INS, Table: tableName };
  return variablesOf(definition.functions(), (resource) => resources[resource]);
}

/** The same before anything runs: the names are right, table and queues are made up. */
export function plannedVariables(definition: ServiceDefinition): Record<string, string> {
  const queueUrls = Object.fromEntries(
    Object.keys(definition.queues()).map((name) => [name, `http://127.0.0.1/${name}`]),
  );
  return resourceVariables(definition, { tableName: 'planned', queueUrls });
}
