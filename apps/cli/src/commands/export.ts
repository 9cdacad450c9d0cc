import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { CliFailure, EXIT } from '../exit-codes';
import { Interrupted } from '../client/console-client';
import type { Session } from '../session';

export interface ExportFlags {
  readonly out?: string;
}

/** The whole ledger as a file that verifies offline. Written beside its place first, so a broken download never looks whole. */
export async function exportLedger(session: Session, flags: ExportFlags): Promise<number> {
  const { client, io } = session;
  const response = await client.stream('/v1/ledger/export');
  const body = Readable.fromWeb(response.body as ReadableStream<Uint8Array>);
  try {
    if (flags.out === undefined || flags.out === '-') {
      for await (const chunk of body) io.write(chunk as Uint8Array);
      return EXIT.done;
    }
    await pipeline(body, createWriteStream(`${flags.out}.part`));
    await rename(`${flags.out}.part`, flags.out);
  } catch (error) {
    if (flags.out) await rm(`${flags.out}.part`, { force: true });
    if (io.interrupted.aborted) throw new Interrupted();
    throw new CliFailure(EXIT.unreachable, `the export broke off: ${(error as Error).message}`, 'try again');
  }
  io.say(`wrote ${flags.out}; check it with: causeway verify ${flags.out}`);
  return EXIT.done;
}
