import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DEAD_LETTER_TYPE, deadLetterData, RESULT_TYPE, topicNames } from '@causeway/contracts';
import type { Services } from '@causeway/lab';
import { createKafkaBus, seal } from '@causeway/messaging';
import { loadSigner, newEventId, type Signer } from '@causeway/signing';
import type { Story } from '../story';
import { until } from '../until';
import { putOnBoth, type ShelfWorld } from './shelf-world';

const RENEWED = ['executor-front', 'ledger'];

/** The procedure of docs/reference/keys.md, step by step, as an operator does it. */
export function newKeys(told: () => Story<ShelfWorld>): void {
  describe('new keys for an executor and for the ledger', () => {
    const services = (): Services => told().world.services;
    let older: Signer;
    let before = '';
    let both = '';
    let newOnly = '';

    beforeAll(async () => {
      before = await told().apply(putOnBoth('before'));
      await told().ended(before);
      older = loadSigner(services().keyFile('executor-front'));
      await keys('new', ...RENEWED, '--out', join(services().trustFile, '..', 'next'));
      await restartAll();
      for (const principal of RENEWED) giveNextKey(services(), principal);
      await Promise.all(RENEWED.map((name) => restart(services(), name)));
      both = await told().apply(putOnBoth('both-keys-trusted'));
      await told().ended(both);
      await keys('retire', older.keyId);
      await restartAll();
      newOnly = await told().apply(putOnBoth('older-key-retired'));
      await told().ended(newOnly);
    });

    const restartAll = async (): Promise<void> => {
      await Promise.all([...services().all.keys()].map((name) => restart(services(), name)));
    };
    const keys = async (...args: string[]): Promise<void> => {
      const { code, stderr } = await told().world.causeway('keys', ...args, '--trust', services().trustFile);
      if (code !== 0) throw new Error(stderr);
    };

    it('stop no sequence, neither while both are trusted nor once the older one is retired', async () => {
      for (const id of [before, both, newOnly]) expect((await told().view(id)).status).toBe('completed');
    });

    it('sign from then on, and what the older ones signed still verifies', async () => {
      const { header, results } = await exported(told());
      expect(header).toContain('ledger/2');
      expect([...new Set(results.map(({ keyId }) => keyId))].sort()).toEqual([
        'executor-back/1',
        'executor-front/1',
        'executor-front/2',
      ]);
      const ofNew = results.filter(({ sequenceId }) => [both, newOnly].includes(sequenceId));
      expect(ofNew.map(({ keyId }) => keyId)).not.toContain('executor-front/1');
      expect(await told().closingFaults()).toEqual([]);
    });

    it('nothing new is taken under the retired one: it is parked, and the detail says why', async () => {
      const { kafka, topicPrefix } = told().world;
      const bus = createKafkaBus({ brokers: kafka.brokers.split(','), clientId: 'retired', prefix: topicPrefix });
      const [sealed] = seal([resultLike(newOnly)], {
        signer: older,
        now: Date.now,
        newId: newEventId,
        validate: false,
      });
      await bus.send([sealed as NonNullable<typeof sealed>]);
      await bus.close();
      const letter = await until(
        'the dead letter',
        async () => (await exported(told())).letters.find(({ reason }) => reason === 'unknown-key'),
        60_000,
      );
      expect(letter.detail).toBe('key executor-front/1 is retired: nothing new is taken under it');
    });
  });
}

async function restart(services: Services, name: string): Promise<void> {
  await services.get(name).stop();
  await services.get(name).start();
}

/** Puts the second generation in the place where the principal finds its key file. */
const giveNextKey = ({ keyFile, trustFile }: Services, principal: string): void =>
  copyFileSync(join(trustFile, '..', 'next', `${principal}.2.key.json`), keyFile(principal));

const resultLike = (sequenceId: string) => ({
  ...{ topic: topicNames.results, key: sequenceId, type: RESULT_TYPE, subject: sequenceId, correlationId: sequenceId },
  ...{ causationIds: [], data: { sequenceId } },
});

/** What an export tells: its header, under which key each result came in, and the dead letters. */
async function exported({ world }: Story<ShelfWorld>) {
  const file = join(world.runDir, 'keys.jsonl');
  const { code, stderr } = await world.causeway('export', '--out', file);
  if (code !== 0) throw new Error(stderr);
  const [header = '', ...lines] = readFileSync(file, 'utf8').trim().split('\n');
  const entries = lines.flatMap((line) => (JSON.parse(line) as { data?: Entry }).data ?? []);
  const of = (type: string): Entry[] => entries.filter(({ eventType }) => eventType === type);
  const dataOf = ({ value }: Entry): unknown => (JSON.parse(value) as { data: unknown }).data;
  return {
    header,
    results: of(RESULT_TYPE).map((entry) => ({
      keyId: keyIdOf(entry.signature),
      sequenceId: (dataOf(entry) as { sequenceId: string }).sequenceId,
    })),
    letters: of(DEAD_LETTER_TYPE).map((entry) => deadLetterData.parse(dataOf(entry))),
  };
}

interface Entry {
  readonly eventType: string;
  readonly signature: string;
  readonly value: string;
}

/** Second part of a signature header. */
const keyIdOf = (signature: string): string => signature.split(';')[1] ?? '';
