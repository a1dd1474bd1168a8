const grouped = new Intl.NumberFormat('en', { maximumFractionDigits: 0, useGrouping: true });

/** A whole number with a thin space between thousands. */
export const count = (value: number): string => grouped.format(value).replaceAll(',', '\u2009');

export const rate = (perS: number): string => perS.toFixed(perS >= 100 ? 0 : 1);

export const milliseconds = (ms: number): string => `${ms.toFixed(ms < 10 ? 1 : 0)} ms`;

/** How long ago, in the unit that a person would choose. */
export function age(ms: number): string {
  const value = Math.max(0, ms);
  if (value < 1000) return `${Math.round(value)} ms`;
  if (value < 60_000) return `${(value / 1000).toFixed(value < 10_000 ? 1 : 0)} s`;
  if (value < 3_600_000) return `${Math.floor(value / 60_000)} min`;
  if (value < 172_800_000) return `${(value / 3_600_000).toFixed(1)} h`;
  return `${Math.floor(value / 86_400_000)} d`;
}

export const bytes = (octets: number): string =>
  octets < 1e6 ? `${(octets / 1e3).toFixed(0)} kB` : `${(octets / 1e6).toFixed(1)} MB`;
