/** TestMsg: octets for trials (phase 2). Source: T/CSAE 157-2020, ASN.1. */
import { octets, sequence } from '../uper/schema.ts';
import type { ValueOf } from '../uper/schema.ts';
import { msgCount } from './count.ts';

/** MSG TestMsg: no marker. */
export const testMsg = sequence('TestMsg', {
  msgCnt: msgCount,
  userData: octets(1, 2048),
});
export type TestMsg = ValueOf<typeof testMsg>;
