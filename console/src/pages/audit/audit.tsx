import { Button, Select, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { answered, api } from '../../api/client.ts';
import { given } from '../../api/given.ts';
import { Empty } from '../../parts/empty.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { MomentInput } from '../../parts/moment-input.tsx';
import { Page, Section } from '../../parts/page.tsx';
import { useTexts } from '../../texts.ts';
import { AuditTable } from './audit-table.tsx';
import { operationNames } from './operations.ts';
import { auditTexts } from './texts.ts';

const NOTHING = { operator: '', operation: '', openid: '', target: '', from: '', to: '' };

/** Who changed what. */
export default function Audit() {
  const t = useTexts(auditTexts);
  const names = useTexts(operationNames);
  const [filter, setFilter] = useState(NOTHING);
  const [asked] = useDebouncedValue(filter, 350);
  const set = (change: Partial<typeof NOTHING>) => setFilter((before) => ({ ...before, ...change }));
  const query = useInfiniteQuery({
    queryKey: ['audit', asked],
    initialPageParam: '',
    queryFn: ({ pageParam: cursor }) =>
      answered(api.GET('/v1/audit', { params: { query: given({ ...asked, cursor }) } })),
    getNextPageParam: ({ nextCursor }) => nextCursor,
  });
  return (
    <Page title={t.title} intro={t.intro}>
      <Section title={t.list}>
        <div className="filters">
          <TextInput
            label={t.operator}
            value={filter.operator}
            onChange={(event) => set({ operator: event.currentTarget.value.trim() })}
          />
          <Select
            label={t.operation}
            clearable
            searchable
            placeholder={t.all}
            value={filter.operation === '' ? null : filter.operation}
            onChange={(operation) => set({ operation: operation ?? '' })}
            data={Object.entries(names).map(([value, label]) => ({ value, label }))}
          />
          <TextInput
            label={t.user}
            value={filter.openid}
            onChange={(event) => set({ openid: event.currentTarget.value.trim() })}
          />
          <MomentInput label={t.from} value={filter.from} onChange={(from) => set({ from })} />
          <MomentInput label={t.to} value={filter.to} onChange={(to) => set({ to })} />
        </div>
        <Loaded query={query}>
          {({ pages }) => {
            const rows = pages.flatMap(({ items }) => items);
            const more = query.hasNextPage ? () => void query.fetchNextPage() : undefined;
            if (rows.length > 0)
              return <AuditTable rows={rows} onMore={more} isFetchingMore={query.isFetchingNextPage} />;
            return (
              <Empty title={more ? t.noneSoFar : t.none}>
                <p>{t.noneText}</p>
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
