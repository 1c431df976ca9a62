import type { Api } from './api.ts';
import { isServiceError } from './service-error.ts';
import { keptUnder } from './storage.ts';
import { having, listOf, merge } from './values.ts';
import type { Wx } from './wx.ts';

/** What the user answered in one popup, as the service is told it. */
export interface Report {
  /** Chosen once for each popup: however often the report is sent, it counts once. */
  readonly requestId: string;
  /** WeChat's word for each template. */
  readonly results: Readonly<Record<string, string>>;
  /** Templates that were answered without a popup. */
  readonly silent?: readonly string[];
}

/** The reports that the service has not counted yet, oldest first. They outlive the mini program. */
export interface Reports {
  /** Keeps a report. It does not leave before it is released. */
  add(report: Report): void;
  /** Lets a report leave, with what has been found out since. */
  release(requestId: string, silent: readonly string[]): void;
  /** Sends what is kept, in order, one at a time; gives how many are left. Never rejects. */
  flush(): Promise<number>;
}

const isReport = having<Report>('requestId');

/** A report that the service refuses for what is in it would be refused for ever. */
const HOPELESS = [400, 413, 422];

/** Keeps reports in the phone's storage under `key`; should the storage fail, in memory. */
export function createReports(wx: Wx, api: Api, key: string, note: (text: string) => void): Reports {
  const kept = keptUnder(wx, key);
  let memory: readonly Report[] | undefined;
  let heldBack = '';
  let sending: Promise<number> | undefined;

  const load = (): readonly Report[] => listOf(memory || kept.read(), isReport);
  const save = (reports: readonly Report[]): void => {
    memory = kept.write(reports) ? undefined : reports;
  };

  const step = (): number | Promise<number> => {
    const [head] = load();
    if (!head || head.requestId === heldBack) return stop();
    const next = (): number | Promise<number> => {
      save(load().filter(({ requestId }) => requestId !== head.requestId));
      return step();
    };
    return api(() => ({ method: 'POST', path: '/v1/grants', body: head })).then(next, (error) => {
      if (!isServiceError(error) || HOPELESS.indexOf(error.status) < 0) return stop();
      note(`Report dropped: ${error.message}`);
      return next();
    });
  };

  /** In the same breath as it is decided: what is added next starts a new round. */
  const stop = (): number => {
    sending = undefined;
    return load().length;
  };

  return {
    add(report) {
      heldBack = report.requestId;
      save(load().concat(report));
    },
    release(requestId, silent) {
      heldBack = '';
      save(load().map((report) => (report.requestId === requestId ? merge(report, { silent }) : report)));
    },
    flush() {
      sending = sending || Promise.resolve().then(step);
      return sending;
    },
  };
}
