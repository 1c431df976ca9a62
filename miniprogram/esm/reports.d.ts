import type { Call } from './api.js';
import type { Wx } from './wx.js';
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
export declare function createReports(wx: Wx, call: Call, key: string, note: (text: string) => unknown): Reports;
