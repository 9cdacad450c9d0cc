/** What can be wrong with the account an export gives, though file, signatures and tree are in order. Closed. */
export type OrderFaultCode =
  | 'message-malformed'
  | 'record-out-of-order'
  | 'record-does-not-fold'
  | 'plan-not-the-intended'
  | 'commanded-before-gate'
  | 'gate-without-its-needs'
  | 'gate-evidence-missing'
  | 'gate-evidence-of-another'
  | 'gate-evidence-does-not-show'
  | 'command-not-decided'
  | 'result-not-recorded-before';

export interface OrderFault {
  readonly index: number;
  readonly code: OrderFaultCode;
  readonly message: string;
}
