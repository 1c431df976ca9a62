import type { CampaignServices } from '../campaigns/create-campaign.ts';
import type { AddRecipientsServices } from '../campaigns/recipients/add-recipients.ts';
import type { ControlServices } from '../campaigns/runs/control-run.ts';
import type { ReadServices } from '../campaigns/runs/read-run.ts';
import type { StartServices } from '../campaigns/runs/start-run.ts';
import type { TemplateNames } from '../templates/template-names.ts';
import type { RemedyFor } from './lookup-problem.ts';
import type { RemarkServices } from './template-remarks.ts';

/** What the routes of campaigns and their runs do their work with. */
export interface CampaignRouteServices
  extends CampaignServices,
    AddRecipientsServices,
    ReadServices,
    ControlServices,
    RemarkServices,
    Omit<StartServices, 'campaigns'> {
  readonly runs: ControlServices['runs'];
  readonly store: CampaignServices['store'];
  readonly templates: CampaignServices['templates'];
  readonly names: RemarkServices['names'] & Pick<TemplateNames, 'nearestAlias'>;
  /** What to do about an answer of WeChat's to a look-up of templates. */
  readonly remedyFor: RemedyFor;
}
