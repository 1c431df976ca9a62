import type { AttributeValue, CancellationReason } from '@aws-sdk/client-dynamodb';

/** What an AWS service says of a call that it did not do. */
export interface AwsRefusal {
  /** The item in place, where a condition did not hold and the call asked for it. */
  readonly Item?: Record<string, AttributeValue>;
  /** Of a transaction: what was wrong with each of its writes. */
  readonly CancellationReasons?: readonly CancellationReason[];
}

/** A call to AWS that was refused, or that got no answer however often it was made. The message holds neither credentials nor a signature. */
export class AwsError extends Error {
  override readonly name = 'AwsError';
  readonly code = 'aws-error';
  /** AWS's own name for it, such as `ConditionalCheckFailedException`; `NoAnswer` when there was none. */
  readonly type: string;
  /** The HTTP status; undefined when there was no answer. */
  readonly status: number | undefined;
  readonly refusal: AwsRefusal;

  constructor(
    call: string,
    { type, status, says, refusal = {} }: Omit<AwsFailure, 'mayPass'> & { readonly refusal?: AwsRefusal },
  ) {
    super(`${call}: ${type}${says === '' ? '' : `: ${says}`}`);
    this.type = type;
    this.status = status;
    this.refusal = refusal;
  }
}

/** Whether AWS refused a call for one of these reasons. */
export function isRefusal(error: unknown, ...types: readonly string[]): error is AwsError {
  return error instanceof AwsError && types.includes(error.type);
}

/** One attempt at a call that failed. */
export interface AwsFailure {
  readonly type: string;
  readonly status: number | undefined;
  /** AWS's sentence. */
  readonly says: string;
  readonly refusal?: AwsRefusal;
  /** The same call may succeed in a moment. */
  readonly mayPass: boolean;
}

/** Types that the AWS SDK repeats too (its `service-error-classification`), whatever their status. */
const PASSING_TYPES: ReadonlySet<string> = new Set([
  'BandwidthLimitExceeded',
  'EC2ThrottledException',
  'LimitExceededException',
  'PriorRequestNotComplete',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'RequestThrottled',
  'RequestThrottledException',
  'RequestTimeout',
  'RequestTimeoutException',
  'SlowDown',
  'ThrottledException',
  'Throttling',
  'ThrottlingException',
  'TimeoutError',
  'TooManyRequestsException',
  'TransactionInProgressException',
]);

/** Reads an answer whose status is not 200. */
export function readFailure(status: number, text: string): AwsFailure {
  const answer = parsed(text);
  const type = typeOf(answer.__type) ?? `HTTP ${status}`;
  const { Item, CancellationReasons } = answer;
  return {
    type,
    status,
    says: harmless(answer.message ?? answer.Message),
    refusal: { ...(Item && { Item }), ...(CancellationReasons && { CancellationReasons }) },
    mayPass: status === 429 || status >= 500 || PASSING_TYPES.has(type),
  };
}

interface Answer extends AwsRefusal {
  readonly __type?: unknown;
  readonly message?: unknown;
  readonly Message?: unknown;
}

/** Something between may answer in the place of AWS, and not in JSON. */
function parsed(text: string): Answer {
  try {
    const answer: Answer | null = JSON.parse(text);
    return answer ?? {};
  } catch {
    return {};
  }
}

/** `com.amazonaws.dynamodb.v20120810#ThrottlingException` is `ThrottlingException`. */
function typeOf(type: unknown): string | undefined {
  return typeof type === 'string' ? type.slice(type.indexOf('#') + 1) : undefined;
}

/**
 * AWS's first line, up to where it repeats what was sent: to a signature that is wrong it answers with all that should have been signed, the session
 * token included.
 */
function harmless(message: unknown): string {
  if (typeof message !== 'string') return '';
  return message.split(/\n|AWS4-HMAC-SHA256|Authorization=/)[0]?.trim() ?? '';
}
