/** What a port's message leaves in recordings: drivers strip what says too much of people. */
import { sectionSchema } from '../config/field.ts';
import { driverByKind } from '../drivers/index.ts';
import { keptOf } from '../v2x/compose/receive.ts';
import type { PortMessage } from './model/port.ts';
import type { Pseudonym } from './model/selfreport.ts';
import type { Site } from './model/site.ts';

/** Gives what of a port's message may be kept; the message itself where nobody has a say. */
export type Redactor = (port: string, message: PortMessage) => PortMessage;

/**
 * Builds the redactor of a site: each port's messages pass every driver that listens there.
 * @param pseudonym what stands for the ids of received messages; the loop must have the same one.
 */
export function createRedactor(site: Site, pseudonym: Pseudonym): Redactor {
  const keptOfAir = (bytes: Uint8Array): Uint8Array => keptOf(site, bytes, pseudonym);
  const rows = new Map<string, ((message: PortMessage) => PortMessage)[]>();
  const kinds = new Set<string>();
  for (const { port, driver: kind, enabled, options: given } of [...site.sensors, ...site.controllers]) {
    const driver = enabled ? driverByKind(kind) : undefined;
    if (!driver?.redact || kinds.has(`${port} ${kind}`)) continue;
    kinds.add(`${port} ${kind}`);
    const options = sectionSchema(driver.options).parse(given);
    const own = (message: PortMessage): PortMessage =>
      driver.redact!(message, { options, keptOfAir });
    rows.set(port, [...(rows.get(port) ?? []), own]);
  }
  return (port, message) => {
    let kept = message;
    for (const redact of rows.get(port) ?? []) kept = redact(kept);
    return kept;
  };
}
