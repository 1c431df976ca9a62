import { Alert, Button, Group, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { useLocation } from 'wouter';
import { answered, api } from '../../../api/client.ts';
import { Confirm } from '../../../parts/confirm.tsx';
import { ErrorAlert } from '../../../parts/error-alert.tsx';
import { ComingTime, useCountFormat } from '../../../parts/time.tsx';
import { useToast } from '../../../parts/toasts.tsx';
import { useTexts } from '../../../texts.ts';
import { startingOnce } from '../start-once.ts';
import { comingRuns } from './coming-runs.ts';
import { type Draft, scheduleOf } from './draft.ts';
import { discardCampaign, type Prepared } from './prepare-campaign.ts';
import { newCampaignTexts } from './texts.ts';

/** A campaign whose people were counted: to how many, when, and the number to type before it goes. */
export function Ready({
  draft,
  prepared: { campaignId: id, run },
  onDiscarded,
}: {
  readonly draft: Draft;
  readonly prepared: Prepared;
  readonly onDiscarded: () => void;
}) {
  const t = useTexts(newCampaignTexts);
  const count = useCountFormat();
  const say = useToast();
  const queries = useQueryClient();
  const [, go] = useLocation();
  const [isConfirming, setIsConfirming] = useState(false);
  const people = run.counts.pending;
  const schedule = scheduleOf(draft.timing);
  const coming = schedule && comingRuns(schedule, 2);
  const params = { path: { id } };
  const [startOnce] = useState(() =>
    startingOnce(id, 'manual', () => answered(api.POST('/v1/campaigns/{id}/runs', { params, body: {} }))),
  );
  /** From the first press on it may have been sent, whatever comes back: then only a person deletes it. */
  const isSettled = useRef(false);
  useEffect(
    () => () => {
      if (!isSettled.current) discardCampaign(id).catch(() => undefined);
    },
    [id],
  );
  const launch = useMutation({
    async mutationFn() {
      isSettled.current = true;
      if (!schedule) return (await startOnce()).id;
      await answered(api.PATCH('/v1/campaigns/{id}', { params, body: { schedule } }));
      return undefined;
    },
    async onSuccess(runId) {
      say(schedule ? t.booked : t.begun);
      await queries.invalidateQueries({ queryKey: ['campaigns'] });
      go(runId === undefined ? `/campaigns/${id}` : `/campaigns/${id}/runs/${runId}`);
    },
  });
  const discard = useMutation({
    mutationFn: () => discardCampaign(id),
    onSuccess() {
      isSettled.current = true;
      say(t.givenUp);
      onDiscarded();
    },
  });
  const when =
    coming?.type === 'runs' && coming.runsAtMs[0] !== undefined ? (
      <ComingTime at={new Date(coming.runsAtMs[0]).toISOString()} inZone={draft.timing.timezone} />
    ) : (
      t.atOnce
    );
  const isAgain = coming?.type === 'runs' && coming.runsAtMs.length > 1;
  return (
    <>
      <Alert
        color={people > 0 ? 'cyan' : 'yellow'}
        variant="light"
        title={people > 0 ? t.people(count(people)) : t.nobody}
      >
        {people > 0 && (
          <Text size="sm">
            {when} {isAgain && t.again}
          </Text>
        )}
        {run.recipients > people && <Text size="sm">{t.left(count(run.recipients - people))}</Text>}
      </Alert>
      {discard.error && <ErrorAlert error={discard.error} />}
      <Group gap="sm">
        <Button variant="default" loading={discard.isPending} onClick={() => discard.mutate()}>
          {t.giveUp}
        </Button>
        <Button disabled={people === 0 && !schedule} onClick={() => setIsConfirming(true)}>
          {schedule ? t.goLater : t.go}
        </Button>
      </Group>
      <Confirm
        isOpen={isConfirming}
        title={t.people(count(people))}
        action={schedule ? t.goLater : t.go}
        typed={String(people)}
        isBusy={launch.isPending}
        error={launch.error}
        onConfirm={() => launch.mutate()}
        onClose={() => setIsConfirming(false)}
      >
        <Text size="sm">
          {draft.name} · {when} {isAgain && t.again}
        </Text>
      </Confirm>
    </>
  );
}
