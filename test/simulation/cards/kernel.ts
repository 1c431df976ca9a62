/** The real code of service cards under simulation. A faulty kernel has the same form. */
export { activateCard } from '../../../lib/cards/activate-card.ts';
export { applyCardReceipt } from '../../../lib/cards/card-receipt.ts';
export { changeCard } from '../../../lib/cards/change-card.ts';
export { deliverCard } from '../../../lib/cards/deliver-card.ts';

/** The code under simulation, the real one or a faulty one. */
export type CardKernel = typeof import('./kernel.ts');
