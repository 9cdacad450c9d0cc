import { Injectable } from '@nestjs/common';

type Check = () => boolean | Promise<boolean>;

/** Who has a say in whether this service is ready. A check that throws says no. */
@Injectable()
export class Readiness {
  private readonly checks = new Map<string, Check>();

  add(name: string, check: Check): void {
    this.checks.set(name, check);
  }

  async look(): Promise<{ ready: boolean; checks: Record<string, boolean> }> {
    const names = [...this.checks.keys()];
    const answers = await Promise.all(names.map((name) => this.ask(name)));
    return {
      ready: answers.every(Boolean),
      checks: Object.fromEntries(names.map((name, i) => [name, answers[i] ?? false])),
    };
  }

  private async ask(name: string): Promise<boolean> {
    try {
      return (await this.checks.get(name)?.()) ?? false;
    } catch {
      return false;
    }
  }
}
