import { variablesIn, variablesInPage } from '../../../../../lib/campaigns/variables.ts';
import type { Schemas } from '../../../api/client.ts';
import type { Template } from '../../../parts/templates.ts';
import type { CheckedList } from './recipient-list.ts';

/** How a campaign repeats. */
export const REPEATS = ['now', 'once', 'daily', 'weekly', 'monthly', 'own'] as const;

/** When a campaign runs, as it is chosen. */
export interface Timing {
  readonly repeat: (typeof REPEATS)[number];
  readonly date: string;
  readonly time: string;
  readonly weekdays: readonly string[];
  readonly dayOfMonth: number;
  /** EventBridge Scheduler's own expression. */
  readonly expression: string;
  readonly timezone: string;
}

/** A campaign that is being made. */
export interface Draft {
  readonly name: string;
  readonly templateId: string | null;
  readonly data: Readonly<Record<string, string>>;
  readonly page: string;
  readonly fit: boolean;
  readonly audience: 'grantees' | 'list';
  readonly list?: CheckedList;
  readonly timing: Timing;
  readonly maxPerSecond: string;
  readonly quiet: { readonly isOn: boolean; readonly from: string; readonly to: string };
}

/** Nothing is chosen yet. */
export function emptyDraft(timezone: string): Draft {
  return {
    name: '',
    templateId: null,
    data: {},
    page: '',
    fit: true,
    audience: 'grantees',
    timing: {
      repeat: 'now',
      date: '',
      time: '10:00',
      weekdays: ['MON'],
      dayOfMonth: 1,
      expression: 'cron(0 10 ? * MON *)',
      timezone,
    },
    maxPerSecond: '',
    quiet: { isOn: false, from: '22:00', to: '08:00' },
  };
}

/** The variables that the texts and the page hold. */
export function variablesOf({ data, page }: Pick<Draft, 'data' | 'page'>): readonly string[] {
  return [...new Set([...variablesIn(data), ...variablesInPage(page === '' ? undefined : page)])];
}

const PLACEHOLDER = /\{\{[^{}]*\}\}/;

/** The texts to check and to draw: a field that holds a variable stands with its example. */
export function sampleOf(data: Draft['data'], { fields }: Template): Draft['data'] {
  const examples = new Map(fields.map(({ key, example }) => [key, example]));
  return Object.fromEntries(
    Object.entries(data).map(([key, text]) => [
      key,
      PLACEHOLDER.test(text) ? (examples.get(key) ?? text) : text,
    ]),
  );
}

/** The schedule of a timing, as the service takes it; undefined for one that runs now. */
export function scheduleOf({ repeat, ...o }: Timing): Schemas['Schedule'] | undefined {
  const [hour = '0', minute = '0'] = o.time.split(':');
  const clock = `${Number(minute)} ${Number(hour)}`;
  const expression = {
    now: '',
    once: `at(${o.date}T${o.time}:00)`,
    daily: `cron(${clock} * * ? *)`,
    weekly: `cron(${clock} ? * ${o.weekdays.join(',')} *)`,
    monthly: `cron(${clock} ${o.dayOfMonth} * ? *)`,
    own: o.expression.trim(),
  }[repeat];
  return repeat === 'now' ? undefined : { expression, timezone: o.timezone };
}

/** The campaign to make, without its schedule: nothing may leave before somebody has seen the number. */
export function campaignOf(draft: Draft): Schemas['NewCampaign'] {
  const { quiet, maxPerSecond, page } = draft;
  return {
    name: draft.name.trim(),
    templateId: draft.templateId ?? '',
    data: { ...draft.data },
    fit: draft.fit,
    audience: draft.audience === 'grantees' ? { type: 'grantees' } : { type: 'recipients', recipients: [] },
    ...(page.trim() !== '' && { page: page.trim() }),
    ...(maxPerSecond !== '' && { maxPerSecond: Number(maxPerSecond) }),
    ...(quiet.isOn && { quietHours: { from: quiet.from, to: quiet.to, timezone: draft.timing.timezone } }),
  };
}
