import { isIPv6 } from 'node:net';
import { networkInterfaces } from 'node:os';
import { Fault } from '../base/fault.ts';
import { filledText } from '../base/text.ts';
import { factTexts } from '../base/texts/faults.ts';
import { portFaultTexts as texts } from '../base/texts/ports.ts';

/** IPv4 inside IPv6 as plain IPv4, so that allow-lists need one form only. */
export const plainAddress = (address: string): string =>
  address.startsWith('::ffff:') && address.includes('.') ? address.slice(7) : address;

/** `address:port`, the form of `Datagram.from`; IPv6 in brackets. */
export const joinAddress = (host: string, port: number): string =>
  host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;

/** Host and port of `address:port`; null when it is not of that form. */
export function splitAddress(text: string): { host: string; port: number } | null {
  const found = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(text);
  if (!found) return null;
  const port = Number(found[3]);
  return port > 65535 ? null : { host: (found[1] ?? found[2])!, port };
}

/** Which sources are heard: `address` or `address:port`; an empty list hears nobody. */
export class AllowList {
  readonly #entries: ReadonlySet<string>;

  constructor(entries: readonly string[]) {
    this.#entries = new Set(entries.map(plainAddress));
  }

  has(host: string, from: string): boolean {
    return this.#entries.has(host) || this.#entries.has(from);
  }

  /** Whether an entry is this very text: `address:port` for a source that is known to its port. */
  names(from: string): boolean {
    return this.#entries.has(from);
  }
}

function broadcastOf(address: string, netmask: string): string {
  const mask = netmask.split('.').map(Number);
  const own = address.split('.').map(Number);
  return own.map((octet, index) => (octet | (~mask[index]! & 0xff)) & 0xff).join('.');
}

/**
 * The address to bind to. Node cannot tie a socket to an interface by name, so the interface's own
 * address is bound: what comes in elsewhere for another address is then not heard.
 * A wildcard `host` becomes the interface's address; any other must belong to the interface, or be
 * its broadcast address (a socket bound to a unicast address hears no broadcasts on Linux).
 *
 * @throws Fault PORT_UNAVAILABLE when the interface is missing or has no such address.
 */
export function bindAddress(name: string, host: string, interfaceName: string | null): string {
  if (interfaceName === null) return host;
  const place = { interface: interfaceName, host };
  const facts = { subject: name, expected: filledText(texts.interface_address, place) };
  const entries = networkInterfaces()[interfaceName];
  if (!entries) {
    const known = Object.keys(networkInterfaces()).sort().join(', ') || factTexts.none;
    throw new Fault('PORT_UNAVAILABLE', {
      ...facts,
      got: filledText(texts.interface_missing, { known }),
      next: filledText(texts.interface_missing_next, place),
    });
  }
  const family = isIPv6(host) ? 'IPv6' : 'IPv4';
  const own = entries.filter((entry) => entry.family === family);
  const fits = own.find(
    ({ address, netmask }) =>
      host === '0.0.0.0' || host === '::' || address === host ||
      (family === 'IPv4' && (host === '255.255.255.255' || broadcastOf(address, netmask) === host)),
  );
  if (!fits) {
    throw new Fault('PORT_UNAVAILABLE', {
      ...facts,
      expected: filledText(texts.host_on_interface, place),
      got:
        own.map(({ address }) => address).join(', ') ||
        filledText(texts.family_missing, { family }),
      next: texts.host_on_interface_next,
    });
  }
  return host === '0.0.0.0' || host === '::' ? fits.address : host;
}
