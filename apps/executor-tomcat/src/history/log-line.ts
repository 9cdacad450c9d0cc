/** One request to the manager that may have changed which versions run, as the access log tells it. */
export interface ManagerRequest {
  /** Where the line stands, the same at every reading. */
  readonly id: string;
  readonly command: 'deploy' | 'undeploy' | 'start' | 'stop';
  readonly version: string;
  /** A deployment that replaces the version, should it be there. */
  readonly replaces: boolean;
  /** Tomcat's clock, Unix milliseconds. */
  readonly begunAt: number;
  readonly endedAt: number;
  readonly user: string | null;
  readonly address: string | null;
  readonly agent: string | null;
  /** The header X-Causeway-Step. */
  readonly attempt: string | null;
  readonly status: number;
  /** Length of the answer. The manager says "FAIL" with status 200 too. */
  readonly bytes: number;
}

/**
 * What the access log must keep of a request, as an `AccessLogValve` writes it with this pattern and `buffered="false"`:
 *
 *     %{begin:yyyy-MM-dd'T'HH:mm:ss.SSSXXX}t %{end:yyyy-MM-dd'T'HH:mm:ss.SSSXXX}t %a "%u" %s %B "%r" change="%{X-Causeway-Step}i" agent="%{User-Agent}i"
 */
const QUOTED = '"((?:[^"\\\\]|\\\\.)*)"';
const LINE = new RegExp(`^(\\S+) (\\S+) (\\S+) ${QUOTED} (\\d{3}) (\\d+) ${QUOTED} change=${QUOTED} agent=${QUOTED}$`);
const REQUEST = /^(\S+) (\S+) HTTP\/[\d.]+$/;
const BASE = 'http://tomcat';
const COMMAND = /^\/manager\/(?:text|html)\/(deploy|undeploy|start|stop)$/;

/** Null: about something else. Throws when the line is not in the pattern. */
export function managerRequestOf(id: string, line: string, context: string): ManagerRequest | null {
  const [whole, begun, ended, address, user, status, bytes, asked, attempt, agent] = LINE.exec(line) ?? [];
  const [begunAt, endedAt] = [Date.parse(begun ?? ''), Date.parse(ended ?? '')];
  if (whole === undefined || Number.isNaN(begunAt) || Number.isNaN(endedAt)) throw new Error('not in the pattern');
  const meant = meantBy(plain(asked) ?? '', context);
  return (
    meant && {
      ...{ id, ...meant, begunAt, endedAt, status: Number(status), bytes: Number(bytes) },
      ...{ user: plain(user), address: plain(address), agent: plain(agent), attempt: plain(attempt) },
    }
  );
}

type Meant = Pick<ManagerRequest, 'command' | 'version' | 'replaces'>;

function meantBy(asked: string, context: string): Meant | null {
  const target = REQUEST.exec(asked)?.[2];
  const url = target?.startsWith('/') && URL.canParse(target, BASE) ? new URL(target, BASE) : null;
  const command = COMMAND.exec(url?.pathname ?? '')?.[1] as Meant['command'] | undefined;
  if (!url || !command) return null;
  const { path, version } = namedBy(url.searchParams);
  return path === `/${context}` ? { command, version, replaces: url.searchParams.get('update') === 'true' } : null;
}

/** By path and version; or, when an archive on the server is deployed without a path, by the archive's name. */
function namedBy(parameters: URLSearchParams): { path: string; version: string } {
  const path = parameters.get('path');
  if (path !== null) return { path, version: parameters.get('version') ?? '' };
  const file =
    (parameters.get('war') ?? '')
      .replace(/\.war$/, '')
      .split('/')
      .at(-1) ?? '';
  const [name = '', version = ''] = file.split('##');
  return { path: `/${name}`, version: parameters.get('version') ?? version };
}

/** The log writes `-` for nothing, and a backslash before what would end the text. */
const plain = (text: string | undefined): string | null =>
  text === undefined || text === '-' ? null : text.replace(/\\(["\\])/g, '$1');
