/** Everything that can be wrong with an export. Closed: a program may switch over it. */
export type ExportFaultCode =
  // the file
  | 'empty'
  | 'not-utf8'
  | 'last-line-not-ended'
  | 'seal-missing'
  | 'seal-not-last'
  // the header
  | 'header-malformed'
  | 'header-not-canonical'
  | 'ledger-key-malformed'
  | 'ledger-key-not-pinned'
  | 'key-malformed'
  | 'key-repeated'
  | 'header-altered'
  // an entry by itself
  | 'entry-not-json'
  | 'entry-malformed'
  | 'entry-not-canonical'
  | 'index-not-next'
  | 'entry-id-repeated'
  | 'event-id-repeated'
  | 'event-malformed'
  | 'event-differs'
  | 'cause-not-before'
  | 'signature-malformed'
  | 'key-unknown'
  | 'source-not-signer'
  | 'topic-not-allowed'
  | 'signature-invalid'
  // an entry against the signed tree
  | 'entry-altered'
  | 'entry-missing'
  | 'entry-surplus'
  // the seal
  | 'seal-malformed'
  | 'seal-not-canonical'
  | 'header-note-invalid'
  | 'checkpoint-invalid'
  | 'entry-count-differs'
  | 'leaf-hashes-altered'
  | 'root-differs';

/** What is wrong, where, and in words. Lines count from 1; `index` is there when the line is an entry's. */
export interface ExportFault {
  readonly ok: false;
  readonly line: number;
  readonly index?: number;
  readonly code: ExportFaultCode;
  readonly message: string;
}

export const faultAtLine = (line: number, code: ExportFaultCode, message: string): ExportFault => ({
  ok: false,
  line,
  code,
  message,
});

/** The header is line 1, so entry 0 is line 2. */
export const lineOfEntry = (index: number): number => index + 2;

export const faultAtEntry = (index: number, code: ExportFaultCode, message: string): ExportFault => ({
  ok: false,
  line: lineOfEntry(index),
  index,
  code,
  message,
});
