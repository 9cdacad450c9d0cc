/** What can be wrong with the account an export gives, though file, signatures and tree are in order. Closed. */
export type OrderFaultCode =
  | 'message-malformed'
  | 'record-out-of-order'
  | 'record-does-not-fold'
  | 'plan-not-the-intended'
  | 'accepted-otherwise'
  | 'steps-not-as-planned'
  | 'ended-otherwise'
  | 'commanded-before-gate'
  | 'gate-without-its-needs'
  | 'gate-evidence-missing'
  | 'gate-evidence-of-another'
  | 'gate-evidence-does-not-show'
  | 'gate-evidence-expired'
  | 'command-not-decided'
  | 'command-not-as-planned'
  | 'commanded-in-preview'
  | 'result-not-recorded-before'
  | 'result-of-another'
  | 'result-says-otherwise'
  // operators
  | 'commanded-while-held'
  | 'commanded-before-resume'
  | 'commanded-after-abort'
  | 'commanded-after-end'
  | 'decision-not-recorded-before'
  | 'decision-of-another'
  | 'resumed-without-accepting'
  | 'attempt-not-allowed'
  // conflict keys
  | 'commanded-without-keys'
  | 'keys-not-freed'
  | 'keys-out-of-turn'
  | 'turn-taken-twice'
  | 'turn-not-told'
  // mutations and their classes
  | 'noticed-not-classified'
  | 'noticed-otherwise'
  | 'hold-ignored'
  | 'classification-out-of-order'
  | 'classified-mutation-missing'
  | 'classified-otherwise-seen'
  | 'classification-not-recomputable'
  | 'classification-differs';

export interface OrderFault {
  readonly index: number;
  readonly code: OrderFaultCode;
  readonly message: string;
}

/** Thrown where something is found; whoever reads the entries knows the index. */
export class Broken extends Error {
  constructor(
    readonly code: OrderFaultCode,
    message: string,
  ) {
    super(message);
  }
}
