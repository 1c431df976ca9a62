// What such a function is usually made of: middy, zod, Powertools' logger, lib-dynamodb and axios, each used once.
import { Logger } from '@aws-lambda-powertools/logger';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import middy from '@middy/core';
import axios from 'axios';
import { z } from 'zod';

const logger = new Logger({ serviceName: 'typical' });
const table = DynamoDBDocumentClient.from(new DynamoDBClient({}));
const TableName = process.env.TABLE_NAME;
const input = z.object({ to: z.string(), templateId: z.string(), data: z.record(z.string(), z.string()) });
const baseURL = process.env.WECHAT_API_BASE_URL;

export const handler = middy().handler(async (event) => {
  const { to, templateId, data } = input.parse(JSON.parse(event.body));
  const key = { pk: `typical#${to}`, sk: 'token' };
  await table.send(new GetCommand({ TableName, Key: key, ConsistentRead: true }));
  const token = await axios.get('/cgi-bin/token', {
    baseURL,
    params: {
      grant_type: 'client_credential',
      appid: process.env.WECHAT_APP_ID,
      secret: process.env.WECHAT_APP_SECRET,
    },
  });
  const sent = await axios.post(
    '/cgi-bin/message/subscribe/send',
    {
      touser: to,
      template_id: templateId,
      data: Object.fromEntries(Object.entries(data).map(([name, value]) => [name, { value }])),
    },
    { baseURL, params: { access_token: token.data.access_token } },
  );
  await table.send(new PutCommand({ TableName, Item: { ...key, errcode: sent.data.errcode } }));
  logger.info('sent', { errcode: sent.data.errcode });
  return { statusCode: 200, body: JSON.stringify({ errcode: sent.data.errcode }) };
});
