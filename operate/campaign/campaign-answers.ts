import type { Schemas } from '../../clients/typescript/src/index.ts';

/** A campaign as the API tells it. */
export type CampaignAnswer = Schemas['Campaign'];

/** A run of a campaign. */
export type RunAnswer = Schemas['Run'];

/** What became of one recipient in a run. */
export type RecipientAnswer = Schemas['RunRecipient'];
