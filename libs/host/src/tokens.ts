/** Tokens of what the host gives to every module: a {@link Clock} and a pino logger. */
export const CLOCK = 'causeway:clock';
export const LOG = 'causeway:log';
