import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { checkSha256, checkSha256List } from './checksum';
import { requireJava, requireTool, run } from './tools';

const PLUGIN = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1';

/** One file from Maven's repository, by its ordinary client, checked. */
export interface MavenArtifact {
  readonly group: string;
  readonly artifact: string;
  readonly version: string;
  /** Packaging, which is also the file's ending: `zip`, `tar.gz`. */
  readonly type: string;
  readonly sha256: string;
}

/** Downloads into `folder` and gives the file's path. */
export async function mavenFile(wanted: MavenArtifact, folder: string): Promise<string> {
  const mvn = requireMaven(wanted.artifact);
  const coordinates = [wanted.group, wanted.artifact, wanted.version, wanted.type].join(':');
  await run(mvn, ['-B', '-q', `${PLUGIN}:copy`, `-Dartifact=${coordinates}`, `-DoutputDirectory=${folder}`]);
  const file = join(folder, `${wanted.artifact}-${wanted.version}.${wanted.type}`);
  await checkSha256(file, [wanted.sha256]);
  return file;
}

/** All jars that a pom asks for, into `folder`, checked against a pinned list. */
export async function mavenJars(pom: string, pinnedList: string, folder: string): Promise<void> {
  const mvn = requireMaven('Kafka');
  await mkdir(folder, { recursive: true });
  const ownPom = join(folder, '..', 'pom.xml');
  await copyFile(pom, ownPom);
  await run(mvn, ['-B', '-q', '-f', ownPom, `${PLUGIN}:copy-dependencies`, `-DoutputDirectory=${folder}`]);
  await checkSha256List(folder, pinnedList);
}

function requireMaven(neededFor: string): string {
  requireJava(neededFor);
  return requireTool('mvn', `Downloading ${neededFor}`);
}
