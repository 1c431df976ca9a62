import type { Call } from './api.ts';
import { refusal } from './service-error.ts';
import { having, listOf, memberOf, tried } from './values.ts';
import type { Wx } from './wx.ts';

/** What the user answered in one popup, as the service is told it. */
export interface Report {
  /** Chosen once for each popup: however often the report is sent, it counts once. */
  readonly requestId: string;
  /** WeChat's word for each template. */
  readonly results: Readonly<Record<string, string>>;
  /** The devices that were asked about, of device templates. */
  readonly devices?: readonly Device[];
  /** Templates that were answered without a popup. */
  silent?: readonly string[];
}

/** A device as the service and WeChat know it (WeChat contract §8.1b). */
export interface Device {
  readonly sn: string;
  readonly modelId: string;
}

/** The reports that the service has not counted yet, oldest first. They outlive the mini program. */
export interface Reports {
  /** Keeps a report, once. It does not leave before it is released. */
  add(report: Report): void;
  /** Lets a report leave, with what has been found out since. */
  release(report: Report, silent: readonly string[]): void;
  /** Sends what is kept, in order, one at a time; gives how many are left. Never rejects. */
  flush(): Promise<number>;
}

/**
 * Keeps reports in memory and in the phone's storage under `key`. The storage throws or reads empty now and then
 * (WeChat contract §7.3), so nothing is written over what could not be read.
 */
export function createReports(wx: Wx, call: Call, key: string, note: (text: string) => unknown): Reports {
  let waiting: readonly Report[] = [];
  /** Whether a report is held back, for every report of this launch by its id, also those that are done with. */
  const isHeld: Record<string, boolean> = {};
  let isRead = false;
  let isChanged = false;
  let sending: Promise<number> | undefined;

  const isNew = ({ requestId }: Report): boolean => {
    if (requestId in isHeld) return false;
    isHeld[requestId] = false;
    return true;
  };

  /** Joins what is stored, which another copy of the module may have written too. */
  const join = (): void => {
    tried(() => {
      const stored = listOf(wx.getStorageSync(key), having<Report>('requestId'));
      isRead = true;
      waiting = stored.filter(isNew).concat(waiting);
    });
  };

  /** Writes what has changed. A storage that reads empty is looked at twice. */
  const sync = (): void => {
    join();
    join();
    if (!isRead || !isChanged) return;
    tried(() => {
      wx.setStorageSync(key, waiting);
      isChanged = false;
    });
  };

  const change = (reports: readonly Report[]): void => {
    waiting = reports;
    isChanged = true;
    sync();
  };

  const step = (): number | Promise<number> => {
    sync();
    const [head] = waiting;
    if (!head || isHeld[head.requestId]) return stop();
    return call(() => ({ method: 'POST', path: '/v1/grants', body: head })).then((answer) => {
      const error = refusal(answer);
      // What the service refuses for what is in it would be refused for ever.
      if ([400, 413, 422].indexOf(error.status) >= 0) note(`Dropped: ${error.message}`);
      // Any other answer may be a gateway's or a relay's, and no word of the service's.
      else if (!Array.isArray(memberOf(answer.body, 'grants'))) return stop();
      change(waiting.filter((report) => report !== head));
      return step();
    }, stop);
  };

  /** In the same breath as it is decided: what is added next starts a new round. */
  const stop = (): number => {
    sending = undefined;
    return waiting.length;
  };

  return {
    add(report) {
      if (!isNew(report)) return;
      isHeld[report.requestId] = true;
      change(waiting.concat(report));
    },
    release(report, silent) {
      report.silent = silent;
      isHeld[report.requestId] = false;
      change(waiting);
    },
    flush() {
      sending = sending || Promise.resolve().then(step);
      return sending;
    },
  };
}
