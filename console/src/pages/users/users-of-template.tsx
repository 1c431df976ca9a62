import { Select } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'wouter';
import { answered, api, type Schemas } from '../../api/client.ts';
import { given } from '../../api/given.ts';
import { DataTable } from '../../parts/data-table.tsx';
import { Empty } from '../../parts/empty.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { Section } from '../../parts/page.tsx';
import { useTemplates } from '../../parts/templates.ts';
import { Time } from '../../parts/time.tsx';
import { useTexts } from '../../texts.ts';
import { availableOf } from './available.ts';
import { userTexts } from './texts.ts';

/** The users who answered for a template, for who knows no openid. */
export function UsersOfTemplate() {
  const t = useTexts(userTexts);
  const { templates } = useTemplates();
  const [templateId, setTemplateId] = useState<string | null>(null);
  return (
    <Section title={t.allowedTitle}>
      <Select
        label={t.template}
        description={t.allowedHint}
        placeholder={t.pleaseChoose}
        searchable
        maw={420}
        data={templates.map(({ templateId: value, title }) => ({ value, label: title }))}
        value={templateId}
        onChange={setTemplateId}
      />
      {templateId !== null && <Users key={templateId} templateId={templateId} />}
    </Section>
  );
}

function Users({ templateId }: { readonly templateId: string }) {
  const t = useTexts(userTexts);
  const query = useInfiniteQuery({
    queryKey: ['grants', 'of-template', templateId],
    initialPageParam: '',
    queryFn: ({ pageParam: cursor }) =>
      answered(api.GET('/v1/grants', { params: { query: { templateId, ...given({ cursor }) } } })),
    getNextPageParam: ({ nextCursor }) => nextCursor,
  });
  return (
    <Loaded query={query}>
      {({ pages }) => {
        const rows = pages.flatMap(({ items }) => items);
        if (rows.length === 0 && !query.hasNextPage)
          return (
            <Empty title={t.nobodyAllowed}>
              <p>{t.nobodyAllowedText}</p>
            </Empty>
          );
        return (
          <DataTable<Schemas['Grant']>
            label={t.allowedTitle}
            rows={rows}
            rowKey={({ openid, device }) => `${openid} ${device?.sn} ${device?.modelId}`}
            onMore={query.hasNextPage ? () => void query.fetchNextPage() : undefined}
            isFetchingMore={query.isFetchingNextPage}
            columns={[
              {
                title: t.user,
                cell: ({ openid }) => (
                  <Link href={`/users/${openid}`}>
                    <code>{openid}</code>
                  </Link>
                ),
              },
              { title: t.available, isNumber: true, cell: (grant) => availableOf(grant, t) },
              { title: t.held, isNumber: true, cell: ({ held }) => held },
              { title: t.spent, isNumber: true, cell: ({ spent }) => spent },
              { title: t.last, cell: ({ lastStatus }) => <code>{lastStatus}</code> },
              { title: t.updated, cell: ({ updatedAt }) => <Time at={updatedAt} /> },
            ]}
          />
        );
      }}
    </Loaded>
  );
}
