/** A console that is told the story of a sequence that people go around, as far as it is told. For the integration specs. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GoneAround } from '@causeway/testkit';
import { ConsoleHouse, type Lab } from './console-house';

export class ToldHouse {
  private sent = 0;
  private opened: ConsoleHouse | null = null;

  constructor(readonly story = new GoneAround()) {}

  get house(): ConsoleHouse {
    if (!this.opened) throw new Error('the house is not open');
    return this.opened;
  }

  /** Path of the sequence. */
  get path(): string {
    return `/v1/sequences/${this.story.sequence.id}`;
  }

  async open(lab: Lab): Promise<void> {
    const { trustFile, keyFile } = this.story.ledger.keys;
    const more = { CAUSEWAY_TARGETS: this.targetFiles() };
    this.opened = await ConsoleHouse.onLab(lab, { trustFile, keyFile: keyFile('console') }, more);
  }

  close(): Promise<void> | undefined {
    return this.opened?.close();
  }

  /** The ledger publishes what was told since the last time; answers how many entries there are. */
  async publish(): Promise<number> {
    const { ledger } = this.story;
    const { entries, checkpoint } = ledger.published(this.sent);
    this.sent = ledger.entries.length;
    await this.house.send([...entries, checkpoint]);
    await this.house.projected(this.sent);
    return this.sent;
  }

  ask = async (question: string): Promise<unknown> => (await this.house.get(question)).body;

  /** The targets of the story as files; idp belongs to another team than the others. */
  private targetFiles(): string {
    const folder = mkdtempSync(join(tmpdir(), 'causeway-targets-'));
    for (const [name, target] of this.story.ledger.targets) {
      const metadata = { name, owner: name === 'idp' ? 'team-identity' : 'team-edge' };
      writeFileSync(join(folder, `${name}.yaml`), JSON.stringify({ ...target, metadata }));
    }
    return folder;
  }
}
