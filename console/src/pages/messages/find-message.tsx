import { Button, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { useLocation } from 'wouter';
import { Section } from '../../parts/page.tsx';
import { useTexts } from '../../texts.ts';
import { messageTexts } from './texts.ts';

/** Opens a message by its id, as the API answered it and the logs have it. */
export function FindMessage() {
  const t = useTexts(messageTexts);
  const [, go] = useLocation();
  const [id, setId] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (id.trim() !== '') go(`/messages/${encodeURIComponent(id.trim())}`);
  };
  return (
    <Section title={t.findTitle}>
      <form onSubmit={submit} className="filters">
        <TextInput
          className="wide"
          label={t.id}
          description={t.idHint}
          value={id}
          onChange={(event) => setId(event.currentTarget.value)}
          autoComplete="off"
          spellCheck={false}
        />
        <Button type="submit" className="shrink">
          {t.open}
        </Button>
      </form>
    </Section>
  );
}
