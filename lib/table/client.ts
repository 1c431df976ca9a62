import type { AwsClient } from '../aws/aws-client.ts';

/** Where the stores keep their items: one DynamoDB table, shared by mini programs because every key begins with the appid. */
export interface Table {
  readonly client: AwsClient<'dynamodb'>;
  readonly name: string;
  readonly appId: string;
}
