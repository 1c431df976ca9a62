import { Radio, Stack, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { answered, api } from '../../api/client.ts';
import { Confirm } from '../../parts/confirm.tsx';
import { useToast } from '../../parts/toasts.tsx';
import { useTexts } from '../../texts.ts';
import { messageTexts } from './texts.ts';

/** Ends a message of unknown fate by hand. */
export function SettleMessage(o: {
  readonly id: string;
  readonly isOpen: boolean;
  readonly onClose: () => void;
}) {
  const t = useTexts(messageTexts);
  const say = useToast();
  const queries = useQueryClient();
  const [status, setStatus] = useState<'sent' | 'failed'>('sent');
  const settle = useMutation({
    mutationFn: () =>
      answered(api.POST('/v1/messages/{id}/settle', { params: { path: { id: o.id } }, body: { status } })),
    async onSuccess() {
      say(t.settled);
      o.onClose();
      await queries.invalidateQueries();
    },
  });
  return (
    <Confirm
      isOpen={o.isOpen}
      title={t.settle}
      action={t.settle}
      isBusy={settle.isPending}
      error={settle.error}
      onConfirm={() => settle.mutate()}
      onClose={o.onClose}
    >
      <Stack gap="md">
        <Text size="sm">{t.settleText}</Text>
        <Radio.Group
          aria-label={t.settle}
          value={status}
          onChange={(chosen) => setStatus(chosen === 'failed' ? 'failed' : 'sent')}
        >
          <Stack gap="xs">
            <Radio value="sent" label={t.settleSent} />
            <Radio value="failed" label={t.settleFailed} />
          </Stack>
        </Radio.Group>
      </Stack>
    </Confirm>
  );
}
