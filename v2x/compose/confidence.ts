/** Classes of 95 % bounds on air. */
const classOf = (
  table: readonly (readonly [number, string])[],
  value: number,
): string => table.find(([limit]) => value <= limit)?.[1] ?? 'unavailable';

const positionTable = [
  [0.01, 'a1cm'],
  [0.02, 'a2cm'],
  [0.05, 'a5cm'],
  [0.1, 'a10cm'],
  [0.2, 'a20cm'],
  [0.5, 'a50cm'],
  [1, 'a1m'],
  [2, 'a2m'],
  [5, 'a5m'],
  [10, 'a10m'],
  [20, 'a20m'],
  [50, 'a50m'],
  [100, 'a100m'],
  [200, 'a200m'],
  [500, 'a500m'],
] as const;
const speedTable = [
  [0.01, 'prec0-01ms'],
  [0.05, 'prec0-05ms'],
  [0.1, 'prec0-1ms'],
  [1, 'prec1ms'],
  [5, 'prec5ms'],
  [10, 'prec10ms'],
  [100, 'prec100ms'],
] as const;
const headingTable = [
  [0.01, 'prec0-01deg'],
  [0.0125, 'prec0-0125deg'],
  [0.05, 'prec0-05deg'],
  [0.1, 'prec0-1deg'],
  [1, 'prec01deg'],
  [5, 'prec05deg'],
  [10, 'prec10deg'],
] as const;

/** Class of a 95 % radius, metres. */
export const positionConfidence = (boundM: number): string => classOf(positionTable, boundM);
/** Class of a 95 % bound of the speed, m/s. */
export const speedConfidence = (boundMps: number): string => classOf(speedTable, boundMps);
/** Class of a 95 % bound of the heading, degrees. */
export const headingConfidence = (boundDeg: number): string => classOf(headingTable, boundDeg);

const boundOf = (
  table: readonly (readonly [number, string])[],
  word: string,
): number | null => table.find(([, name]) => name === word)?.[0] ?? null;

/** The 95 % radius that a class stands for, metres; null for an unknown one. */
export const positionBoundM = (word: string): number | null => boundOf(positionTable, word);
/** The bound of the speed that a class stands for, m/s; null for an unknown one. */
export const speedBoundMps = (word: string): number | null => boundOf(speedTable, word);
/** The bound of the heading that a class stands for, degrees; null for an unknown one. */
export const headingBoundDeg = (word: string): number | null => boundOf(headingTable, word);
