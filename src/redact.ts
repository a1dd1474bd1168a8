/** What a port's message leaves in recordings: drivers strip what says too much of people. */
import { driverByKind } from '../drivers/index.ts';
import type { PortMessage } from './model/port.ts';
import type { Site } from './model/site.ts';

/** Gives what of a port's message may be kept; the message itself where nobody has a say. */
export type Redactor = (port: string, message: PortMessage) => PortMessage;

/** Builds the redactor of a site: each port's messages pass every driver that listens there. */
export function createRedactor(site: Site): Redactor {
  const rows = new Map<string, ((message: PortMessage) => PortMessage)[]>();
  const kinds = new Set<string>();
  for (const { port, driver: kind, enabled } of [...site.sensors, ...site.controllers]) {
    const driver = enabled ? driverByKind(kind) : undefined;
    if (!driver?.redact || kinds.has(`${port} ${kind}`)) continue;
    kinds.add(`${port} ${kind}`);
    rows.set(port, [...(rows.get(port) ?? []), (message) => driver.redact!(message)]);
  }
  return (port, message) => {
    let kept = message;
    for (const redact of rows.get(port) ?? []) kept = redact(kept);
    return kept;
  };
}
