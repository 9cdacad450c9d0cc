import { z } from 'zod';

const address = z.url({ protocol: /^https?$/ }).transform((url) => url.replace(/\/+$/, ''));

const jsonText = (form: string) =>
  z.string().transform((text, context): unknown => {
    try {
      return JSON.parse(text);
    } catch {
      context.addIssue(`must be JSON: ${form}`);
      return z.NEVER;
    }
  });

const members = jsonText('{"<member>": "<address of its Tomcat>", ...}').pipe(z.record(z.string(), address));
const logs = jsonText('{"<scope>": {"<member>": "<path of its access log>", ...}, ...}').pipe(
  z.record(z.string().min(1), z.record(z.string().min(1), z.string().min(1))),
);

/** The environment of this executor, beside what every service reads. */
export const tomcatEnvironment = z.object({
  /** JSON object: member name to the base address of its Tomcat (`http://host:port`). */
  TOMCAT_MEMBERS: members,
  /** User with the role manager-script in every member. */
  TOMCAT_USER: z.string().min(1),
  TOMCAT_PASSWORD: z.string().min(1),
  /** Folder with the archives, `<context>-<version>.war`. */
  TOMCAT_WAR_FOLDER: z.string().min(1),
  TOMCAT_CONTEXT: z
    .string()
    .regex(/^[a-z0-9-]+$/)
    .default('shop'),
  /** Asked once after a deployment, so that its pages are compiled before users come. */
  TOMCAT_WARM_PATH: z.string().regex(/^\//).default('/version'),
  /**
   * For observing. JSON object: scope, to member, to the access log of its Tomcat, in the pattern of `history/log-line.ts`. Rotated ones
   * are found beside it; where the name holds a date, write `*` for it.
   */
  TOMCAT_ACCESS_LOGS: logs.optional(),
});

export interface TomcatSettings {
  readonly members: Readonly<Record<string, string>>;
  readonly user: string;
  readonly password: string;
  readonly warFolder: string;
  /** Context name without the slash; also the first part of an archive's file name. */
  readonly context: string;
  readonly warmPath: string;
}

export const tomcatSettings = (env: z.output<typeof tomcatEnvironment>): TomcatSettings => ({
  members: env.TOMCAT_MEMBERS,
  user: env.TOMCAT_USER,
  password: env.TOMCAT_PASSWORD,
  warFolder: env.TOMCAT_WAR_FOLDER,
  context: env.TOMCAT_CONTEXT,
  warmPath: env.TOMCAT_WARM_PATH,
});

export interface TomcatObserverSettings {
  readonly tomcat: TomcatSettings;
  /** Scope, to member, to its access log. */
  readonly logs: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** Throws when there is nothing to read, or a log of a member that the executor does not know. */
export function tomcatObserverSettings(env: z.output<typeof tomcatEnvironment>): TomcatObserverSettings {
  const { TOMCAT_ACCESS_LOGS: found, TOMCAT_MEMBERS: known } = env;
  if (!found) throw new Error('CAUSEWAY_OBSERVES asks for an observer, but it has no history: set TOMCAT_ACCESS_LOGS');
  const names = Object.values(found).flatMap((of) => Object.keys(of));
  const unknown = names.filter((name) => !Object.hasOwn(known, name));
  if (unknown.length > 0)
    throw new Error(
      `TOMCAT_ACCESS_LOGS names ${unknown.join(', ')}, which TOMCAT_MEMBERS does not: use the same names`,
    );
  return { tomcat: tomcatSettings(env), logs: found };
}
