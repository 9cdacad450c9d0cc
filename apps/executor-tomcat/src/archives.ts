import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { NotApplied } from '@causeway/executor-sdk';

/** A version is a file name's part: no separators, no leading dot. */
const VERSION = /^[0-9A-Za-z][0-9A-Za-z._-]{0,49}$/;

/** The archive of a version. NotApplied `unknown-version` when the folder has none, before anything is called. */
export async function archiveOf(folder: string, context: string, version: string): Promise<Buffer> {
  if (!VERSION.test(version)) throw unknownVersion(version, 'a version is letters, digits, ".", "_" and "-"');
  const file = `${context}-${version}.war`;
  try {
    return await readFile(join(folder, file));
  } catch {
    throw unknownVersion(
      version,
      `put ${file} into the folder of TOMCAT_WAR_FOLDER, or correct the version in the step`,
    );
  }
}

const unknownVersion = (version: string, remedy: string): NotApplied =>
  new NotApplied({
    code: 'unknown-version',
    message: `there is no archive of version ${version.slice(0, 100)}`,
    remedy,
  });
