import { AGE_BUGS } from './age-bugs';
import { CLAIM_BUGS } from './claim-bugs';
import { EXECUTOR_BUGS } from './executor-bugs';
import { LEDGER_BUGS } from './ledger-bugs';
import { MESSAGING_BUGS } from './messaging-bugs';
import { OPERATOR_BUGS } from './operator-bugs';
import type { PlantedBug } from './planted-bug';
import { PROBER_BUGS } from './prober-bugs';
import { BELIEF_BUGS, DURABILITY_BUGS } from './sequencer-bugs';

/** A simulator that misses planted bugs is the real defect. */
export const BUG_BANK: readonly PlantedBug[] = [
  ...DURABILITY_BUGS,
  ...BELIEF_BUGS,
  ...CLAIM_BUGS,
  ...MESSAGING_BUGS,
  ...EXECUTOR_BUGS,
  ...PROBER_BUGS,
  ...AGE_BUGS,
  ...LEDGER_BUGS,
  ...OPERATOR_BUGS,
];
