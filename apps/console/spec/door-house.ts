/** The console's HTTP door with all its controllers, over a database that writes down what reaches it and answers nothing. */
import { createHash } from 'node:crypto';
import { runService, type RunningService } from '@causeway/host';
import { DATABASE } from '@causeway/service';
import type { Provider, Type } from '@nestjs/common';
import { configureHttp } from '../src/api/configure-http';
import { ConsoleModule } from '../src/console.module';
import { Live } from '../src/handle/live';
import { MutationQuestions } from '../src/handle/mutation-questions';
import { PathQuestions } from '../src/handle/path-questions';
import { Questions } from '../src/handle/questions';
import { SituationQuestions } from '../src/handle/situation-questions';
import { LedgerMessages } from '../src/inbound/ledger-messages';
import { HOLDERS, OWNERS, SERVICES, SUBMIT } from '../src/tokens';
import { TOKEN } from './console-house';

class Door {}

export class DoorHouse {
  /** Statements that got as far as the database. */
  readonly reached: string[] = [];
  private service: RunningService | null = null;

  /** @param more controllers besides the console's */
  async open(more: readonly Type[] = []): Promise<void> {
    process.env.LOG_LEVEL = 'silent';
    const own = (Reflect.getMetadata('controllers', ConsoleModule) as Type[]).filter((one) => one !== LedgerMessages);
    const module = { module: Door, controllers: [...own, ...more], providers: this.providers() };
    this.service = await runService({ name: 'console', module, configure: configureHttp });
  }

  async close(): Promise<void> {
    await this.service?.stop();
  }

  /** @param token null: none is sent */
  ask(path: string, { method = 'GET', token = TOKEN as string | null, headers = {} } = {}): Promise<Response> {
    const bearer: Record<string, string> = token === null ? {} : { authorization: `Bearer ${token}` };
    return fetch(`http://127.0.0.1:${this.service?.port}${path}`, { method, headers: { ...headers, ...bearer } });
  }

  private providers(): Provider[] {
    const query = (statement: string): Promise<never> => {
      this.reached.push(statement);
      return Promise.reject(new Error('this database answers nothing'));
    };
    const database = { query, transaction: (work: (tx: object) => unknown) => work({ query }) } as never;
    const known = new Map<string, string>();
    const holder = { subject: 'team-platform', access: 'full' };
    return [
      { provide: HOLDERS, useValue: new Map([[createHash('sha256').update(TOKEN).digest('hex'), holder]]) },
      { provide: OWNERS, useValue: known },
      { provide: SERVICES, useValue: new Map() },
      { provide: DATABASE, useValue: database },
      { provide: SUBMIT, useValue: { database } },
      { provide: Live, useValue: new Live() },
      { provide: Questions, useValue: new Questions(database, Date.now) },
      { provide: MutationQuestions, useValue: new MutationQuestions(database, known) },
      { provide: PathQuestions, useValue: new PathQuestions(database) },
      { provide: SituationQuestions, useValue: new SituationQuestions(database, known, Date.now) },
    ];
  }
}
