import { z } from 'zod';

const address = z.url({ protocol: /^https?$/ }).transform((url) => url.replace(/\/+$/, ''));

const members = z
  .string()
  .transform((text, context): unknown => {
    try {
      return JSON.parse(text);
    } catch {
      context.addIssue('must be JSON: {"<member>": "<address of its Tomcat>", ...}');
      return z.NEVER;
    }
  })
  .pipe(z.record(z.string(), address));

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
