/** What is due when; equal instants run in the order in which they were put down. */
export class Agenda {
  #nowMs: number;
  #order = 0;
  /** A binary heap by instant, then order. */
  readonly #heap: { atMs: number; order: number; run: () => void }[] = [];

  constructor(startMs: number) {
    this.#nowMs = startMs;
  }

  get nowMs(): number {
    return this.#nowMs;
  }

  /** The next instant at which something is due; Infinity when nothing ever is. */
  nextMs(): number {
    return this.#heap[0]?.atMs ?? Infinity;
  }

  /** Puts something down. What lies in the past runs as soon as possible. */
  at(atMs: number, run: () => void): void {
    const heap = this.#heap;
    const entry = { atMs, order: this.#order++, run };
    let index = heap.length;
    heap.push(entry);
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!isBefore(entry, heap[parent]!)) break;
      heap[index] = heap[parent]!;
      index = parent;
    }
    heap[index] = entry;
  }

  /** Runs what is due up to and including `untilMs`, in order. */
  advance(untilMs: number): void {
    while (this.nextMs() <= untilMs) {
      const { atMs, run } = this.#take();
      this.#nowMs = Math.max(this.#nowMs, atMs);
      run();
    }
    this.#nowMs = Math.max(this.#nowMs, untilMs);
  }

  #take(): { atMs: number; run: () => void } {
    const heap = this.#heap;
    const top = heap[0]!;
    const last = heap.pop()!;
    if (heap.length === 0) return top;
    let index = 0;
    for (;;) {
      let child = index * 2 + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child++;
      if (!isBefore(heap[child]!, last)) break;
      heap[index] = heap[child]!;
      index = child;
    }
    heap[index] = last;
    return top;
  }
}

const isBefore = (
  a: { atMs: number; order: number },
  b: { atMs: number; order: number },
): boolean => a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
