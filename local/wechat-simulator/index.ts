export type { Fault } from './faults.ts';
export type { PopupStatus } from './phone.ts';
export { SAMPLE_OPENIDS, SAMPLE_TEMPLATES } from './samples.ts';
export type { AppOptions, SimulatedApp } from './simulated-app.ts';
export { type SimulatorOptions, startWeChatSimulator, type WeChatSimulator } from './simulator.ts';
export type { Template } from './templates.ts';
