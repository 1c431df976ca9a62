import { useInfiniteQuery } from '@tanstack/react-query';
import type { Schemas } from '../../api/client.ts';
import { Loaded } from '../../parts/loaded.tsx';
import { useTexts } from '../../texts.ts';
import { ExportRecipients } from './export-recipients.tsx';
import { FindRecipient } from './find-recipient.tsx';
import { recipientPage } from './recipient-pages.ts';
import { RecipientTable } from './recipient-table.tsx';
import { runTexts } from './run-texts.ts';

/** What became of each recipient, page by page, and all of them as a file. */
export function RunRecipients({ run }: { readonly run: Schemas['Run'] }) {
  const t = useTexts(runTexts);
  const query = useInfiniteQuery({
    queryKey: ['campaigns', 'run-recipients', run.id, run.status],
    initialPageParam: '',
    queryFn: ({ pageParam }) => recipientPage(run, 50, pageParam),
    getNextPageParam: ({ nextCursor }) => nextCursor,
  });
  return (
    <Loaded query={query}>
      {({ pages }) => {
        const rows = pages.flatMap(({ items }) => items);
        if (rows.length === 0) return <p className="dim">{t.none}</p>;
        return (
          <>
            <FindRecipient run={run} />
            <RecipientTable
              label={t.recipients}
              rows={rows}
              onMore={query.hasNextPage ? () => void query.fetchNextPage() : undefined}
              isFetchingMore={query.isFetchingNextPage}
            />
            <ExportRecipients run={run} />
          </>
        );
      }}
    </Loaded>
  );
}
