import { Select } from '@mantine/core';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { answered, api, type Schemas } from '../../api/client.ts';
import { given } from '../../api/given.ts';
import { DataTable } from '../../parts/data-table.tsx';
import { Empty } from '../../parts/empty.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { Page, Section } from '../../parts/page.tsx';
import { useTexts } from '../../texts.ts';
import { AddTemplate } from './add-template.tsx';
import { libraryTexts } from './library-texts.ts';
import { templateTexts } from './texts.ts';

type Title = Schemas['LibraryTitle'];

/** WeChat's template library: a category, a title, its keywords, and the template is the account's. */
export default function Library() {
  const t = useTexts(libraryTexts);
  const { kinds } = useTexts(templateTexts);
  const [categoryId, setCategoryId] = useState<string | null>(null);
  const [chosen, setChosen] = useState<Title>();
  const categories = useQuery({
    queryKey: ['library', 'categories'],
    staleTime: 300_000,
    queryFn: () =>
      answered(api.GET('/v1/template-library/categories', { params: { query: { limit: 200 } } })),
  });
  const titles = useInfiniteQuery({
    queryKey: ['library', 'titles', categoryId],
    enabled: categoryId !== null,
    initialPageParam: '',
    staleTime: 300_000,
    queryFn: ({ pageParam: cursor }) =>
      answered(
        api.GET('/v1/template-library/titles', {
          params: { query: { categoryIds: categoryId ?? '', ...given({ cursor }) } },
        }),
      ),
    getNextPageParam: ({ nextCursor }) => nextCursor,
  });
  return (
    <Page title={t.title} intro={t.intro}>
      <Section title={t.titles}>
        <Loaded query={categories}>
          {({ items }) => (
            <Select
              label={t.category}
              placeholder={t.chooseCategory}
              searchable
              value={categoryId}
              onChange={(id) => {
                setCategoryId(id);
                setChosen(undefined);
              }}
              data={items.map((one) => ({ value: one.categoryId, label: one.name }))}
            />
          )}
        </Loaded>
        {categoryId !== null && (
          <Loaded query={titles}>
            {({ pages }) => {
              const rows = pages.flatMap(({ items }) => items);
              if (rows.length === 0) return <Empty title={t.none} />;
              return (
                <DataTable
                  label={t.titles}
                  rows={rows}
                  rowKey={({ tid }) => tid}
                  onMore={titles.hasNextPage ? () => void titles.fetchNextPage() : undefined}
                  isFetchingMore={titles.isFetchingNextPage}
                  columns={[
                    {
                      title: t.name,
                      cell: (row) => (
                        <button type="button" className="link" onClick={() => setChosen(row)}>
                          {row.title}
                        </button>
                      ),
                    },
                    { title: t.kind, cell: ({ kind }) => kinds[kind] },
                  ]}
                />
              );
            }}
          </Loaded>
        )}
      </Section>
      {chosen && <AddTemplate key={chosen.tid} title={chosen} />}
    </Page>
  );
}
