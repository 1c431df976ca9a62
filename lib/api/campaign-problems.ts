import type { InputRefusal, ValidationError } from '../campaigns/campaign-input.ts';
import type { RunView } from '../campaigns/runs/run.ts';
import type { ScheduledStart } from '../campaigns/runs/start-run.ts';
import { inputError, invalidInput, ProblemError } from './problem.ts';
import { invalidData, unknownTemplate } from './template-problems.ts';

/** Why a campaign, or a change to one, is refused. */
export function inputProblem(refusal: InputRefusal): ProblemError {
  switch (refusal.type) {
    case 'unknown-template':
      return unknownTemplate();
    case 'invalid-data':
      return invalidData(refusal.problems);
    case 'invalid-order':
      return validationProblem('invalid-body', refusal.errors);
    case 'invalid-schedule':
    case 'invalid-variables':
      return validationProblem(refusal.type, refusal.errors);
  }
}

/** A refusal that names every error by its path. */
export function validationProblem(
  code: 'invalid-body' | 'invalid-schedule' | 'invalid-variables' | 'invalid-csv',
  errors: readonly ValidationError[],
): ProblemError {
  const named = errors.map(({ path, message }) => inputError(path, message));
  return invalidInput(code, named, ' Nothing was stored.');
}

/** There is no such campaign, or no such run or recipient of it. */
export function notFound(what: 'campaign' | 'run' | 'recipient'): ProblemError {
  return new ProblemError('not-found', `There is no such ${what}.`);
}

/** The campaign has ended and stays as it is. */
export function campaignEnded(): ProblemError {
  return new ProblemError('campaign-ended', 'It has ended and stays as it is. Make a new campaign.');
}

/** Why a run cannot be started. */
export function startProblem(type: Exclude<ScheduledStart['type'], 'started' | 'exists'>): ProblemError {
  switch (type) {
    case 'unknown-campaign':
      return notFound('campaign');
    case 'unknown-run':
      return notFound('run');
    case 'not-active':
      return new ProblemError(
        'campaign-not-active',
        'It is paused or has ended. PATCH its status to "active" first, unless it has ended.',
      );
    case 'not-scheduled':
      return new ProblemError('invalid-body', 'The schedule of the campaign has no run at scheduledAt.', {
        errors: [
          inputError('scheduledAt', {
            en: "must be a moment of the campaign's schedule, give or take a minute",
            zh: '必须是该群发计划中的一个时刻（误差一分钟以内）',
          }),
        ],
      });
    case 'too-late':
      return new ProblemError('invalid-body', 'Leave scheduledAt out to start a run of its own now.', {
        errors: [inputError('scheduledAt', { en: 'is over an hour ago', zh: '已过去一小时以上' })],
      });
    case 'run-not-over':
      return new ProblemError(
        'run-not-over',
        'More of it may fail yet. Stop the run or wait until it is finished.',
      );
  }
}

/** Why nothing is done about a run that is in this state. */
export function stateProblem(status: RunView['status']): ProblemError {
  switch (status) {
    case 'running':
      return new ProblemError('run-not-paused', 'The run is running. Nothing was changed.');
    case 'paused':
      return new ProblemError(
        'run-not-running',
        'The run is paused. Nothing was changed; POST …/resume goes on with it.',
      );
    case 'stopped':
    case 'finished':
      return new ProblemError(
        'run-over',
        `The run is ${status}, which is final. Start a new one with POST …/runs.`,
      );
  }
}
