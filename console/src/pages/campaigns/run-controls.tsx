import { Button, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useLocation } from 'wouter';
import { answered, api, type Schemas } from '../../api/client.ts';
import { Confirm } from '../../parts/confirm.tsx';
import { ErrorAlert } from '../../parts/error-alert.tsx';
import { useCountFormat } from '../../parts/time.tsx';
import { useToast } from '../../parts/toasts.tsx';
import { useTexts } from '../../texts.ts';
import { runTexts } from './run-texts.ts';
import { startingOnce } from './start-once.ts';

type Run = Schemas['Run'];

/** Whether a run may still send. */
export function isUnderWay({ status }: Run): boolean {
  return status === 'running' || status === 'paused';
}

/** The ways to hold a run, to stop it, and to try again for those whom it failed to reach. */
export function RunControls({ run }: { readonly run: Run }) {
  const t = useTexts(runTexts);
  const say = useToast();
  const queries = useQueryClient();
  const [, go] = useLocation();
  const count = useCountFormat();
  const [asked, setAsked] = useState<'stop' | 'resend'>();
  const close = () => setAsked(undefined);
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
      close();
      await refresh();
    },
  });
  const [resendOnce] = useState(() =>
    startingOnce(run.campaignId, 'resend-failed', () =>
      answered(api.POST('/v1/campaigns/{id}/runs/{runId}/resend-failed', { params })),
    ),
  );
  const resend = useMutation({
    mutationFn: resendOnce,
    async onSuccess(next) {
      close();
      say(t.resent);
      await refresh();
      go(`/campaigns/${run.campaignId}/runs/${next.id}`);
    },
  });
  const error = pause.error ?? resume.error;
  const failed = count(run.counts.failed);
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
        <Button variant="light" color="red" onClick={() => setAsked('stop')}>
          {t.stop}
        </Button>
      )}
      {!isUnderWay(run) && run.counts.failed > 0 && (
        <Button variant="default" onClick={() => setAsked('resend')}>
          {t.resend}
        </Button>
      )}
      {error && <ErrorAlert error={error} />}
      <Confirm
        isOpen={asked === 'stop'}
        title={t.stop}
        action={t.stop}
        typed={t.stopWord}
        isDangerous
        isBusy={stop.isPending}
        error={stop.error}
        onConfirm={() => stop.mutate()}
        onClose={close}
      >
        <Text size="sm">{t.stopText}</Text>
      </Confirm>
      <Confirm
        isOpen={asked === 'resend'}
        title={t.resend}
        action={t.resend}
        typed={String(run.counts.failed)}
        isBusy={resend.isPending}
        error={resend.error}
        onConfirm={() => resend.mutate()}
        onClose={close}
      >
        <Text size="sm">{t.resendText(failed)}</Text>
      </Confirm>
    </>
  );
}
