/** A schedule as EventBridge Scheduler holds it, or shall hold it, under the id of its campaign. */
export interface DesiredSchedule {
  readonly expression: string;
  readonly timezone: string;
  /** Of a rate: its first run. */
  readonly startsAtMs?: number;
}

/** What EventBridge Scheduler holds for our campaigns. */
export interface ScheduleGateway {
  /** The ids under which something stands. */
  campaignIds(): Promise<readonly string[]>;
  /** What stands under an id: `other` when it is not as we write it. */
  read(campaignId: string): Promise<DesiredSchedule | 'other' | undefined>;
  /** Writes it anew or over what stands there. `refused`: EventBridge does not take it, and what stood there stays. */
  write(
    campaignId: string,
    schedule: DesiredSchedule,
  ): Promise<{ readonly type: 'written' } | { readonly type: 'refused'; readonly reason: string }>;
  /** Takes it out; nothing happens when nothing stands there. */
  remove(campaignId: string): Promise<void>;
}
