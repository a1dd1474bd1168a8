/** The counter that every message carries. Source: T/CSAE 53-2020, ASN.1. */
import { integer, named } from '../uper/schema.ts';
import type { ValueOf } from '../uper/schema.ts';

/**
 * DE_MsgCount: per-type sender counter, wraps 127→0; RSU profile: random start, also re-randomised
 * on certificate change.
 */
export const msgCount = named('MsgCount', integer(0, 127));
export type MsgCount = ValueOf<typeof msgCount>;
