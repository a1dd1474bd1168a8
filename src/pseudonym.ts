/** Temporary ids of received messages, made unreadable before anything is kept of them. */
import { createHmac, randomBytes } from 'node:crypto';
import type { Pseudonym } from './model/selfreport.ts';

const DAY_MS = 86_400_000;
/** Hexadecimal digits of a temporary id: eight octets. */
const DIGITS = 16;

/**
 * A pseudonym of eight octets for every id of eight: the same through one UTC day, another on the
 * next, and never the same on two boxes or after a start. The salt is kept in memory alone.
 */
export function createDayPseudonym(utcMs: () => number): Pseudonym {
  let day = -1;
  let salt = Buffer.alloc(0);
  return (id) => {
    const today = Math.floor(utcMs() / DAY_MS);
    if (today !== day) {
      day = today;
      salt = randomBytes(32);
    }
    return createHmac('sha256', salt).update(id).digest('hex').slice(0, DIGITS);
  };
}
