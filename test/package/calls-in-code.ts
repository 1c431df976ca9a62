/** IAM's name for what a call of AWS does. */
const ACTIONS: Record<string, string | readonly string[]> = {
  // IAM knows no batches of statements, only what they do, and ours insert and update.
  BatchExecuteStatement: ['dynamodb:PartiQLInsert', 'dynamodb:PartiQLUpdate'],
  BatchGetItem: 'dynamodb:BatchGetItem',
  BatchWriteItem: 'dynamodb:BatchWriteItem',
  DeleteItem: 'dynamodb:DeleteItem',
  GetItem: 'dynamodb:GetItem',
  PutItem: 'dynamodb:PutItem',
  Query: 'dynamodb:Query',
  UpdateItem: 'dynamodb:UpdateItem',
  // IAM knows no transactions, only the writes in them, and ours are puts.
  TransactWriteItems: 'dynamodb:PutItem',
  GetParameters: 'ssm:GetParameters',
  PutEvents: 'events:PutEvents',
  CreateSchedule: 'scheduler:CreateSchedule',
  DeleteSchedule: 'scheduler:DeleteSchedule',
  GetSchedule: 'scheduler:GetSchedule',
  ListSchedules: 'scheduler:ListSchedules',
  UpdateSchedule: 'scheduler:UpdateSchedule',
  ChangeMessageVisibility: 'sqs:ChangeMessageVisibility',
  GetQueueAttributes: 'sqs:GetQueueAttributes',
  SendMessage: 'sqs:SendMessage',
  SendMessageBatch: 'sqs:SendMessage',
};

/** The actions that our own code in a bundle can ask AWS for, sorted. What nothing uses, the bundler has left out. */
export function actionsInCode(code: string): string[] {
  const calls = ownCode(code).matchAll(/new ([A-Z]\w+?)Command\d*\(|\bpaginate([A-Z]\w+?)\d*\(/g);
  const names = [...calls].map(([, command, paged]) => command ?? paged ?? '');
  return [...new Set(names.flatMap(actionsFor))].sort();
}

function actionsFor(call: string): string | readonly string[] {
  const action = ACTIONS[call];
  if (action === undefined) throw new Error(`Say here which action of IAM ${call} needs.`);
  return action;
}

/** The parts of a bundle that come from lib and handlers: the bundler heads each file with its path. */
function ownCode(code: string): string {
  return code
    .split(/^(?=\/\/ \S+\.[cm]?[jt]s$)/m)
    .filter((part) => /^\/\/ (lib|handlers)\//.test(part))
    .join('');
}
