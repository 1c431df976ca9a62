import { type Document, isMap, isScalar, isSeq, parseDocument, visit } from 'yaml';
import type { Checkout } from './checkout.ts';

/** The name of connection and destination, by which the stage `deploytest` has them. */
export const WEBHOOK = 'qingniao-deploytest-webhook';

/**
 * Changes a checkout in the few places where ministack differs from AWS, and nowhere else. What is changed here is held against the
 * packaged template by test/package, and so are time to live and backups, which ministack leaves out by itself.
 */
export async function fitToEmulator(checkout: Checkout): Promise<void> {
  for (const file of ['deploy/roles.yml', 'deploy/deploy-role.yml']) {
    await checkout.edit(file, inYaml(widenRoles)).catch(ignoreMissing);
  }
  await checkout.edit('deploy/watching.yml', inYaml(simplifyAlarms)).catch(ignoreMissing);
  await checkout.edit('deploy/webhook.yml', inYaml(nameDestination)).catch(ignoreMissing);
  await checkout.edit('serverless.yml', inYaml(takeHttp));
  await checkout.edit('handlers/count-statistics.ts', takeOneShard).catch(ignoreMissing);
}

/** Its event sources have no tumbling windows, so that no batch names its shard; it has one for each table. */
function takeOneShard(handler: string): string {
  const named = /(eventSourceARN|shardId): v\.string\(\)/g;
  if (handler.match(named)?.length !== 2) throw new Error('count-statistics reads its shard in another way.');
  return handler.replace(named, "$1: v.optional(v.string(), 'the only one')");
}

/** It is called over plain HTTP, which the policy of the artefacts' bucket refuses. */
function takeHttp(document: Document): void {
  document.setIn(['provider', 'deploymentBucket', 'skipPolicySetup'], true);
  // Its CloudFormation knows neither connections nor API destinations, which test/deploy/webhook.ts makes instead.
  // It calls the receiver over plain HTTP, too. An earlier version has none of them.
  const left = [
    ['Resources', 'WebhookConnection'],
    ['Resources', 'WebhookDestination'],
    ['Outputs', 'WebhookConnectionName'],
    ['Parameters', 'WebhookUrl', 'AllowedPattern'],
  ];
  for (const path of left)
    if (document.hasIn(['resources', ...path])) document.deleteIn(['resources', ...path]);
}

/** What refers to the destination names it. */
function nameDestination(document: Document): void {
  const arn = {
    'Fn::Sub': `arn:aws:events:$${'{AWS::Region}:'}$${'{AWS::AccountId}'}:api-destination/${WEBHOOK}`,
  };
  document.setIn(['WebhookRule', 'Properties', 'Targets', 0, 'Arn'], document.createNode(arn));
  const [policy, statement] = [
    ['WebhookRole', 'Properties', 'Policies', 0],
    ['PolicyDocument', 'Statement', 0],
  ];
  document.setIn([...policy, ...statement, 'Resource'], document.createNode(arn));
}

/**
 * ministack holds functions to their roles and to the boundary, but asks for `ssm:GetParameters` on `*`, because it does not look at the several names in
 * the call; for every schedule in the group `default`, whatever its own; and for an action `sqs:SendMessageBatch`, which in AWS is
 * `sqs:SendMessage`.
 */
function widenRoles(document: Document): void {
  visit(document, {
    Map(_, statement) {
      const actions = actionsOf(statement.get('Action', true));
      if (actions.some((action) => action === 'ssm:GetParameters' || action.startsWith('scheduler:')))
        statement.set('Resource', '*');
      if (actions.includes('sqs:SendMessage')) {
        statement.set('Action', document.createNode([...actions, 'sqs:SendMessageBatch']));
      }
    },
  });
}

function actionsOf(node: unknown): string[] {
  if (isScalar(node)) return [String(node.value)];
  return isSeq(node) ? node.items.flatMap(actionsOf) : [];
}

/** Its CloudFormation knows alarms over one metric, and none that calculate. */
function simplifyAlarms(document: Document): void {
  visit(document, {
    Map(_, alarm) {
      const properties = alarm.get('Properties');
      if (!isMap(properties) || !properties.delete('Metrics')) return;
      const plain = { Namespace: 'Qingniao', MetricName: 'Messages', Statistic: 'Sum', Period: 900 };
      for (const [name, value] of Object.entries(plain)) properties.set(name, value);
    },
  });
}

function inYaml(change: (document: Document) => void) {
  return (text: string): string => {
    const document = parseDocument(text);
    change(document);
    return String(document);
  };
}

/** An earlier version may have no such file. */
function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error;
}
