// Which Node runs what was built. Plain JavaScript without dependencies, as bootstrap.mjs. Why: docs/decisions/0029-node-24.md.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** What the bootstrap itself, the installation and the code need; what they run on may be newer. */
export const OLDEST = { major: 20, minor: 19 };
/** Below this a pinned release is used instead of the given one. */
const SOUGHT_MAJOR = 24;

/** @returns {boolean} whether this version, such as 20.19.0, can run us at all */
export function isEnough(version) {
  const [major, minor] = numbersOf(version);
  return major > OLDEST.major || (major === OLDEST.major && minor >= OLDEST.minor);
}

/**
 * The Node to run with, and a word for people when it is not simply the given one.
 *
 * CAUSEWAY_NODE=given keeps the given one, CAUSEWAY_NODE=<path> takes that one. Otherwise one of 24 or newer is taken as it is; for an older
 * one, the pinned release of the lock file takes over where there is one for this platform and it starts (not on musl, not on macOS).
 *
 * @param {{ root: string, env?: Record<string, string | undefined> }} of
 * @returns {{ path: string, version: string, word: string | null }}
 * @throws {Error} CAUSEWAY_NODE is no Node that is new enough
 */
export function runtimeOf({ root, env = process.env }) {
  const given = found(env.npm_node_execpath) ?? { path: process.execPath, version: process.versions.node };
  const wanted = env.CAUSEWAY_NODE || null;
  if (wanted === 'given') return { ...given, word: `running on Node ${given.version}, as given` };
  if (wanted !== null) return chosen(wanted);
  if (numbersOf(given.version)[0] >= SOUGHT_MAJOR) return { ...given, word: null };
  const pinned = found(join(root, 'node_modules', `node-${process.platform}-${process.arch}`, 'bin', 'node'));
  if (pinned)
    return { ...pinned, word: `running on Node ${pinned.version} of the lock file (${given.version} is given)` };
  return {
    ...given,
    word: `running on Node ${given.version}; with ${SOUGHT_MAJOR} or newer the same takes about a third less time`,
  };
}

function chosen(path) {
  const node = found(path);
  if (node && isEnough(node.version))
    return { ...node, word: `running on Node ${node.version}, as CAUSEWAY_NODE says` };
  const what = node ? `Node ${node.version}, too old` : 'nothing that answers to --version';
  throw new Error(
    `CAUSEWAY_NODE=${path} is ${what}: give the path of Node ${OLDEST.major}.${OLDEST.minor} or newer, or "given".`,
  );
}

/** null: nothing there, or it does not start here. */
function found(path) {
  if (!path) return null;
  const asked = spawnSync(path, ['--version'], { encoding: 'utf8' });
  const version = /^v(\d+\.\d+\.\d+)/.exec(asked.stdout ?? '')?.[1];
  return asked.status === 0 && version ? { path, version } : null;
}

const numbersOf = (version) => version.split('.').map(Number);
