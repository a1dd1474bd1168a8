/**
 * Immediate forward text of RSU 4.1: one datagram of lines, the message in hexadecimal at the end.
 * Source: rsu-interface, section 6 (a plug-in of V2X Hub).
 */
import { fromHex, toHex } from '../base/bytes.ts';
import type { AirMessage } from '../model/message.ts';
import type { RsuForwardSettings } from '../model/site.ts';
import { forwardDefaults } from './kinds.ts';

/** Priorities are 0 to 255 on air and 0 to 7 here: the top three bits. */
const LOW_BITS = 5;

type Outside = Pick<AirMessage, 'type' | 'aid' | 'priority'>;

/** All lines up to the octets: application id and priority are those of the message. */
export function forwardHead(
  settings: RsuForwardSettings | null, { type, aid, priority }: Outside,
): string {
  const { txMode, txChannel, signature } = settings ?? forwardDefaults;
  return [
    'Version=0.7', `Type=${type}`, `PSID=0x${aid.toString(16).toUpperCase()}`,
    `Priority=${priority >> LOW_BITS}`, `TxMode=${txMode}`, `TxChannel=${txChannel}`,
    'TxInterval=0', 'DeliveryStart=', 'DeliveryStop=',
    `Signature=${signature ? 'True' : 'False'}`, 'Encryption=False', 'Payload=',
  ].join('\n');
}

/** The whole datagram: the head, the octets, the end of the line. */
export const withForwardHead = (head: string, bytes: Uint8Array): Uint8Array =>
  new TextEncoder().encode(`${head}${toHex(bytes).toUpperCase()}\n`);

/** The datagram of one message. */
export const forwardText = (
  settings: RsuForwardSettings | null, message: AirMessage,
): Uint8Array => withForwardHead(forwardHead(settings, message), message.bytes);

/** What a unit reads of a datagram: its lines by name, and the octets; null for anything else. */
export function readForwardText(
  datagram: Uint8Array,
): { readonly lines: Readonly<Record<string, string>>; readonly bytes: Uint8Array } | null {
  const rows = new TextDecoder('latin1').decode(datagram).split('\n').filter((row) => row !== '');
  const pairs = rows.map((row) => /^([A-Za-z]+)=(.*)$/.exec(row));
  if (pairs.some((pair) => pair === null)) return null;
  const lines = Object.fromEntries(pairs.map((pair) => [pair![1]!, pair![2]!]));
  const payload = lines['Payload'] ?? '';
  if (lines['Version'] !== '0.7' || !/^([0-9A-F]{2})+$/.test(payload)) return null;
  return { lines, bytes: fromHex(payload) };
}
