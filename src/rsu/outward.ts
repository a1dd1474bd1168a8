import { networkInterfaces } from 'node:os';
import { Fault } from '../base/fault.ts';
import { filledText } from '../base/text.ts';
import { factTexts } from '../base/texts/faults.ts';
import { portFaultTexts } from '../base/texts/ports.ts';
import type { RsuSettings } from '../model/site.ts';

/** The family of an address. */
export const familyOf = (host: string): 'IPv4' | 'IPv6' => (host.includes(':') ? 'IPv6' : 'IPv4');

/**
 * Address of a named interface, to bind to; null where none is named.
 * Errors: `Fault` PORT_UNAVAILABLE for one that is not there.
 */
export function addressOf(settings: RsuSettings): string | null {
  if (settings.interface === null) return null;
  const wanted = familyOf(settings.host);
  const found = networkInterfaces()[settings.interface]?.find(({ family }) => family === wanted);
  if (!found) {
    throw new Fault('PORT_UNAVAILABLE', {
      subject: `rsu ${settings.id}`,
      expected: filledText(portFaultTexts.rsu_interface, {
        family: wanted,
        interface: settings.interface,
      }),
      got: factTexts.none,
      next: portFaultTexts.rsu_interface_next,
    });
  }
  return found.address;
}
