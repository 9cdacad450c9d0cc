/** One version of our context as the manager lists it. */
export interface ListedVersion {
  readonly version: string;
  readonly running: boolean;
}

/**
 * Versions of a context in the manager's text list, lines of the form `/shop:running:0:shop##1.1.0`. A deployment without a
 * version has the empty one. One that could not be unpacked is listed by its archive, `/shop:stopped:0:shop##1.1.0.war`.
 */
export function listedVersions(list: string, context: string): ListedVersion[] {
  return list.split('\n').flatMap((line) => {
    const [path, state, , document = ''] = line.trim().split(':');
    if (path !== `/${context}`) return [];
    return [{ version: (document.split('##')[1] ?? '').replace(/\.war$/, ''), running: state === 'running' }];
  });
}

/**
 * What a version is to new sessions of a member. Tomcat gives them the highest running version, compared as text.
 *
 * - `serving` new sessions get it; `shadowed` it runs, but a higher one gets them
 * - `stopped` a leftover of a failed deployment, or stopped by a person
 */
export type VersionState = 'serving' | 'shadowed' | 'stopped' | 'absent';

export function stateOf(listed: readonly ListedVersion[], version: string): VersionState {
  const found = listed.find((other) => other.version === version);
  if (!found) return 'absent';
  if (!found.running) return 'stopped';
  return higherRunning(listed, version).length > 0 ? 'shadowed' : 'serving';
}

export const higherRunning = (listed: readonly ListedVersion[], version: string): ListedVersion[] =>
  listed.filter((other) => other.running && other.version > version);
