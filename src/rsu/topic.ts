import type { RsuSettings } from '../model/site.ts';

/** A topic with its places filled: the message type, and the unit. */
export const topicOf = (pattern: string, type: string, { unitSerial }: RsuSettings): string =>
  pattern.replaceAll('{type}', type).replaceAll('{rsu}', unitSerial.trim());
