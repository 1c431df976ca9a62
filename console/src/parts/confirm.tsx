import { Alert, Button, Group, Modal, Stack, TextInput } from '@mantine/core';
import { type FormEvent, type ReactNode, useState } from 'react';
import { bilingual } from '../bilingual.ts';
import { useTexts } from '../texts.ts';
import { ErrorAlert } from './error-alert.tsx';

const texts = bilingual({
  en: {
    cancel: 'Cancel',
    type: (word: string) => `Type ${word} to confirm`,
    close: 'Close',
  },
  zh: {
    cancel: '取消',
    type: (word: string) => `输入 ${word} 以确认`,
    close: '关闭',
  },
});

/** What is to be confirmed. */
interface ConfirmProps {
  readonly isOpen: boolean;
  readonly title: string;
  readonly children: ReactNode;
  /** What the button that does it says: a verb. */
  readonly action: string;
  /** What must be typed, where what is done cannot be undone. */
  readonly typed?: string;
  readonly isDangerous?: boolean;
  readonly isBusy: boolean;
  readonly error: Error | null;
  readonly onConfirm: () => void;
  readonly onClose: () => void;
}

/** Asks before something is done that hurts. What cannot be undone must be typed. */
export function Confirm(o: ConfirmProps) {
  const t = useTexts(texts);
  return (
    <Modal
      opened={o.isOpen}
      onClose={o.onClose}
      title={o.title}
      centered
      // Locking the page's scroll would put a style into the page, which its policy refuses.
      lockScroll={false}
      closeButtonProps={{ 'aria-label': t.close }}
      transitionProps={{ duration: 0 }}
    >
      {o.isOpen && <Question {...o} />}
    </Modal>
  );
}

function Question(o: ConfirmProps) {
  const t = useTexts(texts);
  const [word, setWord] = useState('');
  // A number may be typed as it is shown, with its separators.
  const isTyped = o.typed === undefined || [word.trim(), word.trim().replaceAll(',', '')].includes(o.typed);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isTyped) o.onConfirm();
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        {o.isDangerous ? (
          <Alert color="red" variant="light">
            {o.children}
          </Alert>
        ) : (
          <div>{o.children}</div>
        )}
        {o.typed !== undefined && (
          <TextInput
            label={t.type(o.typed)}
            value={word}
            onChange={(event) => setWord(event.currentTarget.value)}
            autoComplete="off"
            data-autofocus
          />
        )}
        {o.error && <ErrorAlert error={o.error} />}
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={o.onClose}>
            {t.cancel}
          </Button>
          <Button
            type="submit"
            {...(o.isDangerous && { color: 'red' })}
            disabled={!isTyped}
            loading={o.isBusy}
          >
            {o.action}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
