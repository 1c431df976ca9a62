import { Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { answered, api } from '../../api/client.ts';
import { Confirm } from '../../parts/confirm.tsx';
import { useToast } from '../../parts/toasts.tsx';
import { useTexts } from '../../texts.ts';
import { messageTexts } from './texts.ts';

/** Cancels a message that is not being sent yet. */
export function CancelMessage(o: {
  readonly id: string;
  readonly isOpen: boolean;
  readonly onClose: () => void;
}) {
  const t = useTexts(messageTexts);
  const say = useToast();
  const queries = useQueryClient();
  const cancel = useMutation({
    mutationFn: () => answered(api.DELETE('/v1/messages/{id}', { params: { path: { id: o.id } } })),
    async onSuccess() {
      say(t.canceled);
      o.onClose();
      await queries.invalidateQueries();
    },
  });
  return (
    <Confirm
      isOpen={o.isOpen}
      title={t.cancel}
      action={t.cancel}
      isBusy={cancel.isPending}
      error={cancel.error}
      onConfirm={() => cancel.mutate()}
      onClose={o.onClose}
    >
      <Text size="sm">{t.cancelText}</Text>
    </Confirm>
  );
}
