import { Button, Group, Stepper } from '@mantine/core';
import { useState } from 'react';
import { Page, Section } from '../../../parts/page.tsx';
import { usePreferences } from '../../../preferences/preferences.tsx';
import { useTexts } from '../../../texts.ts';
import { AudienceStep } from './audience-step.tsx';
import { comingRuns } from './coming-runs.ts';
import { ConfirmStep } from './confirm-step.tsx';
import { type Draft, emptyDraft, scheduleOf, variablesOf } from './draft.ts';
import { MessageStep } from './message-step.tsx';
import { MOST_RECIPIENTS } from './recipient-list.ts';
import { newCampaignTexts } from './texts.ts';
import { TimingStep } from './timing-step.tsx';

const STEPS = ['message', 'audience', 'when', 'confirm'] as const;

/** Makes a campaign step by step. Nothing leaves before the last one has named the number of people. */
export default function NewCampaign() {
  const t = useTexts(newCampaignTexts);
  const { timezone } = usePreferences();
  const [draft, setDraft] = useState<Draft>(() => emptyDraft(timezone));
  const [step, setStep] = useState(0);
  const [isMessageValid, setIsMessageValid] = useState(false);
  const change = (part: Partial<Draft>) => setDraft((before) => changed(before, part));
  const isReady = [isMessageValid, hasAudience(draft), hasTiming(draft)][step] ?? false;
  const missing = isReady ? undefined : [messageLacks(draft), audienceLacks(draft)][step];
  return (
    <Page title={t.title}>
      <Section title={t.steps[STEPS[step] ?? 'message']}>
        <Stepper active={step} onStepClick={setStep} allowNextStepsSelect={false} size="sm" iconSize={32}>
          {STEPS.map((name) => (
            <Stepper.Step key={name} label={t.steps[name]} />
          ))}
        </Stepper>
        {step === 0 && <MessageStep draft={draft} onChange={change} onValid={setIsMessageValid} />}
        {step === 1 && <AudienceStep draft={draft} onChange={change} />}
        {step === 2 && <TimingStep draft={draft} onChange={change} />}
        {step === 3 && <ConfirmStep draft={draft} onBack={() => setStep(2)} />}
        {step < 3 && (
          <Group gap="sm">
            {step > 0 && (
              <Button variant="default" onClick={() => setStep(step - 1)}>
                {t.back}
              </Button>
            )}
            <Button disabled={!isReady} onClick={() => setStep(step + 1)}>
              {t.next}
            </Button>
            {missing && <p className="dim">{t.missing[missing]}</p>}
          </Group>
        )}
      </Section>
    </Page>
  );
}

/** What the rows of a list were looked at with. */
const MESSAGE_PARTS = ['templateId', 'data', 'page', 'fit'] as const;

function changed(before: Draft, part: Partial<Draft>): Draft {
  const next = { ...before, ...part };
  if (!next.list || !MESSAGE_PARTS.some((name) => name in part)) return next;
  return { ...next, list: { ...next.list, isStale: true } };
}

/** What the person still has to do before the next step. */
function messageLacks({ name, templateId }: Draft): 'name' | 'template' | 'texts' {
  if (name.trim() === '') return 'name';
  return templateId === null ? 'template' : 'texts';
}

function audienceLacks({ audience, list }: Draft): 'file' | undefined {
  return audience === 'list' && !list ? 'file' : undefined;
}

function hasAudience(draft: Draft): boolean {
  if (draft.audience === 'grantees') return variablesOf(draft).length === 0;
  const { good = [], isStale } = draft.list ?? {};
  return !isStale && good.length > 0 && good.length <= MOST_RECIPIENTS;
}

function hasTiming({ timing }: Draft): boolean {
  const schedule = scheduleOf(timing);
  return schedule === undefined || comingRuns(schedule, 1).type === 'runs';
}
