import { Button, SegmentedControl, Select, TextInput } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useSearchParams } from 'wouter';
import { answered, api } from '../../api/client.ts';
import { given } from '../../api/given.ts';
import { Empty } from '../../parts/empty.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { MessageTable } from '../../parts/message-table.tsx';
import { MomentInput } from '../../parts/moment-input.tsx';
import { Page, Section } from '../../parts/page.tsx';
import { whileFirstPage } from '../../parts/polling.ts';
import { statusNames } from '../../parts/status-badge.tsx';
import { useTemplates } from '../../parts/templates.ts';
import { useTexts } from '../../texts.ts';
import { FindMessage } from './find-message.tsx';
import { messageTexts } from './texts.ts';

const STATUSES = ['failed', 'refused', 'unknown'] as const;

/** The messages that did not arrive. What is asked for stands in the address, so that it can be passed on. */
export default function Messages() {
  const t = useTexts(messageTexts);
  const names = useTexts(statusNames);
  const { templates } = useTemplates();
  const [params, setParams] = useSearchParams();
  const [reason, setReason] = useState('');
  const status = STATUSES.find((one) => one === params.get('status')) ?? 'failed';
  const asked = {
    status,
    templateId: params.get('templateId') ?? undefined,
    from: params.get('from') ?? undefined,
    to: params.get('to') ?? undefined,
  };
  const ask = (name: string, value: string | undefined) =>
    setParams(
      (before) => {
        const next = new URLSearchParams(before);
        if (value) next.set(name, value);
        else next.delete(name);
        return next;
      },
      { replace: true },
    );
  const query = useInfiniteQuery({
    queryKey: ['messages', 'undelivered', asked],
    initialPageParam: '',
    refetchInterval: whileFirstPage(() => 30_000),
    queryFn: ({ pageParam: cursor }) =>
      answered(api.GET('/v1/messages', { params: { query: given({ ...asked, cursor }) } })),
    getNextPageParam: ({ nextCursor }) => nextCursor,
  });
  return (
    <Page title={t.title} intro={t.intro}>
      <FindMessage />
      <Section title={t.list}>
        <div>
          <SegmentedControl
            aria-label={t.status}
            value={status}
            onChange={(value) => ask('status', value)}
            data={STATUSES.map((value) => ({ value, label: names[value] }))}
          />
          <p className="dim hint">{t.means[status]}</p>
        </div>
        <div className="filters">
          <Select
            label={t.template}
            clearable
            searchable
            placeholder={t.all}
            value={params.get('templateId')}
            onChange={(value) => ask('templateId', value ?? undefined)}
            data={templates.map(({ templateId, title }) => ({ value: templateId, label: title }))}
          />
          <MomentInput label={t.from} value={params.get('from') ?? ''} onChange={(at) => ask('from', at)} />
          <MomentInput label={t.to} value={params.get('to') ?? ''} onChange={(at) => ask('to', at)} />
          <TextInput
            label={t.reason}
            placeholder={t.reasonHint}
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
          />
        </div>
        <Loaded query={query}>
          {({ pages }) => {
            const rows = pages
              .flatMap(({ items }) => items)
              .filter(({ outcome }) => {
                const words = `${outcome?.reason ?? ''} ${outcome?.errcode ?? ''}`.toLowerCase();
                return words.includes(reason.trim().toLowerCase());
              });
            const more = query.hasNextPage ? () => void query.fetchNextPage() : undefined;
            if (rows.length > 0)
              return (
                <MessageTable
                  label={t.list}
                  rows={rows}
                  withUser
                  onMore={more}
                  isFetchingMore={query.isFetchingNextPage}
                />
              );
            return (
              <Empty title={more ? t.noneSoFar : t.none}>
                <p>{more ? t.noneSoFarText : t.noneText}</p>
                {more && (
                  <Button variant="default" onClick={more} loading={query.isFetchingNextPage}>
                    {t.lookFurther}
                  </Button>
                )}
              </Empty>
            );
          }}
        </Loaded>
      </Section>
    </Page>
  );
}
