import type { NotePorts } from '../checkpoint/signed-note';
import type { ExportFault } from './export-fault';

export interface ExportOptions extends NotePorts {
  /** Verifier key that the reader knows the ledger by. Without it the file only proves to be consistent in itself. */
  readonly pinnedLedgerKey?: string | undefined;
}

export interface VerifiedExport {
  readonly ok: true;
  readonly origin: string;
  readonly entries: number;
  /** Root hash of the signed checkpoint, hex. */
  readonly root: string;
  /** Verifier key under which the checkpoint verified: compare it, if none was pinned. */
  readonly ledgerKey: string;
  /** When the last entry was recorded, as the ledger says; null for an empty log. */
  readonly recordedUntil: string | null;
}

export type ExportVerdict = VerifiedExport | ExportFault;
