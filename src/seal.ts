/** A checksum on messages that travel between processes: what changes on the way does not leave. */
import { crc32 } from './base/bytes.ts';
import type { MessageOffer } from './model/message.ts';

/** The offer with the CRC-32 of its octets, for the gate to compare (rule R20). */
export const sealed = (offer: MessageOffer): MessageOffer =>
  ({ ...offer, crc: crc32(offer.message.bytes) });
