import { Checkbox, Stack, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useLocation } from 'wouter';
import { answered, api, QingniaoProblem } from '../../api/client.ts';
import { Confirm } from '../../parts/confirm.tsx';
import type { Template } from '../../parts/templates.ts';
import { useToast } from '../../parts/toasts.tsx';
import { useTexts } from '../../texts.ts';
import { templateTexts } from './texts.ts';

/** Deletes a template once its title has been typed. What still needs it is ended only when that is asked for. */
export function DeleteTemplate(o: {
  readonly template: Template;
  readonly isOpen: boolean;
  readonly onClose: () => void;
}) {
  const t = useTexts(templateTexts);
  const say = useToast();
  const queries = useQueryClient();
  const [, go] = useLocation();
  const [isForced, setIsForced] = useState(false);
  const remove = useMutation({
    async mutationFn() {
      let cursor: string | undefined;
      do {
        const query = {
          ...(isForced && { force: 'true' as const }),
          ...(cursor !== undefined && { cursor }),
        };
        const params = { path: { id: o.template.templateId }, query };
        cursor = (await answered(api.DELETE('/v1/templates/{id}', { params }))).nextCursor;
      } while (cursor !== undefined);
    },
    async onSuccess() {
      say(t.deleted);
      go('/templates');
      await queries.invalidateQueries({ queryKey: ['templates'] });
    },
  });
  const isInUse = remove.error instanceof QingniaoProblem && remove.error.code === 'template-in-use';
  return (
    <Confirm
      isOpen={o.isOpen}
      title={t.delete}
      action={t.deleteAction}
      typed={o.template.title}
      isDangerous
      isBusy={remove.isPending}
      error={remove.error}
      onConfirm={() => remove.mutate()}
      onClose={o.onClose}
    >
      <Stack gap="sm">
        <Text size="sm">{t.deleteText}</Text>
        {isInUse && (
          <Checkbox
            label={t.deleteForce}
            checked={isForced}
            onChange={(event) => setIsForced(event.currentTarget.checked)}
          />
        )}
      </Stack>
    </Confirm>
  );
}
