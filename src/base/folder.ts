import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Makes a folder and those above it, as `mkdir -p` does. Throws the system's own error.
 *
 * Node's `recursive` form never returns where a file system says "no such file" for a folder that
 * is there (as /proc does), so each step is made by hand.
 */
export function makeFolder(path: string, mode = 0o777): void {
  try {
    if (statSync(path).isDirectory()) return;
  } catch {
    if (dirname(path) !== path) makeFolder(dirname(path), mode);
  }
  try {
    mkdirSync(path, { mode });
  } catch (error) {
    // Somebody else may have made it meanwhile.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || !statSync(path).isDirectory()) throw error;
  }
}
