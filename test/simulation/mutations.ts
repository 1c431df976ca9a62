import { withoutWaiting } from '../../lib/grants/packed-waiting.ts';
import { type PlantedFault, plantIn } from './planted-fault.ts';
import { MESSAGE_SEND_FAULTS, SEND_FAULTS } from './send-faults.ts';

/** A deliberate fault: one place of the real code, changed as it is loaded. */
export interface Mutation {
  readonly name: string;
  /** The file, from the root of the project. */
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

const inReceipts = plantIn<typeof import('../../lib/sends/delivery-receipt.ts')>(
  'lib/sends/delivery-receipt.ts',
);
const inMatches = plantIn<typeof import('../../lib/sends/delivery-receipt.ts')>(
  'lib/sends/delivery-receipt.ts',
);

const inWaiting = plantIn<typeof import('../../lib/messages/waiting-messages.ts')>(
  'lib/messages/waiting-messages.ts',
);
const inPorts = plantIn<typeof import('../../lib/messages/message-send.ts')>('lib/messages/message-send.ts');
const inClaims = plantIn<typeof import('../../lib/grants/claims.ts')>('lib/grants/claims.ts');
const inJobs = plantIn<typeof import('../../lib/sends/send-job.ts')>('lib/sends/send-job.ts');
const inKeys = plantIn<typeof import('../../lib/messages/idempotency-keys.ts')>(
  'lib/messages/idempotency-keys.ts',
);

/** Faults that a person could make in the rules. The simulation must notice each of them. */
export const MUTATIONS: readonly (Mutation | PlantedFault)[] = [
  ...SEND_FAULTS,
  ...MESSAGE_SEND_FAULTS,
  inPorts('a message leaves whenever its job comes', 'messagePort', (real) => (...args) => {
    const { dueAtMs: _, ...port } = real(...args);
    return port;
  }),
  inPorts('a message that has ended is claimed again', 'messagePort', (real) => (...args) => {
    const port = real(...args);
    return {
      ...port,
      async read(ledger: Parameters<typeof port.read>[0]) {
        const message = await port.read(ledger);
        return message && { ...message, state: 'pending' };
      },
    };
  }),
  inReceipts('a send that failed after all gives its grant back', 'afterReceipt', (real) => {
    return (record, receipt) => {
      const after = real(record, receipt);
      if (after?.state !== 'failed' || !after.lastClaim) return after;
      return { ...after, lastClaim: { ...after.lastClaim, effect: 'refund' } };
    };
  }),
  inMatches('a receipt is joined by time though several messages may be meant', 'sendOfReceipt', (real) => {
    return (sends, receipt, claim) =>
      real(sends, receipt, claim) ?? sends.find((send) => real([send], receipt, claim) === send);
  }),
  inMatches(
    'a receipt does not wait for the answer of the send that it may be about',
    'sendOfReceipt',
    (real) => {
      return (sends, receipt) => real(sends, receipt, undefined);
    },
  ),
  {
    name: 'canceling does not give the grant back',
    file: 'lib/messages/cancel-message.ts',
    find: 'hold ? releaseHold(ledger.value, templateId, hold) : ledger.value',
    replace: 'ledger.value',
  },
  {
    name: 'canceling does not collide with a claim',
    file: 'lib/messages/cancel-message.ts',
    find: '      ledger: changed(ledger, withoutWaiting(released, [messageId])),\n',
    replace: '      ...(hold ? { ledger: changed(ledger, withoutWaiting(released, [messageId])) } : {}),\n',
  },
  inWaiting('a message takes the place of those that wait already', 'putWaiting', (real) => {
    return (ledger, ...messages) => real({ ...ledger, waiting: '' }, ...messages);
  }),
  inClaims(
    'a claimed message is dropped from the item with the claim, not with its record',
    'openClaim',
    (real) => {
      return (ledger, request) => {
        const opened = real(ledger, request);
        if (opened.type !== 'claimed') return opened;
        return { ...opened, ledger: withoutWaiting(opened.ledger, [request.messageId]) };
      };
    },
  ),
  {
    name: 'a refusal empties the ledger without a new epoch',
    file: 'lib/grants/claims.ts',
    find: 'epoch: grants.epoch + 1,',
    replace: 'epoch: grants.epoch,',
  },
  {
    name: 'a refusal takes what was granted since the send began',
    file: 'lib/grants/claims.ts',
    find: 'const recordedSince = grants.granted - claim.grantedBefore;',
    replace: 'const recordedSince = 0;',
  },
  {
    name: 'a message is put back for another try though its claim was given up',
    file: 'lib/messages/message-send.ts',
    find: 'if (ledger.value.claim?.claimId !== claim.claimId) {',
    replace: 'if (false) {',
  },
  {
    name: 'a report counts as often as it comes',
    file: 'lib/grants/report-grants.ts',
    find: '[mark], newTemplateIds',
    replace: '[], newTemplateIds',
  },
  {
    name: 'the dispatcher moves its cursor before the jobs are on the queue',
    file: 'lib/sends/dispatch-due.ts',
    find: '      if (cursor === undefined) break;\n',
    replace: '      if (cursor === undefined) break;\n      await dueIndex.moveCursor(shard, cursor);\n',
  },
  {
    name: 'the sender is told of a message after it is accepted',
    file: 'lib/messages/accept-message.ts',
    find: `    const messages = await Promise.all(taken.map(({ message }) => announce(message)));
    if ((await bindKeys(services, read, taken)) === 'conflict') return 'conflict';
    const result = await store.commit({ ledger: changed(read, putWaiting(after, ...messages)) });
`,
    replace: `    const messages = taken.map(({ message }) => message);
    if ((await bindKeys(services, read, taken)) === 'conflict') return 'conflict';
    const result = await store.commit({ ledger: changed(read, putWaiting(after, ...messages)) });
    if (result === 'committed') await Promise.all(messages.map(announce));
`,
  },
  inJobs(
    'a due entry is not written for a message that is tried again much later',
    'withDueEntry',
    (real) => {
      return (entries, message, nowMs) =>
        real(message.attempts > 0 ? { put: async () => undefined } : entries, message, nowMs);
    },
  ),
  inJobs('a job is dropped whenever its message has a due entry', 'hasEntryAhead', () => {
    return ({ dueEntries = [] }) => dueEntries.length > 0;
  }),
  {
    name: 'a due entry that no message lists is left where it is',
    file: 'lib/messages/answer-job.ts',
    find: 'await dueEntries.remove(messageId, entryAtMs);',
    replace: '',
  },
  inKeys('a key brings back the id of a message that was erased', 'findNamed', (real) => {
    return (services, ledger, claim) => {
      const { life: _, ...ageless } = ledger;
      const keys: typeof services.keys = {
        ...services.keys,
        async find(scope, key) {
          const bound = await services.keys.find(scope, key);
          return bound && { ...bound, life: '' };
        },
      };
      return real({ ...services, keys }, ageless, claim);
    };
  }),
  inKeys('a key is not bound', 'bindKeys', () => async () => 'bound'),
  {
    name: 'a user is erased while a sender may still write a record',
    file: 'lib/users/erase-user.ts',
    find: 'const busyUntilMs = Math.max(openUntilMs, ...belongings.records.map(writtenUntilMs));',
    replace: 'const busyUntilMs = 0;',
  },
  {
    name: 'a user is erased though a record may be written again',
    file: 'lib/users/erase-user.ts',
    find: 'return lastClaim ? updatedAtMs + REPEATING_MS : 0;',
    replace: 'return 0;',
  },
  {
    name: 'what is erased is listed after the item went',
    file: 'lib/users/erase-user.ts',
    find: '    await belongings.erase();\n',
    replace: '    await (await eraser.listBelongings(openid)).erase();\n',
  },
  {
    name: 'a message with a grant set aside takes another one as well',
    file: 'lib/grants/claims.ts',
    find: "if (hold) return grants.held > 0 ? 'held' : undefined;",
    replace: '',
  },
  {
    name: 'a grant given back by hand is given back once more when its claim is closed',
    file: 'lib/messages/settle-unknown.ts',
    find: 'ledger.value.claim?.claimId === lastClaim.claimId',
    replace: 'false',
  },
  {
    name: 'a job is dropped by the moment at which the answer came',
    file: 'lib/messages/answer-job.ts',
    find: 'return askedAtMs - job.sinceMs > MESSAGE_MAY_APPEAR_WITHIN_MS;',
    replace: 'return askedAtMs - job.sinceMs > 0;',
  },
  {
    name: 'a job that is to come up later is not written anew',
    file: 'handlers/send-messages.ts',
    find: "if (result.type === 'later') await enqueue(nextJob(job, result), result.delayMs);",
    replace: '',
  },
  {
    name: 'the report and the event of one tap are both counted',
    file: 'lib/grants/recent-grants.ts',
    find: "if (report < Infinity) return { isNew: false, recent: confirmed(recent, 'reported', report, atMs) };",
    replace: '',
  },
  {
    name: 'a popup that its report took for none is counted twice, the report first',
    file: 'lib/grants/recent-grants.ts',
    find: 'if (silent < report && silent <= atMs + SILENCE_DOUBTED_MS) {',
    replace: 'if (silent < 0) {',
  },
  {
    name: 'a popup that its report took for none is counted twice, the event first',
    file: 'lib/grants/recent-grants.ts',
    find: 'const sinceMs = options.silent ? atMs - SILENCE_DOUBTED_MS : -Infinity;',
    replace: 'const sinceMs = options.silent ? Infinity : -Infinity;',
  },
  {
    name: 'an event counts as often as it comes',
    file: 'lib/events/apply-event.ts',
    find: 'commitCounted(changed(stored, ledger), marks, newTemplateIds)',
    replace: 'commitCounted(changed(stored, ledger), [], newTemplateIds)',
  },
  {
    name: 'a template that is turned off keeps the grants set aside',
    file: 'lib/grants/record-event.ts',
    find: '    held: 0,\n',
    replace: '',
  },
];
