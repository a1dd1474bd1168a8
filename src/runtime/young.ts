import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/**
 * What collects the young garbage of this thread at once, about a millisecond. Called after a turn,
 * while nothing is due, it keeps the collector from stopping the next one. The collector works
 * alone then: helpers that wait for a busy core would make it last longer, not shorter.
 */
export function youngCollector(): () => void {
  setFlagsFromString('--no-parallel-scavenge');
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('typeof gc === "function" ? gc : null') as
    ((options: { readonly type: 'minor' }) => void) | null;
  return collect ? () => collect({ type: 'minor' }) : () => undefined;
}
