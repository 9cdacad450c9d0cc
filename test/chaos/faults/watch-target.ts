import { createRequire } from 'node:module';
import type { PointName } from './points';

type Request = (url: string, options: { method?: string }) => Promise<unknown>;

/** Time for the request to be written out and arrive, milliseconds; the world works longer than that. */
const ON_ITS_WAY_MS = 3;

/** Points that are met at a write to the target. */
export function watchTarget(reach: (point: PointName) => void): void {
  // Not imported: an import would bind the function that is to be replaced.
  const undici = createRequire(__filename)('undici') as { request: Request };
  const { request } = undici;
  undici.request = async (url, options) => {
    if (options.method !== 'PUT') return request(url, options);
    reach('P4');
    const asked = request(url, options);
    setTimeout(reach, ON_ITS_WAY_MS, 'P5');
    const answer = await asked;
    reach('P6');
    return answer;
  };
}
