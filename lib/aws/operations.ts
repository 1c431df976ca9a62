import type {
  BatchExecuteStatementInput,
  BatchExecuteStatementOutput,
  BatchGetItemInput,
  BatchGetItemOutput,
  BatchWriteItemInput,
  BatchWriteItemOutput,
  DeleteItemInput,
  DeleteItemOutput,
  GetItemInput,
  GetItemOutput,
  PutItemInput,
  PutItemOutput,
  QueryInput,
  QueryOutput,
  ScanInput,
  ScanOutput,
  TransactWriteItemsInput,
  TransactWriteItemsOutput,
  UpdateItemInput,
  UpdateItemOutput,
} from '@aws-sdk/client-dynamodb';
import type { PutEventsRequestEntry, PutEventsResponse } from '@aws-sdk/client-eventbridge';
import type {
  SendMessageBatchRequest,
  SendMessageBatchResult,
  SendMessageRequest,
  SendMessageResult,
} from '@aws-sdk/client-sqs';
import type { GetParametersRequest, Parameter } from '@aws-sdk/client-ssm';

/** One event as it is written in JSON: its time is in seconds. */
export type BusEntry = Omit<PutEventsRequestEntry, 'Time'> & { readonly Time?: number };

/**
 * What is asked of AWS, by service: what goes into each call and what comes out. The shapes are the SDK's, of which nothing but these
 * types is used, and hold as they are for JSON: no attribute of ours is binary, and no answer is read for a moment in time.
 */
export interface AwsOperations {
  readonly dynamodb: {
    readonly BatchExecuteStatement: readonly [BatchExecuteStatementInput, BatchExecuteStatementOutput];
    readonly BatchGetItem: readonly [BatchGetItemInput, BatchGetItemOutput];
    readonly BatchWriteItem: readonly [BatchWriteItemInput, BatchWriteItemOutput];
    readonly DeleteItem: readonly [DeleteItemInput, DeleteItemOutput];
    readonly GetItem: readonly [GetItemInput, GetItemOutput];
    readonly PutItem: readonly [PutItemInput, PutItemOutput];
    readonly Query: readonly [QueryInput, QueryOutput];
    readonly Scan: readonly [ScanInput, ScanOutput];
    readonly TransactWriteItems: readonly [TransactWriteItemsInput, TransactWriteItemsOutput];
    readonly UpdateItem: readonly [UpdateItemInput, UpdateItemOutput];
  };
  readonly sqs: {
    readonly SendMessage: readonly [SendMessageRequest, SendMessageResult];
    readonly SendMessageBatch: readonly [SendMessageBatchRequest, SendMessageBatchResult];
  };
  readonly events: {
    readonly PutEvents: readonly [{ readonly Entries: readonly BusEntry[] }, PutEventsResponse];
  };
  readonly ssm: {
    readonly GetParameters: readonly [
      GetParametersRequest,
      { readonly Parameters?: readonly Pick<Parameter, 'Name' | 'Value'>[] },
    ];
  };
}

/** A service by the name that requests to it are signed for, which is also the first part of its host. */
export type AwsService = keyof AwsOperations;

/** The calls that are made to a service. */
export type OperationOf<Service extends AwsService> = keyof AwsOperations[Service] & string;

/** What goes into a call. */
export type InputOf<
  Service extends AwsService,
  Operation extends OperationOf<Service>,
> = AwsOperations[Service][Operation] extends readonly [infer Input, unknown] ? Input : never;

/** What a call answers. */
export type OutputOf<
  Service extends AwsService,
  Operation extends OperationOf<Service>,
> = AwsOperations[Service][Operation] extends readonly [unknown, infer Output] ? Output : never;

/** How each service wants its JSON. */
export const PROTOCOLS: Readonly<Record<AwsService, { readonly target: string; readonly version: string }>> =
  {
    dynamodb: { target: 'DynamoDB_20120810', version: '1.0' },
    sqs: { target: 'AmazonSQS', version: '1.0' },
    events: { target: 'AWSEvents', version: '1.1' },
    ssm: { target: 'AmazonSSM', version: '1.1' },
  };
