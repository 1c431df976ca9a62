import { useInfiniteQuery } from '@tanstack/react-query';
import { answered, api, type Schemas } from '../../api/client.ts';
import { Empty } from '../../parts/empty.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { MessageTable } from '../../parts/message-table.tsx';
import { whileFirstPage } from '../../parts/polling.ts';
import { isUnderWay } from '../../parts/status-badge.tsx';
import { useTexts } from '../../texts.ts';
import { userTexts } from './texts.ts';

/** Every message to a user, the newest first. */
export function UserMessages({ openid }: { readonly openid: string }) {
  const t = useTexts(userTexts);
  const query = useInfiniteQuery({
    queryKey: ['messages', 'of', openid],
    initialPageParam: '',
    refetchInterval: whileFirstPage((shown: readonly Schemas['Message'][]) =>
      shown.some(isUnderWay) ? 3_000 : 30_000,
    ),
    queryFn: ({ pageParam: cursor }) =>
      answered(api.GET('/v1/messages', { params: { query: { openid, ...(cursor !== '' && { cursor }) } } })),
    getNextPageParam: ({ nextCursor }) => nextCursor,
  });
  return (
    <Loaded query={query}>
      {({ pages }) => {
        const rows = pages.flatMap(({ items }) => items);
        if (rows.length === 0)
          return (
            <Empty title={t.noMessages}>
              <p>{t.noMessagesText}</p>
            </Empty>
          );
        return (
          <MessageTable
            label={t.messages}
            rows={rows}
            onMore={query.hasNextPage ? () => void query.fetchNextPage() : undefined}
            isFetchingMore={query.isFetchingNextPage}
          />
        );
      }}
    </Loaded>
  );
}
