/** SPAT goes every 100 ms, in every profile that we know of. */
export const SPAT_PERIOD_MS = 100;
