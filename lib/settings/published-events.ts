import * as v from 'valibot';
import type { DomainEventName } from '../stream/domain-events.ts';

const NAMES = [
  'Grant Recorded',
  'Grant Revoked',
  'Message Sent',
  'Message Refused',
  'Message Failed',
  'Message Unknown',
  'Message Delivered',
  'Campaign Run Finished',
] as const satisfies readonly DomainEventName[];

/** Those that cost one event for each message that goes well are left out. */
export const DEFAULT_EVENTS =
  'Grant Recorded,Grant Revoked,Message Refused,Message Failed,Message Unknown,Campaign Run Finished';

const RULE = `Expected names with commas between, * or none: ${NAMES.join(', ')}`;

/** The names of the events to publish: with commas between, `*` for all, `none` for no events. */
export const publishedEvents = v.pipe(
  v.string(),
  v.transform(namesIn),
  v.array(v.picklist(NAMES, RULE)),
  v.transform((names): ReadonlySet<DomainEventName> => new Set(names)),
);

function namesIn(text: string): readonly string[] {
  if (text.trim() === '*') return NAMES;
  if (text.trim() === 'none') return [];
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}
