import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';

/** Where the stores keep their items: one DynamoDB table, shared by mini programs because every key begins with the appid. */
export interface Table {
  readonly client: DynamoDBClient;
  readonly name: string;
  readonly appId: string;
}
