/** The gateway's owner, beside the executor: puts policies back by hand and reads Caddy's own log of admin requests. */
import { readFileSync } from 'node:fs';
import { letIn, untilAnswered } from '@causeway/lab';
import { Agent, request } from 'undici';

export interface CaddyAccess {
  readonly adminUrl: string;
  /** `@id` of the policy. */
  readonly policyId: string;
  /** Where the control plane logs. */
  readonly logFile: string;
}

export interface AdminWrite {
  readonly userAgent: string;
  readonly step: string;
}

export interface ByHand {
  readonly method: 'GET' | 'PATCH' | 'PUT' | 'POST' | 'DELETE';
  readonly path: string;
  readonly body?: unknown;
  /** User-Agent. */
  readonly client: string;
}

interface LogLine {
  readonly msg?: string;
  readonly method?: string;
  readonly uri?: string;
  readonly headers?: Readonly<Record<string, readonly string[]>>;
}

/** No connection twice: Caddy drops kept ones, without a word, at each change of its configuration. */
const fresh = new Agent({ pipelining: 0 });

export class CaddyDesk {
  constructor(private readonly access: CaddyAccess) {}

  async read(): Promise<Record<string, unknown>> {
    return (await this.call('GET')) as Record<string, unknown>;
  }

  async put(document: object): Promise<void> {
    await this.call('PATCH', { '@id': this.access.policyId, ...document });
  }

  /** Writes to the policy that the log tells of, oldest first. */
  writes(): AdminWrite[] {
    const uri = `/id/${this.access.policyId}`;
    return readFileSync(this.access.logFile, 'utf8')
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as LogLine)
      .filter((line) => line.msg === 'received request' && line.uri === uri && line.method === 'PATCH')
      .map(({ headers }) => ({
        userAgent: headers?.['User-Agent']?.[0] ?? '',
        step: headers?.['X-Causeway-Step']?.[0] ?? '',
      }));
  }

  /** Any request by hand; answers the status and the text. Rejects when the connection was dropped, which says nothing of the request. */
  async hand({ method, path, body, client }: ByHand): Promise<{ status: number; text: string }> {
    const { statusCode, body: answer } = await letIn(() =>
      request(`${this.access.adminUrl}${path}`, {
        method,
        dispatcher: fresh,
        headers: { origin: this.access.adminUrl, 'content-type': 'application/json', 'user-agent': client },
        body: body === undefined ? null : JSON.stringify(body),
      }),
    );
    return { status: statusCode, text: await answer.text() };
  }

  private async call(method: 'GET' | 'PATCH', body?: object): Promise<unknown> {
    const { statusCode, body: answer } = await untilAnswered(() =>
      request(`${this.access.adminUrl}/id/${this.access.policyId}`, {
        method,
        dispatcher: fresh,
        headers: { origin: this.access.adminUrl, 'content-type': 'application/json' },
        body: body ? JSON.stringify(body) : null,
      }),
    );
    const text = await answer.text();
    if (statusCode !== 200) throw new Error(`${method}: ${statusCode} ${text}`);
    return text ? (JSON.parse(text) as unknown) : null;
  }
}
