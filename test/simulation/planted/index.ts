import { APP_FAULTS } from './app-faults.ts';
import { GRANT_FAULTS } from './grant-faults.ts';
import { MESSAGE_FAULTS } from './message-faults.ts';
import type { PlantedFault } from './planted-fault.ts';
import { RUN_FAULTS } from './run-faults.ts';
import { SEND_FAULTS } from './send-faults.ts';
import { WAITING_FAULTS } from './waiting-faults.ts';

/** Faults that a person could make. The simulation must notice each of them. */
export const PLANTED_FAULTS: readonly PlantedFault[] = [
  ...SEND_FAULTS,
  ...GRANT_FAULTS,
  ...MESSAGE_FAULTS,
  ...WAITING_FAULTS,
  ...RUN_FAULTS,
  ...APP_FAULTS,
];
