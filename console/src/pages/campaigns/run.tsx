import { Progress } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from 'wouter';
import { answered, api, type Schemas } from '../../api/client.ts';
import { Loaded } from '../../parts/loaded.tsx';
import { Page, Section } from '../../parts/page.tsx';
import { Time, useCountFormat } from '../../parts/time.tsx';
import { useSession } from '../../session/session.tsx';
import { useTexts } from '../../texts.ts';
import { isUnderWay, RunControls } from './run-controls.tsx';
import { RunOutcome } from './run-outcome.tsx';
import { RunRecipients } from './run-recipients.tsx';
import { runTexts } from './run-texts.ts';

type Run = Schemas['Run'];

/** A run that ends soon is looked at often, a long one at leisure; after its end only receipts come in. */
const WATCH_MS = { endsSoon: 2_000, goesOn: 5_000, over: 30_000 } as const;

/** A run of which less is left than this ends soon. So does one of which nothing is known yet. */
const SOON_SECONDS = 60;

function watchMs(run: Run | undefined): number {
  if (!run || !isUnderWay(run)) return WATCH_MS.over;
  const { secondsLeft = 0, status } = run;
  return status === 'running' && secondsLeft < SOON_SECONDS ? WATCH_MS.endsSoon : WATCH_MS.goesOn;
}

/** One run: how far it is, what came of it, and the ways to hold it, stop it and try again. */
export default function RunPage() {
  const t = useTexts(runTexts);
  const { id = '', runId = '' } = useParams<{ id: string; runId: string }>();
  const { may } = useSession();
  const query = useQuery({
    queryKey: ['campaigns', 'run', id, runId],
    queryFn: () => answered(api.GET('/v1/campaigns/{id}/runs/{runId}', { params: { path: { id, runId } } })),
    refetchInterval: ({ state }) => watchMs(state.data),
  });
  const campaign = useQuery({
    queryKey: ['campaigns', 'one', id],
    staleTime: 600_000,
    queryFn: () => answered(api.GET('/v1/campaigns/{id}', { params: { path: { id } } })),
  });
  return (
    <Page
      title={t.title}
      intro={<Link href={`/campaigns/${id}`}>{campaign.data?.name ?? t.of}</Link>}
      actions={query.data && may('manage') && <RunControls run={query.data} />}
    >
      <Loaded query={query} sought={{ is: 'run', id: runId }}>
        {(run) => (
          <>
            <Section title={t.statuses[run.status]}>
              <Advance run={run} />
            </Section>
            <Section title={t.outcome}>
              <RunOutcome run={run} />
            </Section>
            <Section title={t.recipients}>
              <RunRecipients run={run} />
            </Section>
          </>
        )}
      </Loaded>
    </Page>
  );
}

function Advance({ run }: { readonly run: Run }) {
  const t = useTexts(runTexts);
  const count = useCountFormat();
  const done = run.recipients - run.counts.pending;
  const percent = run.recipients === 0 ? 100 : (100 * done) / run.recipients;
  const { perSecond, secondsLeft, quietUntil } = run;
  return (
    <>
      <Progress value={run.dryRun ? 100 : percent} size="lg" aria-label={t.title} />
      <p role="status">
        {run.dryRun ? t.dryRun : t.progress(count(done), count(run.recipients))}
        {perSecond !== undefined && ` · ${t.perSecond(perSecond)}`}
        {secondsLeft !== undefined && ` · ${t.left(Math.floor(secondsLeft / 60), Math.round(secondsLeft))}`}
      </p>
      <p className="dim">
        {t.started} <Time at={run.startedAt} /> · {t.triggers[run.trigger]}
      </p>
      {quietUntil !== undefined && (
        <p>
          {t.quietUntil} <Time at={quietUntil} />
        </p>
      )}
    </>
  );
}
