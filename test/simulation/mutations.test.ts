import { findFaults } from './find-fault.ts';
import { GRANT_FAULTS } from './planted/grant-faults.ts';
import { MESSAGE_FAULTS } from './planted/message-faults.ts';
import { PENDING_FAULTS } from './planted/pending-faults.ts';
import { SEND_FAULTS } from './planted/send-faults.ts';

findFaults([...SEND_FAULTS, ...GRANT_FAULTS, ...MESSAGE_FAULTS, ...PENDING_FAULTS]);
