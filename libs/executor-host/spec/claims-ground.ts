/** Claims and leases on a real database, without a broker. For the integration specs. */
import { COMMAND_TYPE, type Command } from '@causeway/contracts';
import type { Database } from '@causeway/persistence';
import { newEventId, sha256Hex } from '@causeway/signing';
import { ClaimStore } from '../src/claim-store';
import type { ReceivedCommand } from '../src/claim';
import { Lease } from '../src/lease';

/** As after the door: a command of a sequence of its own. */
export function receivedCommand(): ReceivedCommand {
  const sequenceId = newEventId();
  const message: Command = {
    ...{ id: newEventId(), type: COMMAND_TYPE, source: '/sequencer', subject: sequenceId },
    ...{ time: '2026-03-01T03:00:00.000Z', correlationId: sequenceId, causationIds: [newEventId()] },
    data: {
      ...{ sequenceId, step: 'put', attempt: 1, epoch: 1, verb: 'apply', target: 'folder', change: 'put@v1', with: {} },
      ...{ scopes: [{ scope: 'global', members: ['folder'] }], planDigest: 'a'.repeat(64), deadlineMs: 20_000 },
    },
  };
  const bytes = Buffer.from(JSON.stringify(message));
  const where = { topic: 'commands', partition: 0, offset: '0', key: sequenceId };
  return { message, ...where, bytes, signature: '', digest: sha256Hex(bytes), principal: 'sequencer' };
}

/** One process's share: its lease and its view of the claims. */
export function openShare(database: Database): { lease: Lease; claims: ClaimStore } {
  const lease = new Lease({ database, newId: newEventId, monotonic: () => performance.now() });
  return { lease, claims: new ClaimStore(database) };
}

/** As if this holder had been silent for too long. */
export const fallSilent = (database: Database, holder: string): Promise<unknown> =>
  database.query(`update workers set expires_at = '-infinity' where holder = $1`, [holder]);
