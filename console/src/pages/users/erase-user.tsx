import { Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useLocation } from 'wouter';
import { answered, api } from '../../api/client.ts';
import { Confirm } from '../../parts/confirm.tsx';
import { useToast } from '../../parts/toasts.tsx';
import { useTexts } from '../../texts.ts';
import { forgetUser } from './recent-users.ts';
import { userTexts } from './texts.ts';

/** Erases a user, once their openid has been typed. One call does a part of it where there is much to do. */
export function EraseUser(o: {
  readonly openid: string;
  readonly isOpen: boolean;
  readonly onClose: () => void;
}) {
  const t = useTexts(userTexts);
  const say = useToast();
  const queries = useQueryClient();
  const [, go] = useLocation();
  const erase = useMutation({
    async mutationFn() {
      let cursor: string | undefined;
      do {
        const params = { path: { openid: o.openid }, query: cursor === undefined ? {} : { cursor } };
        cursor = (await answered(api.DELETE('/v1/users/{openid}', { params }))).nextCursor;
      } while (cursor !== undefined);
    },
    onSuccess() {
      forgetUser(o.openid);
      queries.removeQueries({ predicate: ({ queryKey }) => queryKey.includes(o.openid) });
      say(t.erased);
      go('/users');
    },
  });
  return (
    <Confirm
      isOpen={o.isOpen}
      title={t.erase}
      action={t.eraseAction}
      typed={o.openid}
      isDangerous
      isBusy={erase.isPending}
      error={erase.error}
      onConfirm={() => erase.mutate()}
      onClose={o.onClose}
    >
      <Text size="sm">{erase.isPending ? t.erasing : t.eraseText}</Text>
    </Confirm>
  );
}
