import { strict as assert } from 'node:assert';
import {
  CreateApiDestinationCommand,
  CreateConnectionCommand,
  DeleteApiDestinationCommand,
  DeleteConnectionCommand,
  EventBridgeClient,
} from '@aws-sdk/client-eventbridge';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { startWebhookReceiver } from '../support/webhook-receiver.ts';
import { WEBHOOK } from './emulator.ts';
import type { Aws } from './local-aws.ts';
import type { Service } from './service.ts';
import { eventually } from './steps.ts';

/** An owner's backend that gets the events of a stage. */
export type DeployedWebhook = Awaited<ReturnType<typeof openWebhook>>;

/**
 * Makes what the emulator's CloudFormation leaves out: the connection, with the secret that `npm run setup` made, and the destination. The
 * rule, its form of the request, its role and its queue are the stack's own.
 */
export async function openWebhook(aws: Aws, secretName: string) {
  const receiver = await startWebhookReceiver();
  const [secrets, bus] = [new SecretsManagerClient(aws), new EventBridgeClient(aws)];
  const { SecretString = '' } = await secrets.send(new GetSecretValueCommand({ SecretId: secretName }));
  const { ConnectionArn } = await bus.send(
    new CreateConnectionCommand({
      Name: WEBHOOK,
      AuthorizationType: 'API_KEY',
      AuthParameters: {
        ApiKeyAuthParameters: { ApiKeyName: 'x-qingniao-secret', ApiKeyValue: SecretString },
      },
    }),
  );
  await bus.send(
    new CreateApiDestinationCommand({
      Name: WEBHOOK,
      ConnectionArn,
      InvocationEndpoint: receiver.url,
      HttpMethod: 'POST',
    }),
  );
  return {
    url: receiver.url,
    /** A grant is recorded, and the backend is told of it. */
    async drive(service: Service): Promise<void> {
      const user = await service.logIn();
      await service.allow(user);
      const isAbout = ({ body }: (typeof receiver.received)[number]) => body.detail['openid'] === user.openid;
      await eventually(
        'The webhook is told of a grant',
        async () => receiver.received.some(isAbout),
        Boolean,
      );
      const request = receiver.received.find(isAbout);
      assert.equal(request?.headers['x-qingniao-secret'], SecretString);
      assert.deepEqual(Object.keys(request?.body ?? {}), ['type', 'time', 'detail']);
      assert.equal(request?.body.type, 'Grant Recorded');
      assert.equal(typeof request?.body.detail['eventId'], 'string');
    },
    async close(): Promise<void> {
      await bus.send(new DeleteApiDestinationCommand({ Name: WEBHOOK }));
      await bus.send(new DeleteConnectionCommand({ Name: WEBHOOK }));
      for (const client of [secrets, bus]) client.destroy();
      await receiver.close();
    },
  };
}
