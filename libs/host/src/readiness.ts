import { Injectable } from '@nestjs/common';

/** True, or what is wrong: in words, or false when the name says it all. */
export type Verdict = boolean | string;
type Check = () => Verdict | Promise<Verdict>;

export interface Look {
  readonly ready: boolean;
  readonly checks: Record<string, boolean>;
  /** Of those that said more than no: why. */
  readonly reasons: Record<string, string>;
}

/** Who has a say in whether this service is ready. A check that throws says no. */
@Injectable()
export class Readiness {
  private readonly checks = new Map<string, Check>();

  add(name: string, check: Check): void {
    this.checks.set(name, check);
  }

  async look(): Promise<Look> {
    const verdicts = await Promise.all(
      [...this.checks].map(async ([name, check]) => [name, await ask(check)] as const),
    );
    return {
      ready: verdicts.every(([, verdict]) => verdict === true),
      checks: Object.fromEntries(verdicts.map(([name, verdict]) => [name, verdict === true])),
      reasons: Object.fromEntries(
        verdicts.flatMap(([name, verdict]) => (typeof verdict === 'string' ? [[name, verdict]] : [])),
      ),
    };
  }
}

async function ask(check: Check): Promise<Verdict> {
  try {
    return await check();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
