/** Named counters: every drop has a name, every name a count. */
export class Counters {
  readonly #counts = new Map<string, number>();

  count(name: string, by = 1): void {
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + by);
  }

  get(name: string): number {
    return this.#counts.get(name) ?? 0;
  }

  /** A plain copy, sorted by name. */
  toJSON(): Record<string, number> {
    return Object.fromEntries([...this.#counts].sort(([a], [b]) => (a < b ? -1 : 1)));
  }
}

/**
 * The keys that a counter's meaning may stand under, the nearest first. A counter of a port has the
 * port before it (`port.can0.send_failed`), one by kind the kind behind it (`rsu_late_RSM`).
 */
export function counterKeys(name: string): readonly string[] {
  const bare = name.slice(name.lastIndexOf('.') + 1);
  return [name, bare, bare.replace(/(_[A-Z]\w*)+$/, '')];
}
