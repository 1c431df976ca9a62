import { findFaults } from './find-fault.ts';
import { APP_FAULTS } from './planted/app-faults.ts';
import { RUN_FAULTS } from './planted/run-faults.ts';

// A file of its own, so that both cores of a small machine look for faults.
findFaults([...RUN_FAULTS, ...APP_FAULTS]);
