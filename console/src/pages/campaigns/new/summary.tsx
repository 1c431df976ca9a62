import { ComingTime, useCountFormat } from '../../../parts/time.tsx';
import { useTexts } from '../../../texts.ts';
import { comingRuns } from './coming-runs.ts';
import { type Draft, scheduleOf } from './draft.ts';
import { newCampaignTexts } from './texts.ts';

/** What was chosen in the steps before, to be looked over. */
export function Summary({ draft }: { readonly draft: Draft }) {
  const t = useTexts(newCampaignTexts);
  const count = useCountFormat();
  const { timing, quiet, maxPerSecond } = draft;
  const schedule = scheduleOf(timing);
  const coming = schedule && comingRuns(schedule, 1);
  const next = coming?.type === 'runs' ? coming.runsAtMs[0] : undefined;
  return (
    <dl className="facts">
      <dt>{t.name}</dt>
      <dd>{draft.name}</dd>
      <dt>{t.steps.audience}</dt>
      <dd>{draft.audience === 'grantees' ? t.everyone : t.listed(count(draft.list?.good.length ?? 0))}</dd>
      <dt>{t.repeat}</dt>
      <dd>
        {t.repeats[timing.repeat]}
        {next !== undefined && (
          <>
            {' · '}
            <ComingTime at={new Date(next).toISOString()} inZone={timing.timezone} />
          </>
        )}
      </dd>
      <dt>{t.perSecond}</dt>
      <dd>{maxPerSecond === '' ? t.fastest : count(Number(maxPerSecond))}</dd>
      {quiet.isOn && (
        <>
          <dt>{t.quietHours}</dt>
          <dd>
            {quiet.from}–{quiet.to} ({timing.timezone})
          </dd>
        </>
      )}
    </dl>
  );
}
