import { Button, Progress, Text } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, useLocation, useParams } from 'wouter';
import { answered, api, type Schemas } from '../../api/client.ts';
import { Confirm } from '../../parts/confirm.tsx';
import { ErrorAlert } from '../../parts/error-alert.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { Page, Section } from '../../parts/page.tsx';
import { Time, useCountFormat } from '../../parts/time.tsx';
import { useToast } from '../../parts/toasts.tsx';
import { useSession } from '../../session/session.tsx';
import { useTexts } from '../../texts.ts';
import { RunOutcome } from './run-outcome.tsx';
import { RunRecipients } from './run-recipients.tsx';
import { runTexts } from './run-texts.ts';

type Run = Schemas['Run'];

/** A run that goes on is looked at this often; what is over no more. */
const WATCH_MS = 1_500;

/** One run: how far it is, what came of it, and the ways to hold it, stop it and try again. */
export default function RunPage() {
  const t = useTexts(runTexts);
  const { id = '', runId = '' } = useParams<{ id: string; runId: string }>();
  const { may } = useSession();
  const query = useQuery({
    queryKey: ['campaigns', 'run', id, runId],
    queryFn: () => answered(api.GET('/v1/campaigns/{id}/runs/{runId}', { params: { path: { id, runId } } })),
    refetchInterval: ({ state }) => (isUnderWay(state.data) ? WATCH_MS : 30_000),
  });
  return (
    <Page
      title={t.title}
      intro={<Link href={`/campaigns/${id}`}>{t.of}</Link>}
      actions={query.data && may('manage') && <Controls run={query.data} />}
    >
      <Loaded query={query}>
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

function isUnderWay(run: Run | undefined): boolean {
  return run?.status === 'running' || run?.status === 'paused';
}

function Advance({ run }: { readonly run: Run }) {
  const t = useTexts(runTexts);
  const count = useCountFormat();
  const done = run.recipients - run.counts.pending;
  const percent = run.recipients === 0 ? 100 : (100 * done) / run.recipients;
  const { perSecond, secondsLeft, quietUntil } = run;
  return (
    <>
      <Progress
        value={run.dryRun ? 100 : percent}
        size="lg"
        aria-label={t.title}
        animated={run.status === 'running'}
      />
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

function Controls({ run }: { readonly run: Run }) {
  const t = useTexts(runTexts);
  const say = useToast();
  const queries = useQueryClient();
  const [, go] = useLocation();
  const [isStopping, setIsStopping] = useState(false);
  const params = { path: { id: run.campaignId, runId: run.id } };
  const refresh = () => queries.invalidateQueries({ queryKey: ['campaigns'] });
  const pause = useMutation({
    mutationFn: () => answered(api.POST('/v1/campaigns/{id}/runs/{runId}/pause', { params })),
    onSuccess: refresh,
  });
  const resume = useMutation({
    mutationFn: () => answered(api.POST('/v1/campaigns/{id}/runs/{runId}/resume', { params })),
    onSuccess: refresh,
  });
  const stop = useMutation({
    mutationFn: () => answered(api.POST('/v1/campaigns/{id}/runs/{runId}/stop', { params })),
    async onSuccess() {
      setIsStopping(false);
      await refresh();
    },
  });
  const resend = useMutation({
    mutationFn: () => answered(api.POST('/v1/campaigns/{id}/runs/{runId}/resend-failed', { params })),
    async onSuccess(next) {
      say(t.resent);
      await refresh();
      go(`/campaigns/${run.campaignId}/runs/${next.id}`);
    },
  });
  const error = pause.error ?? resume.error ?? resend.error;
  return (
    <>
      {run.status === 'running' && (
        <Button variant="default" loading={pause.isPending} onClick={() => pause.mutate()}>
          {t.pause}
        </Button>
      )}
      {run.status === 'paused' && (
        <Button loading={resume.isPending} onClick={() => resume.mutate()}>
          {t.resume}
        </Button>
      )}
      {isUnderWay(run) && (
        <Button variant="light" color="red" onClick={() => setIsStopping(true)}>
          {t.stop}
        </Button>
      )}
      {!isUnderWay(run) && run.counts.failed > 0 && (
        <Button variant="default" loading={resend.isPending} onClick={() => resend.mutate()}>
          {t.resend}
        </Button>
      )}
      {error && <ErrorAlert error={error} />}
      <Confirm
        isOpen={isStopping}
        title={t.stop}
        action={t.stop}
        typed={t.stopWord}
        isDangerous
        isBusy={stop.isPending}
        error={stop.error}
        onConfirm={() => stop.mutate()}
        onClose={() => setIsStopping(false)}
      >
        <Text size="sm">{t.stopText}</Text>
      </Confirm>
    </>
  );
}
