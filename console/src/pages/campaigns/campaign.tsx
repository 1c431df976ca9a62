import { Button, Text } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useLocation, useParams } from 'wouter';
import { answered, api, type Schemas } from '../../api/client.ts';
import { Confirm } from '../../parts/confirm.tsx';
import { ErrorAlert } from '../../parts/error-alert.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { Page, Section } from '../../parts/page.tsx';
import { PhoneCard } from '../../parts/phone-card.tsx';
import { useTemplates } from '../../parts/templates.ts';
import { Time } from '../../parts/time.tsx';
import { useToast } from '../../parts/toasts.tsx';
import { useSession } from '../../session/session.tsx';
import { useTexts } from '../../texts.ts';
import { Audience } from './campaigns.tsx';
import { RunList } from './run-list.tsx';
import { startingOnce } from './start-once.ts';
import { campaignTexts } from './texts.ts';

type Campaign = Schemas['Campaign'];

/** One campaign: what it says, to whom and when, and its runs. */
export default function CampaignPage() {
  const t = useTexts(campaignTexts);
  const { id = '' } = useParams<{ id: string }>();
  const { may } = useSession();
  const query = useQuery({
    queryKey: ['campaigns', 'one', id],
    refetchInterval: 15_000,
    queryFn: () => answered(api.GET('/v1/campaigns/{id}', { params: { path: { id } } })),
  });
  return (
    <Page
      title={query.data?.name ?? t.title}
      actions={query.data && may('manage') && <Actions campaign={query.data} />}
    >
      <Loaded query={query} sought={{ is: 'campaign', id }}>
        {(campaign) => (
          <>
            <Whole campaign={campaign} />
            <Section title={t.runs}>
              <RunList campaignId={id} />
            </Section>
          </>
        )}
      </Loaded>
    </Page>
  );
}

function Actions({ campaign }: { readonly campaign: Campaign }) {
  const t = useTexts(campaignTexts);
  const say = useToast();
  const queries = useQueryClient();
  const [, go] = useLocation();
  const [asked, setAsked] = useState<'start' | 'delete'>();
  const params = { path: { id: campaign.id } };
  const close = () => setAsked(undefined);
  const refresh = () => queries.invalidateQueries({ queryKey: ['campaigns'] });
  const change = useMutation({
    mutationFn: (status: 'active' | 'paused') =>
      answered(api.PATCH('/v1/campaigns/{id}', { params, body: { status } })),
    onSuccess: refresh,
  });
  const [startOnce] = useState(() =>
    startingOnce(campaign.id, 'manual', () =>
      answered(api.POST('/v1/campaigns/{id}/runs', { params, body: {} })),
    ),
  );
  const start = useMutation({
    mutationFn: startOnce,
    async onSuccess(run) {
      say(t.started);
      await refresh();
      go(`/campaigns/${campaign.id}/runs/${run.id}`);
    },
  });
  const remove = useMutation({
    mutationFn: () => api.DELETE('/v1/campaigns/{id}', { params }),
    async onSuccess() {
      say(t.deleted);
      go('/campaigns');
      await refresh();
    },
  });
  return (
    <>
      {campaign.status === 'active' && <Button onClick={() => setAsked('start')}>{t.startNow}</Button>}
      {campaign.status === 'active' && (
        <Button variant="default" loading={change.isPending} onClick={() => change.mutate('paused')}>
          {t.pauseCampaign}
        </Button>
      )}
      {campaign.status === 'paused' && (
        <Button loading={change.isPending} onClick={() => change.mutate('active')}>
          {t.activate}
        </Button>
      )}
      <Button variant="light" color="red" onClick={() => setAsked('delete')}>
        {t.delete}
      </Button>
      {change.error && <ErrorAlert error={change.error} />}
      <Confirm
        isOpen={asked === 'start'}
        title={t.startNow}
        action={t.startNow}
        typed={campaign.name}
        isBusy={start.isPending}
        error={start.error}
        onConfirm={() => start.mutate()}
        onClose={close}
      >
        <Text size="sm">{t.startText}</Text>
      </Confirm>
      <Confirm
        isOpen={asked === 'delete'}
        title={t.delete}
        action={t.delete}
        typed={campaign.name}
        isDangerous
        isBusy={remove.isPending}
        error={remove.error}
        onConfirm={() => remove.mutate()}
        onClose={close}
      >
        <Text size="sm">{t.deleteText}</Text>
      </Confirm>
    </>
  );
}

function Whole({ campaign }: { readonly campaign: Campaign }) {
  const t = useTexts(campaignTexts);
  const { find } = useTemplates();
  const template = find(campaign.templateId);
  const { nextRuns = [], quietHours, maxPerSecond } = campaign;
  const limits = [
    ...(maxPerSecond === undefined ? [] : [t.perSecond(maxPerSecond)]),
    ...(quietHours ? [`${t.quiet(quietHours.from, quietHours.to)} (${quietHours.timezone})`] : []),
  ];
  return (
    <div className="columns">
      <Section title={t.message}>
        <dl className="facts">
          <dt>{t.status}</dt>
          <dd>{t.statuses[campaign.status]}</dd>
          <dt>{t.audience}</dt>
          <dd>
            <Audience audience={campaign.audience} />
          </dd>
          <dt>{t.nextRuns}</dt>
          <dd>
            {nextRuns.length === 0
              ? t.noSchedule
              : nextRuns.map((at) => (
                  <div key={at}>
                    <Time at={at} />
                  </div>
                ))}
          </dd>
          <dt>{t.limits}</dt>
          <dd>{limits.length === 0 ? t.noLimits : limits.join('; ')}</dd>
        </dl>
      </Section>
      {template && (
        <PhoneCard
          template={template}
          data={campaign.data}
          opensPage={campaign.page !== undefined}
          lang={campaign.lang}
        />
      )}
    </div>
  );
}
