import * as v from 'valibot';
import type { BilingualText } from '../../lib/bilingual-text.ts';
import type { Probe } from './finding.ts';

/** What to do where the service does not say. */
export const LOOK_AT_LOGS: BilingualText = {
  en: 'Look into the log of the function in CloudWatch: it says what it misses.',
  zh: '请在 CloudWatch 查看该函数的日志，里面写明缺什么。',
};
/** What to do where there is no answer. */
export const REACH: BilingualText = {
  en: 'Check the address, and whether the stage is deployed there.',
  zh: '请检查地址，以及该环境是否已部署。',
};

const problem = v.object({
  code: v.string(),
  detail: v.string(),
  remedy: v.optional(v.object({ en: v.string(), zh: v.string() })),
});

/** What the service answered, in its own words. */
export function told(probe: Extract<Probe, { type: 'answered' }>): BilingualText {
  const read = v.safeParse(problem, parsed(probe.text));
  return same(
    read.success ? `${probe.status} ${read.output.code}: ${read.output.detail}` : `HTTP ${probe.status}`,
  );
}

/** What the service says to do about its problem. */
export function remedyIn(text: string): BilingualText | undefined {
  const read = v.safeParse(problem, parsed(text));
  return read.success ? read.output.remedy : undefined;
}

/** The JSON of an answer; undefined for anything else. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A text that is in no language of ours. */
export function same(text: string): BilingualText {
  return { en: text, zh: '' };
}

/** The slug of the service's problem. */
export function codeIn(text: string): string | undefined {
  const read = v.safeParse(problem, parsed(text));
  return read.success ? read.output.code : undefined;
}
