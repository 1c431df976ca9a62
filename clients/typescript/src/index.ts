export type { Answer, ListPath } from './calls.ts';
export type { QingniaoOptions } from './options.ts';
export { type ClientProblemCode, type InputError, QingniaoProblem, type Remedy } from './problem.ts';
export { type CallOptions, createQingniao, type Qingniao, type SendOptions } from './qingniao.ts';
export type { components, operations, paths } from './schema.ts';
export type { BatchItem, Schemas } from './schemas.ts';
export type { Timing } from './timing.ts';
