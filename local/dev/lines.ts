import colors from 'picocolors';
import type { LogFields, Logger } from '../../lib/logger.ts';
import { say } from '../../operate/language.ts';
import type { PublishedEvent } from '../stack/event-bus.ts';
import type { Observation } from '../stack/observation.ts';
import type { WebhookAttempt } from '../stack/webhook/webhook.ts';

/** One line for each thing that the stack does; undefined for what is not worth one. */
export function lineFor(observation: Observation): string | undefined {
  switch (observation.type) {
    case 'request': {
      const { method, path, status, ms, isWatching, appId } = observation;
      if (isWatching && status < 500) return undefined;
      return `${method.padEnd(6)} ${path} ${paintStatus(status)} ${duration(ms)}${appId === undefined ? '' : ` ${colors.dim(appId)}`}`;
    }
    case 'batch': {
      const { records, failed, ms } = observation;
      const failures = failed === 0 ? '' : ` ${colors.red(`${failed} failed`)}`;
      return `${colors.magenta('queue ')} ${observation.function} ×${records}${failures} ${duration(ms)}`;
    }
    case 'tick':
      return undefined;
    case 'fault':
      return `${colors.red('fault ')} ${observation.function}: ${observation.error.stack ?? observation.error.message}`;
  }
}

/** One line for an event on the owner's bus. */
export function lineForEvent({ detailType, detail }: PublishedEvent): string {
  const about = detail['id'] ?? detail['openid'] ?? '';
  return `${colors.cyan('event ')} ${detailType} ${colors.dim(String(about))}`;
}

/** One line for each try to hand an event to the webhook. */
export function lineForAttempt({
  detailType,
  eventId,
  result,
  ms,
  againInMs,
  isTaken,
}: WebhookAttempt): string {
  const answer = `${typeof result === 'number' ? paintStatus(result) : colors.red(result)} ${duration(ms)}`;
  const fate =
    againInMs !== undefined
      ? colors.yellow(` ${say(`again in ${againInMs / 1000} s`, `${againInMs / 1000} 秒后重试`)}`)
      : ` ${colors.red(say('given up: a dead letter', '已放弃，转入死信'))} npm run redrive -- --local --queue webhook`;
  return `${colors.cyan('hook  ')} ${detailType} ${colors.dim(eventId)} ${answer}${isTaken ? '' : fate}`;
}

/** A logger of the service whose lines a person can read. */
export function createLineLogger(print: (line: string) => void): Logger {
  const line = (paint: (text: string) => string, level: string) => (message: string, fields?: LogFields) =>
    print(
      `${paint(level.padEnd(6))} ${message}${fields === undefined ? '' : ` ${colors.dim(asText(fields))}`}`,
    );
  return {
    info: line(colors.blue, 'info'),
    warn: line(colors.yellow, 'warn'),
    error: line(colors.red, 'error'),
  };
}

const asText = (fields: LogFields) =>
  JSON.stringify(fields, (_, value: unknown) => (value instanceof Error ? value.message : value));

const duration = (ms: number) => colors.dim(`${Math.round(ms)} ms`);

function paintStatus(status: number): string {
  if (status >= 500) return colors.red(status);
  return status >= 400 ? colors.yellow(status) : colors.green(status);
}
