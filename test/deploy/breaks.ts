import { isMap, isSeq, parseDocument } from 'yaml';
import type { Checkout } from './checkout.ts';

/** What can be wrong with a deployment, one thing each, to see that it is found. */
export const BREAKS = {
  bundle: {
    says: 'send-messages throws as soon as it is loaded',
    found: /send-messages failed: .*broken on purpose/,
    apply: (checkout) =>
      checkout.edit(
        'handlers/send-messages.ts',
        (text) => `${text}\nthrow new Error('broken on purpose');\n`,
      ),
  },
  variable: {
    says: 'messages is not told of the send queue',
    found: /messages failed: .*SEND_QUEUE_URL: Required/,
    apply: (checkout) => checkout.edit('serverless.yml', withoutVariable('messages', 'SEND_QUEUE_URL')),
  },
  role: {
    says: 'send-messages may not write to the table',
    found: /send-messages: .*not authorized to perform: dynamodb:PutItem/,
    apply: (checkout) =>
      checkout.edit('deploy/roles.yml', withoutAction('SendMessagesRole', 'dynamodb:PutItem')),
  },
  boundary: {
    says: 'the boundary leaves the queues out',
    found: /dispatch-due failed: .*not authorized to perform: sqs:SendMessage/,
    apply: (checkout) => checkout.edit('deploy/deploy-role.yml', withoutStatement('Queues')),
  },
} as const satisfies Record<
  string,
  { says: string; found: RegExp; apply: (checkout: Checkout) => Promise<void> }
>;

/** One of {@link BREAKS}. */
export type Break = keyof typeof BREAKS;

function withoutVariable(functionName: string, variable: string) {
  return (text: string): string => {
    const document = parseDocument(text);
    if (!document.deleteIn(['functions', functionName, 'environment', variable])) {
      throw new Error(`${functionName} has no variable ${variable}.`);
    }
    return String(document);
  };
}

function withoutStatement(sid: string) {
  return (text: string): string => {
    const document = parseDocument(text);
    const path = ['Resources', 'Boundary', 'Properties', 'PolicyDocument', 'Statement'];
    const statements = document.getIn(path);
    const index = isSeq(statements)
      ? statements.items.findIndex((statement) => isMap(statement) && statement.get('Sid') === sid)
      : -1;
    if (!document.deleteIn([...path, index])) throw new Error(`The boundary has no statement ${sid}.`);
    return String(document);
  };
}

function withoutAction(role: string, action: string) {
  return (text: string): string => {
    const document = parseDocument(text);
    const statements = document.getIn([role, 'Properties', 'Policies', 0, 'PolicyDocument', 'Statement']);
    for (const statement of isSeq(statements) ? statements.items : []) {
      const actions = isMap(statement) && statement.get('Action');
      const index = isSeq(actions) ? actions.toJSON().indexOf(action) : -1;
      if (isSeq(actions) && index >= 0) {
        actions.delete(index);
        return String(document);
      }
    }
    throw new Error(`${role} has no action ${action}.`);
  };
}
