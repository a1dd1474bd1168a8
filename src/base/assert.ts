/** A mistake of ours, never the world's: it ends the part that it happened in. */
class AssertionFault extends Error {
  override name = 'AssertionFault';
}

/** Throws `AssertionFault` when our own invariant is broken. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new AssertionFault(message);
}

/** For the default branch of a switch over a closed set. */
function unreachable(value: never): never {
  throw new AssertionFault(`unreachable: ${String(value)}`);
}
