/** Fields of one log line: who, then numbers with units. */
export type LogFields = Readonly<Record<string, string | number | boolean | null>>;

/** A log line is an event with a fixed name. State changes once; repetition is counted. */
export interface Log {
  debug(event: string, fields?: LogFields): void;
  info(event: string, fields?: LogFields): void;
  warn(event: string, fields?: LogFields): void;
  error(event: string, fields?: LogFields): void;
}

/** Says nothing: for tests and replay. */
export const silentLog: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};
