export const degToRad = (deg: number): number => (deg * Math.PI) / 180;
export const radToDeg = (rad: number): number => (rad * 180) / Math.PI;
/** Wraps an angle into (−π, π]. */
export function wrapRad(rad: number): number {
  const wrapped = rad - 2 * Math.PI * Math.floor((rad + Math.PI) / (2 * Math.PI));
  return wrapped === -Math.PI ? Math.PI : wrapped;
}
/** Heading counter-clockwise from east (rad) → clockwise from north (deg, [0, 360)). */
export function headingRadToNorthDeg(rad: number): number {
  const deg = 90 - radToDeg(rad);
  return ((deg % 360) + 360) % 360;
}
const powersOfTen = [1, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e7];
/** A number with so many decimals at the most; for what people and files are told. */
export function rounded(value: number, digits: number): number {
  const factor = powersOfTen[digits] ?? 10 ** digits;
  return Math.round(value * factor) / factor;
}
