import type { SQSEvent } from 'aws-lambda';
import { openidOf } from '../../../lib/messages/message.ts';
import { APP_IDS } from '../apps.ts';
import type { Kernel } from '../kernel.ts';
import type { PlantedFault } from './planted-fault.ts';

/** A fault in one function of the kernel. */
function inPlaceOf<Name extends keyof Kernel>(
  called: Name,
  name: string,
  change: (real: Kernel[Name]) => Kernel[Name],
): PlantedFault {
  return { name, plant: (kernel) => ({ ...kernel, [called]: change(kernel[called]) }) };
}

const [FIRST] = APP_IDS;
/** What is no app's: a key that is made of it begins with no appid. */
const NO_APP = { appId: '' };

/** Faults that mix up the mini programs of a stage. */
export const APP_FAULTS: readonly PlantedFault[] = [
  inPlaceOf(
    'createApps',
    "a worker uses the first app's services for every job",
    (real) => (latest, build) => {
      const apps = real(latest, build);
      return { ...apps, of: () => apps.of() };
    },
  ),
  inPlaceOf('createApps', 'what was made for one app is used for all in the same container', (real) => {
    return (latest, build) => {
      const apps = real(latest, build);
      let made: ReturnType<typeof apps.of> | undefined;
      return {
        ...apps,
        of(appId) {
          made ??= apps.of(appId);
          return made;
        },
      };
    };
  }),
  inPlaceOf(
    'perApp',
    'pushes and the stream are taken in for whichever app comes first',
    (real) => (build) => {
      let first: string | undefined;
      const of = real(build);
      return (appId) => {
        first ??= appId;
        return of(first);
      };
    },
  ),
  inPlaceOf('createEnqueue', 'a send job and an event go onto the queue without their app', (real) => {
    return (client, queueUrl) => real(client, queueUrl, FIRST);
  }),
  inPlaceOf('createEnqueueJobs', "a campaign's jobs go onto the queue without their app", (real) => {
    return (client, queueUrl) => real(client, queueUrl, FIRST);
  }),
  inPlaceOf('createStartHandler', "a schedule's run starts in the first app", (real) => (services) => {
    const handle = real(services);
    return (event) => handle({ ...(event as object), appid: services.firstAppId });
  }),
  inPlaceOf('accessTokenKey', 'the access token is kept without the app', (real) => () => real(NO_APP)),
  inPlaceOf('rateLimitKey', 'the rate limit is kept without the app', (real) => () => real(NO_APP)),
  inPlaceOf(
    'duePartition',
    'a due entry is written without the app',
    (real) => (_app, shard) => real(NO_APP, shard),
  ),
  inPlaceOf(
    'idempotencyPartition',
    'an idempotency key is bound without the app',
    (real) => (_app, scope) => real(NO_APP, scope),
  ),
  inPlaceOf(
    'audiencePartition',
    "an app's users are in the audience of every app",
    (real) =>
      (_app, ...rest) =>
        real(NO_APP, ...rest),
  ),
  inPlaceOf(
    'createEventPublisher',
    'events are published as those of the first app',
    (real) => (publish) => real(publish, FIRST),
  ),
  inPlaceOf('createDispatchHandler', 'the dispatcher stops at an app for which it fails', (real) => {
    return ({ apps, ...services }) => {
      return async (event, context) => {
        for (const app of await apps.list()) {
          const alone = { ...apps, list: async () => [app] };
          await real({ ...services, apps: alone })(event, context);
        }
      };
    };
  }),
  inPlaceOf('createSendHandler', 'who has the same openid in another app waits for their sends', (real) => {
    return (services) => {
      const handle = real(services);
      return async ({ Records }, context) => {
        const ofUsers = Map.groupBy(Records, userOf);
        const batchItemFailures = await Promise.all(
          [...ofUsers.values()].map(async (records) => {
            const failures = [];
            for (const record of records)
              failures.push(...(await handle({ Records: [record] }, context)).batchItemFailures);
            return failures;
          }),
        );
        return { batchItemFailures: batchItemFailures.flat() };
      };
    };
  }),
];

function userOf({ body }: SQSEvent['Records'][number]): string | undefined {
  return openidOf((JSON.parse(body) as { messageId: string }).messageId);
}
