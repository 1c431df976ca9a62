import { Alert, Button, Group, Stack, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useLocation } from 'wouter';
import { answered, api } from '../../../api/client.ts';
import { Confirm } from '../../../parts/confirm.tsx';
import { ErrorAlert } from '../../../parts/error-alert.tsx';
import { PhoneCard } from '../../../parts/phone-card.tsx';
import { useTemplates } from '../../../parts/templates.ts';
import { Time, useCountFormat } from '../../../parts/time.tsx';
import { useToast } from '../../../parts/toasts.tsx';
import { useTexts } from '../../../texts.ts';
import { comingRuns } from './coming-runs.ts';
import { type Draft, sampleOf, scheduleOf } from './draft.ts';
import { discardCampaign, type Prepared, prepareCampaign } from './prepare-campaign.ts';
import { newCampaignTexts } from './texts.ts';

/** The last look: to how many people, when, and the card; then the number is typed and it goes. */
export function ConfirmStep({ draft, onBack }: { readonly draft: Draft; readonly onBack: () => void }) {
  const t = useTexts(newCampaignTexts);
  const count = useCountFormat();
  const { find } = useTemplates();
  const [uploaded, setUploaded] = useState(0);
  const prepare = useMutation({ mutationFn: () => prepareCampaign(draft, setUploaded) });
  const template = draft.templateId === null ? undefined : find(draft.templateId);
  const all = draft.list?.good.length ?? 0;
  return (
    <div className="columns">
      <Stack gap="md">
        {prepare.data ? (
          <Ready draft={draft} prepared={prepare.data} onDiscarded={onBack} />
        ) : (
          <>
            {prepare.isPending && (
              <p role="status">
                {t.preparing} {draft.audience === 'list' && t.uploaded(count(uploaded), count(all))}
              </p>
            )}
            {prepare.error && <ErrorAlert error={prepare.error} />}
            <Group gap="sm">
              <Button variant="default" onClick={onBack} disabled={prepare.isPending}>
                {t.back}
              </Button>
              <Button loading={prepare.isPending} onClick={() => prepare.mutate()}>
                {t.prepare}
              </Button>
            </Group>
          </>
        )}
      </Stack>
      {template && (
        <PhoneCard
          template={template}
          data={sampleOf(draft.data, template)}
          opensPage={draft.page.trim() !== ''}
        />
      )}
    </div>
  );
}

function Ready({
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
  const launch = useMutation({
    async mutationFn() {
      const params = { path: { id } };
      if (schedule) await answered(api.PATCH('/v1/campaigns/{id}', { params, body: { schedule } }));
      else return (await answered(api.POST('/v1/campaigns/{id}/runs', { params, body: {} }))).id;
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
      say(t.givenUp);
      onDiscarded();
    },
  });
  const when =
    coming?.type === 'runs' && coming.runsAtMs[0] !== undefined ? (
      <Time at={new Date(coming.runsAtMs[0]).toISOString()} />
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
