/**
 * Imported first by what runs a junction: the settings come checked, zod stays out (`config/zod.ts`).
 * It imports nothing itself, for what it says must be said before any other module is read.
 */
(globalThis as Record<symbol, unknown>)[Symbol.for('lukou.settings-are-settled')] = true;
