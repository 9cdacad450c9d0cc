import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { trackedFiles } from './tracked-files';

/** Order in the house that no other tool looks after. Each finding names its remedy. */
const MOST_LINES = 300;
const SOURCE = /\.(ts|tsx|mjs|cjs|js)$/;
const NO_ROOM_NAMES = new Set(['utils', 'util', 'common', 'shared', 'helpers', 'types', 'dto', 'misc']);
/** Folders whose sub-folders are rooms; the others at the top are rooms themselves. */
const FLOORS = ['apps', 'libs'];
const ROOMS_AT_THE_TOP = ['lab', 'test', 'bench'];
const OTHER_SCRIPT = new RegExp(String.raw`(^|[^.\w])/(work|farm|root|home|Users)/`);

function longFiles(files: readonly string[]): string[] {
  return files
    .filter((file) => SOURCE.test(file))
    .map((file) => ({ file, lines: readFileSync(file, 'utf8').split('\n').length - 1 }))
    .filter(({ lines }) => lines > MOST_LINES)
    .map(({ file, lines }) => `${file} has ${lines} lines, the limit is ${MOST_LINES}: split it by purpose`);
}

function roomsWithoutParagraph(): string[] {
  const map = readFileSync('ARCHITECTURE.md', 'utf8');
  const rooms = FLOORS.flatMap((floor) => readdirSync(floor).map((room) => `${floor}/${room}`));
  return [...rooms, ...ROOMS_AT_THE_TOP]
    .filter((room) => existsSync(room) && !map.includes(`\`${room}\``))
    .map((room) => `${room} has no paragraph in ARCHITECTURE.md: say what it is for, in its own line`);
}

const namelessFolders = (files: readonly string[]): string[] =>
  [
    ...new Set(
      files.flatMap((file) =>
        file
          .split('/')
          .slice(0, -1)
          .map((part, i, all) => (NO_ROOM_NAMES.has(part) ? all.slice(0, i + 1).join('/') : '')),
      ),
    ),
  ]
    .filter(Boolean)
    .map((folder) => `${folder}: a folder's name says its purpose`);

const machinePaths = (files: readonly string[]): string[] =>
  files
    .filter((file) => SOURCE.test(file) || /\.(md|ya?ml|json|sh)$/.test(file))
    .filter((file) => file !== join('test', 'tidy', 'main.ts') && OTHER_SCRIPT.test(readFileSync(file, 'utf8')))
    .map((file) => `${file} names a path of one machine`);

const files = trackedFiles();
const findings = [...longFiles(files), ...roomsWithoutParagraph(), ...namelessFolders(files), ...machinePaths(files)];
for (const finding of findings) console.error(finding);
process.exitCode = findings.length === 0 ? 0 : 1;
