import { createHash } from 'node:crypto';
import * as v from 'valibot';
import type { Recipient } from '../../campaigns/campaign.ts';
import {
  type AddRecipientsServices,
  addRecipients,
  MAX_RECIPIENTS,
  type Upload,
} from '../../campaigns/recipients/add-recipients.ts';
import { readCsv } from '../../campaigns/recipients/read-csv.ts';
import { campaignEnded, notFound, validationProblem } from '../campaign-problems.ts';
import { ProblemError } from '../problem.ts';
import { describeRoutes, type Route, route } from '../route.ts';
import { addedRecipients } from '../schemas/campaign-answers.ts';
import { recipientsBody } from '../schemas/campaigns.ts';
import { orLookupProblem, unknownTemplate, WECHAT_PROBLEMS } from '../template-problems.ts';
import { campaignId } from './campaigns.ts';

/** API Gateway and Lambda take 6 MB with all that wraps the text: this leaves room for quotes. */
const MAX_UPLOAD_BYTES = 4 * 1024 * 1024;

/** The routes of `/v1/campaigns` as data. */
export const recipientSpecs = describeRoutes({
  addRecipients: {
    route: 'POST /v1/campaigns/{id}/recipients',
    summary: 'Name more recipients, as JSON or as CSV',
    description:
      'All of a request or none of it: every recipient is checked with their variables first. Up to 1,000 as JSON, up to 4 MiB as CSV; send several requests for more, one after the other. The same recipients twice in a row count once. Runs that have begun are not for them.',
    access: { operator: 'manage' },
    params: v.object({ id: campaignId }),
    body: recipientsBody,
    csv: 'UTF-8, with a header row: the column openid, and one column for each variable. What spreadsheets write is understood: quotes, any line end, a byte order mark, semicolons or tabs in place of commas; rows and columns in which nothing stands are skipped. Faults are told by line.',
    maxBodyBytes: MAX_UPLOAD_BYTES,
    answers: {
      201: { description: 'They are recipients of the next run', schema: addedRecipients },
      200: {
        description: 'The very same recipients were the last to be added; they are not added again',
        schema: addedRecipients,
      },
    },
    problems: [
      'invalid-csv',
      'invalid-variables',
      'too-many-recipients',
      'unknown-template',
      'campaign-ended',
      'not-for-recipients',
      'upload-in-progress',
      ...WECHAT_PROBLEMS,
      'busy',
    ],
  },
});

/** The route of `/v1/campaigns/{id}/recipients`. */
export function campaignRecipientRoutes(services: AddRecipientsServices): readonly Route[] {
  return [
    route(recipientSpecs.addRecipients, async ({ params, body, csv }) => {
      const upload = csv === undefined ? fromJson(body?.recipients ?? []) : fromCsv(csv);
      const result = await orLookupProblem(addRecipients(services, params.id, upload));
      switch (result.type) {
        case 'added': {
          const { campaign, warnings } = result;
          const added = { added: upload.recipients.length, count: countOf(campaign) };
          return { status: 201, body: { ...added, ...(warnings.length > 0 && { warnings }) } };
        }
        case 'repeated':
          return { status: 200, body: { added: 0, count: countOf(result.campaign) } };
        case 'invalid-recipients':
          throw validationProblem(csv === undefined ? 'invalid-body' : 'invalid-csv', result.errors);
        case 'invalid-variables':
          throw validationProblem('invalid-variables', result.errors);
        default:
          throw refusal(result.type);
      }
    }),
  ];
}

function countOf({ audience }: { audience: { type: string; count?: number } }): number {
  return audience.count ?? 0;
}

function fromJson(recipients: readonly Recipient[]): Upload {
  return { recipients, hash: hashOf(recipients), pathOf: (index) => `recipients.${index}` };
}

/** @throws ProblemError `invalid-csv` */
function fromCsv(csv: string): Upload {
  const read = readCsv(csv);
  if (read.type === 'bad') throw validationProblem('invalid-csv', read.errors);
  const { recipients, lines } = read;
  return { recipients, hash: hashOf(recipients), pathOf: (index) => `line ${lines[index]}` };
}

/** The same for the same recipients, however they came: as JSON or CSV, with their variables in any order. */
function hashOf(recipients: readonly Recipient[]): string {
  const texts = recipients.map(({ openid, variables = {} }) => [
    openid,
    Object.entries(variables).toSorted(([a], [b]) => (a < b ? -1 : 1)),
  ]);
  return createHash('sha256').update(JSON.stringify(texts)).digest('base64url');
}

function refusal(
  type: 'not-found' | 'ended' | 'not-for-recipients' | 'too-many' | 'other-upload' | 'unknown-template',
): ProblemError {
  switch (type) {
    case 'not-found':
      return notFound('campaign');
    case 'ended':
      return campaignEnded();
    case 'unknown-template':
      return unknownTemplate();
    case 'not-for-recipients':
      return new ProblemError(
        'not-for-recipients',
        'The campaign is for everyone who holds a grant. Make one with an audience of type "recipients".',
      );
    case 'too-many':
      return new ProblemError(
        'too-many-recipients',
        `A campaign takes ${MAX_RECIPIENTS} recipients at most. Nobody was added; make another campaign.`,
      );
    case 'other-upload':
      return new ProblemError(
        'upload-in-progress',
        'Other recipients are being added, or an upload broke off. Nobody was added by this one; try again in a minute.',
        { headers: { 'retry-after': '60' } },
      );
  }
}
