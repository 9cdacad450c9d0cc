import { subscribe } from 'node:diagnostics_channel';
import { createRequire } from 'node:module';
import type { PointName } from './points';

type Request = (url: string, options: { method?: string }) => Promise<unknown>;

/** Told by undici when a request is written to its socket: what the kernel has arrives, whoever dies. */
const WRITTEN = 'undici:request:bodySent';
const methodOf = (told: unknown): string => (told as { request: { method: string } }).request.method;

/** Points that are met at a write to the target. */
export function watchTarget(reach: (point: PointName) => void): void {
  // Not imported: an import would bind the function that is to be replaced.
  const undici = createRequire(__filename)('undici') as { request: Request };
  const { request } = undici;
  subscribe(WRITTEN, (told) => {
    if (methodOf(told) === 'PUT') setImmediate(reach, 'P5');
  });
  undici.request = async (url, options) => {
    if (options.method !== 'PUT') return request(url, options);
    reach('P4');
    const answer = await request(url, options);
    reach('P6');
    return answer;
  };
}
