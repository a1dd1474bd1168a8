/** Instants, time marks and their confidence (modules DefTime). Source: T/CSAE 53-2020, ASN.1. */
import { enumerated, integer, named, optional, sequence } from '../uper/schema.ts';
import type { ValueOf } from '../uper/schema.ts';

/** DE_DSecond: 1 ms within the UTC minute; 0..59999 valid, ≥60000 = unknown. */
export const dSecond = named('DSecond', integer(0, 65535, { unit: 'ms', unavailable: 65535 }));
export type DSecond = ValueOf<typeof dSecond>;

/** DE_MinuteOfTheYear: minutes since start of the UTC year; 527040 = invalid. */
export const minuteOfTheYear = named(
  'MinuteOfTheYear',
  integer(0, 527040, { unit: 'min', unavailable: 527040 }),
);
export type MinuteOfTheYear = ValueOf<typeof minuteOfTheYear>;

/**
 * DE_TimeMark: 0.1 s. As count-down: 0..35999 s/10; 36000 = more than 1 h (also the value for a
 * lamp that never changes); 36001 = unknown. As UTC mark: tenths within the current/next UTC hour,
 * 35991..35999 leap second.
 */
export const timeMark = named(
  'TimeMark',
  integer(0, 36001, { unit: 's', step: 0.1, unavailable: 36001 }),
);
export type TimeMark = ValueOf<typeof timeMark>;

/** DE_TimeOffset: 10 ms; 65534 = ≥655.34 s; 65535 = unavailable; no zero. */
export const timeOffset = named(
  'TimeOffset',
  integer(1, 65535, { unit: 's', step: 0.01, unavailable: 65535 }),
);
export type TimeOffset = ValueOf<typeof timeOffset>;

/** DE_TimeConfidence: better-than value; 10^n steps, seconds. */
export const timeConfidence = named('TimeConfidence', enumerated([
  'unavailable', 'time-100-000', 'time-050-000', 'time-020-000', 'time-010-000', 'time-002-000',
  'time-001-000', 'time-000-500', 'time-000-200', 'time-000-100', 'time-000-050', 'time-000-020',
  'time-000-010', 'time-000-005', 'time-000-002', 'time-000-001', 'time-000-000-5',
  'time-000-000-2', 'time-000-000-1', 'time-000-000-05', 'time-000-000-02', 'time-000-000-01',
  'time-000-000-005', 'time-000-000-002', 'time-000-000-001', 'time-000-000-000-5',
  'time-000-000-000-2', 'time-000-000-000-1', 'time-000-000-000-05', 'time-000-000-000-02',
  'time-000-000-000-01', 'time-000-000-000-005', 'time-000-000-000-002', 'time-000-000-000-001',
  'time-000-000-000-000-5', 'time-000-000-000-000-2', 'time-000-000-000-000-1',
  'time-000-000-000-000-05', 'time-000-000-000-000-02', 'time-000-000-000-000-01',
]));
export type TimeConfidence = ValueOf<typeof timeConfidence>;

/** DE_DYear: year. */
export const dYear = named('DYear', integer(0, 4095));
export type DYear = ValueOf<typeof dYear>;

/** DE_DMonth: 1..12 (0 unknown). */
export const dMonth = named('DMonth', integer(0, 12));
export type DMonth = ValueOf<typeof dMonth>;

/** DE_DDay: 1..31 (0 unknown). */
export const dDay = named('DDay', integer(0, 31));
export type DDay = ValueOf<typeof dDay>;

/** DE_DHour: 0..23; B/D2 list 0..31 (same 5 bits, same offset, no wire change). */
export const dHour = named('DHour', integer(0, 24));
export type DHour = ValueOf<typeof dHour>;

/** DE_DMinute: 0..59. */
export const dMinute = named('DMinute', integer(0, 60));
export type DMinute = ValueOf<typeof dMinute>;

/**
 * DE_DTimeOffset: minutes from UTC (China = 480). B/D2: −840..840, also 11 b but a different
 * offset, so the bits differ.
 */
export const dTimeOffset = named('DTimeOffset', integer(-720, 721));
export type DTimeOffset = ValueOf<typeof dTimeOffset>;

/** DF_DDateTime. */
export const dDateTime = sequence('DDateTime', {
  year: optional(dYear),
  month: optional(dMonth),
  day: optional(dDay),
  hour: optional(dHour),
  minute: optional(dMinute),
  second: optional(dSecond),
  offset: optional(dTimeOffset),
});
export type DDateTime = ValueOf<typeof dDateTime>;
