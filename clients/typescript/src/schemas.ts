import type { components } from './schema.ts';

/** The shapes of the API's bodies, by their names in openapi.yaml. */
export type Schemas = components['schemas'];

/** What became of one message of a batch: `message` or `problem`. */
export type BatchItem = Schemas['BatchResult']['items'][number];
