import * as v from 'valibot';
import { CommandError } from '../command-line.ts';
import { CsvBody, type ServiceClient } from '../service-client.ts';
import { pagesOf } from '../service-pages.ts';
import {
  type CampaignAnswer,
  campaignAnswer,
  pageOf,
  type RunAnswer,
  recipientAnswer,
  runAnswer,
  uploadAnswer,
} from './campaign-answers.ts';
import { csvParts } from './csv-parts.ts';

/** What became of one recipient, as it is exported. */
export type RecipientAnswer = v.InferOutput<typeof recipientAnswer>;

/** How many recipients there are after adding some, and what is doubtful about their texts. */
export interface AddedCsv {
  readonly count: number;
  readonly warnings: NonNullable<CampaignAnswer['warnings']>;
}

/** The campaign routes as the commands use them. Every call may throw a CommandError. */
export interface CampaignService {
  create(body: unknown): Promise<CampaignAnswer>;
  /** Adds recipients from the text of a CSV file, in as many requests as it takes. */
  addCsv(id: string, csv: string): Promise<AddedCsv>;
  list(): Promise<readonly CampaignAnswer[]>;
  read(id: string): Promise<CampaignAnswer>;
  change(id: string, change: object): Promise<CampaignAnswer>;
  remove(id: string): Promise<void>;
  start(id: string, how: { dryRun: boolean; scheduledAt: string | undefined }): Promise<RunAnswer>;
  /** The latest run where none is named. */
  run(id: string, runId?: string): Promise<RunAnswer>;
  steer(id: string, runId: string, action: 'pause' | 'resume' | 'stop' | 'resend-failed'): Promise<RunAnswer>;
  recipients(id: string, runId: string): AsyncIterable<readonly RecipientAnswer[]>;
}

/** The campaign routes of a service. */
export function campaignsOf(service: ServiceClient): CampaignService {
  const at = (id: string) => `/v1/campaigns/${encodeURIComponent(id)}`;
  const runAt = (id: string, runId: string) => `${at(id)}/runs/${encodeURIComponent(runId)}`;

  const pages = <S extends v.GenericSchema>(item: S, path: string) => pagesOf(service, item, path);

  return {
    create: (body) => service.call(campaignAnswer, 'POST', '/v1/campaigns', body),
    async addCsv(id, csv) {
      let added: AddedCsv = { count: 0, warnings: [] };
      for (const part of csvParts(csv)) {
        const body = new CsvBody(part);
        const { count, warnings = [] } = await service.call(
          uploadAnswer,
          'POST',
          `${at(id)}/recipients`,
          body,
        );
        added = { count, warnings: [...added.warnings, ...warnings] };
      }
      return added;
    },
    async list() {
      const campaigns: CampaignAnswer[] = [];
      for await (const page of pages(campaignAnswer, '/v1/campaigns')) campaigns.push(...page);
      return campaigns;
    },
    read: (id) => service.call(campaignAnswer, 'GET', at(id)),
    change: (id, change) => service.call(campaignAnswer, 'PATCH', at(id), change),
    async remove(id) {
      await service.call(v.undefined(), 'DELETE', at(id));
    },
    start: (id, how) => service.call(runAnswer, 'POST', `${at(id)}/runs`, how),
    async run(id, runId) {
      if (runId !== undefined) return service.call(runAnswer, 'GET', runAt(id, runId));
      const { items } = await service.call(pageOf(runAnswer), 'GET', `${at(id)}/runs?limit=1`);
      if (items[0]) return items[0];
      throw new CommandError('The campaign has no run yet. 该活动还没有发送过。');
    },
    steer: (id, runId, action) => service.call(runAnswer, 'POST', `${runAt(id, runId)}/${action}`),
    recipients: (id, runId) => pages(recipientAnswer, `${runAt(id, runId)}/recipients`),
  };
}
