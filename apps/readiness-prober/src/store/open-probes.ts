import type { ProbeData } from '@causeway/contracts';
import type { Tx } from '@causeway/persistence';
import type { OpenProbe, Round } from '../probe/open-probe';

/** A request to begin with. */
export type NewProbe = Pick<OpenProbe, 'probeId' | 'correlationId' | 'request'>;

interface Row {
  readonly probe_id: string;
  readonly correlation_id: string;
  readonly request: ProbeData;
  readonly rounds: number;
  readonly remaining_ms: number;
}

/** Deadlines are kept and compared by the database's clock only: no restart and no wall clock of ours moves them. */
const COLUMNS = `probe_id, correlation_id, request, rounds,
  greatest(0, extract(epoch from look_until - clock_timestamp()) * 1000)::float8 as remaining_ms`;

/** A request of an older epoch or attempt that comes late does not replace a newer one. */
const INSERT = `insert into open_probe as there
    (sequence_id, step, probe_id, epoch, attempt, correlation_id, request, look_until)
  select (request->>'sequenceId')::uuid, request->>'step', "probeId", (request->>'epoch')::int, (request->>'attempt')::int,
    "correlationId", request, clock_timestamp() + (request->>'lookForMs')::int * interval '1 millisecond'
  from jsonb_to_recordset($1::jsonb) as new("probeId" uuid, "correlationId" text, request jsonb)
  on conflict (sequence_id, step) do update set
    probe_id = excluded.probe_id, epoch = excluded.epoch, attempt = excluded.attempt,
    correlation_id = excluded.correlation_id, request = excluded.request, rounds = 0, look_until = excluded.look_until
  where (there.epoch, there.attempt) <= (excluded.epoch, excluded.attempt)
  returning ${COLUMNS}`;

/** One row a probe, in one statement. Returns those that are open now, ready to be looked at. */
export async function insertProbes(tx: Tx, probes: readonly NewProbe[]): Promise<OpenProbe[]> {
  if (probes.length === 0) return [];
  const newest = new Map(probes.map((probe) => [`${probe.request.sequenceId}/${probe.request.step}`, probe]));
  const rows = await tx.query<Row>(INSERT, [JSON.stringify([...newest.values()])], 'probes-insert');
  return rows.map(openProbe);
}

/** Open probes: all, or those of these ids. */
export async function openProbes(tx: Tx, probeIds: readonly string[] | null = null): Promise<OpenProbe[]> {
  const rows = await tx.query<Row>(
    `select ${COLUMNS} from open_probe where $1::uuid[] is null or probe_id = any($1::uuid[]) order by look_until`,
    [probeIds],
  );
  return rows.map(openProbe);
}

const NOTE = `with round as (select * from jsonb_to_recordset($1::jsonb) as r("probeId" uuid, round int, last boolean)),
  over as (delete from open_probe using round where probe_id = "probeId" and last returning probe_id),
  counted as (update open_probe set rounds = round from round where probe_id = "probeId" and not last returning probe_id)
  select probe_id from over union all select probe_id from counted`;

/** Counts rounds, and ends the probes whose last one it is. Returns the ids that were open. */
export async function noteRounds(tx: Tx, rounds: readonly Round[]): Promise<string[]> {
  if (rounds.length === 0) return [];
  const noted = rounds.map(({ probe, round, last }) => ({ probeId: probe.probeId, round, last }));
  const rows = await tx.query<Pick<Row, 'probe_id'>>(NOTE, [JSON.stringify(noted)], 'probes-note-rounds');
  return rows.map((row) => row.probe_id);
}

const openProbe = (row: Row): OpenProbe => ({
  probeId: row.probe_id,
  correlationId: row.correlation_id,
  request: row.request,
  rounds: row.rounds,
  remainingMs: row.remaining_ms,
});
