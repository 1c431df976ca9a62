import { Alert, Checkbox, Group, Select, Stack, Switch, TextInput } from '@mantine/core';
import { ComingTime } from '../../../parts/time.tsx';
import { ZoneSelect } from '../../../parts/zone-select.tsx';
import { usePreferences } from '../../../preferences/preferences.tsx';
import { useTexts } from '../../../texts.ts';
import { comingRuns } from './coming-runs.ts';
import { type Draft, REPEATS, scheduleOf, type Timing } from './draft.ts';
import { newCampaignTexts } from './texts.ts';

interface Props {
  readonly draft: Draft;
  readonly onChange: (part: Partial<Draft>) => void;
}

const WEEKDAYS = ['MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT', 'SUN'] as const;

/** When it runs, how fast, and when nothing of it leaves. */
export function TimingStep({ draft, onChange }: Props) {
  const t = useTexts(newCampaignTexts);
  const { timing, quiet } = draft;
  const set = (part: Partial<Timing>) => onChange({ timing: { ...timing, ...part } });
  const isTimed = timing.repeat !== 'now' && timing.repeat !== 'own';
  return (
    <Stack gap="md">
      <div className="filters">
        <Select
          label={t.repeat}
          allowDeselect={false}
          data={REPEATS.map((value) => ({ value, label: t.repeats[value] }))}
          value={timing.repeat}
          onChange={(chosen) => set({ repeat: REPEATS.find((one) => one === chosen) ?? 'now' })}
        />
        {timing.repeat === 'once' && (
          <TextInput
            type="date"
            label={t.date}
            value={timing.date}
            onChange={(event) => set({ date: event.currentTarget.value })}
          />
        )}
        {timing.repeat === 'monthly' && (
          <TextInput
            type="number"
            min={1}
            max={31}
            label={t.dayOfMonth}
            value={timing.dayOfMonth}
            onChange={(event) => set({ dayOfMonth: Number(event.currentTarget.value) })}
          />
        )}
        {isTimed && (
          <TextInput
            type="time"
            label={t.time}
            value={timing.time}
            onChange={(event) => set({ time: event.currentTarget.value })}
          />
        )}
        {timing.repeat !== 'now' && (
          <ZoneSelect label={t.zone} value={timing.timezone} onChange={(timezone) => set({ timezone })} />
        )}
        {timing.repeat === 'own' && (
          <TextInput
            className="wide"
            label={t.expression}
            value={timing.expression}
            onChange={(event) => set({ expression: event.currentTarget.value })}
          />
        )}
      </div>
      {timing.repeat === 'weekly' && (
        <Checkbox.Group
          label={t.weekdays}
          value={[...timing.weekdays]}
          onChange={(weekdays) => set({ weekdays: WEEKDAYS.filter((day) => weekdays.includes(day)) })}
        >
          <Group gap="md" mt={6}>
            {WEEKDAYS.map((day) => (
              <Checkbox key={day} value={day} label={t.weekdayNames[day]} />
            ))}
          </Group>
        </Checkbox.Group>
      )}
      {timing.repeat !== 'now' && <NextRuns timing={timing} />}
      <TextInput
        type="number"
        min={1}
        label={t.maxPerSecond}
        description={t.maxPerSecondHint}
        maw={300}
        value={draft.maxPerSecond}
        onChange={(event) => onChange({ maxPerSecond: event.currentTarget.value })}
      />
      <Switch
        label={t.quiet}
        checked={quiet.isOn}
        onChange={(event) => onChange({ quiet: { ...quiet, isOn: event.currentTarget.checked } })}
      />
      {quiet.isOn && (
        <Group gap="sm">
          <TextInput
            type="time"
            label={t.from}
            value={quiet.from}
            onChange={(event) => onChange({ quiet: { ...quiet, from: event.currentTarget.value } })}
          />
          <TextInput
            type="time"
            label={t.until}
            value={quiet.to}
            onChange={(event) => onChange({ quiet: { ...quiet, to: event.currentTarget.value } })}
          />
          <p className="dim">{t.quietZone(timing.timezone)}</p>
        </Group>
      )}
    </Stack>
  );
}

const SHOWN = 5;

function NextRuns({ timing }: { readonly timing: Timing }) {
  const t = useTexts(newCampaignTexts);
  const { language } = usePreferences();
  const schedule = scheduleOf(timing);
  const coming = schedule && comingRuns(schedule, SHOWN);
  return (
    <>
      {coming?.type === 'runs' ? (
        <div role="status">
          <strong>{t.nextRuns}</strong>
          <ul>
            {coming.runsAtMs.map((atMs) => (
              <li key={atMs}>
                <ComingTime at={new Date(atMs).toISOString()} inZone={timing.timezone} />
              </li>
            ))}
          </ul>
        </div>
      ) : (
        <Alert color="yellow" variant="light" role="status">
          {coming?.type === 'invalid' && timing.repeat === 'own' ? coming.why[language] : t.noRuns}
        </Alert>
      )}
    </>
  );
}
