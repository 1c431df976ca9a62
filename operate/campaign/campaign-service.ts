import type { Qingniao, Schemas } from '../../clients/typescript/src/index.ts';
import { CommandError, FileError } from '../command-line.ts';
import { say } from '../language.ts';
import type { CampaignAnswer, RecipientAnswer, RunAnswer } from './campaign-answers.ts';
import { csvParts } from './csv-parts.ts';

/** How many recipients there are after adding some, and what is doubtful about their texts. */
export interface AddedCsv {
  readonly count: number;
  readonly warnings: NonNullable<CampaignAnswer['warnings']>;
}

/** The campaign routes as the commands use them. Every call may throw a QingniaoProblem. */
export interface CampaignService {
  create(body: unknown): Promise<CampaignAnswer>;
  /** Adds recipients from the text of a CSV file, in as many requests as it takes. */
  addCsv(id: string, csv: string): Promise<AddedCsv>;
  list(): AsyncIterable<CampaignAnswer>;
  read(id: string): Promise<CampaignAnswer>;
  change(id: string, change: Schemas['CampaignChange']): Promise<CampaignAnswer>;
  remove(id: string): Promise<void>;
  start(id: string, how: { dryRun: boolean; scheduledAt: string | undefined }): Promise<RunAnswer>;
  /** The latest run where none is named. @throws CommandError where there is none */
  run(id: string, runId?: string): Promise<RunAnswer>;
  steer(id: string, runId: string, action: 'pause' | 'resume' | 'stop' | 'resend-failed'): Promise<RunAnswer>;
  recipients(id: string, runId: string): AsyncIterable<RecipientAnswer>;
}

/** The campaign routes of a service. */
export function campaignsOf(service: Qingniao): CampaignService {
  const of = (id: string) => ({ params: { path: { id } } });
  const ofRun = (id: string, runId: string) => ({ params: { path: { id, runId } } });

  return {
    async create(body) {
      if (!isCampaign(body)) throw new FileError('A campaign is a JSON object. 活动须为 JSON 对象。');
      return (await service.POST('/v1/campaigns', { body })).data;
    },
    async addCsv(id, csv) {
      let added: AddedCsv = { count: 0, warnings: [] };
      for (const part of csvParts(csv)) {
        const { data } = await service.POST('/v1/campaigns/{id}/recipients', {
          ...of(id),
          body: part,
          bodySerializer: String,
          headers: { 'content-type': 'text/csv' },
        });
        added = { count: data.count, warnings: [...added.warnings, ...(data.warnings ?? [])] };
      }
      return added;
    },
    list: () => service.list('/v1/campaigns'),
    read: async (id) => (await service.GET('/v1/campaigns/{id}', of(id))).data,
    change: async (id, body) => (await service.PATCH('/v1/campaigns/{id}', { ...of(id), body })).data,
    async remove(id) {
      await service.DELETE('/v1/campaigns/{id}', of(id));
    },
    async start(id, { dryRun, scheduledAt }) {
      const body = { dryRun, ...(scheduledAt !== undefined && { scheduledAt }) };
      return (await service.POST('/v1/campaigns/{id}/runs', { ...of(id), body })).data;
    },
    async run(id, runId) {
      if (runId !== undefined)
        return (await service.GET('/v1/campaigns/{id}/runs/{runId}', ofRun(id, runId))).data;
      for await (const latest of service.list('/v1/campaigns/{id}/runs', {
        params: { path: { id }, query: { limit: 1 } },
      }))
        return latest;
      throw new CommandError(say('The campaign has no run yet.', '该活动还没有发送过。'));
    },
    steer: async (id, runId, action) =>
      (await service.POST(`/v1/campaigns/{id}/runs/{runId}/${action}`, ofRun(id, runId))).data,
    recipients: (id, runId) => service.list('/v1/campaigns/{id}/runs/{runId}/recipients', ofRun(id, runId)),
  };
}

/** What the service is given to check, and to say of it what is wrong. */
function isCampaign(body: unknown): body is Schemas['NewCampaign'] {
  return typeof body === 'object' && body !== null;
}
