/** Ratio between the bounds of neighbouring buckets: quantiles are right within 5 %. */
const STEP = Math.log(1.05);
const LOWEST_MS = 0.001;
const BUCKETS = 400;

/** Times in milliseconds, 1 µs to 300 s, in fixed memory. */
export class Histogram {
  readonly #buckets = new Uint32Array(BUCKETS);
  #count = 0;
  #sumMs = 0;
  #maxMs = 0;

  /** Adds one time; a negative one counts as zero. */
  add(ms: number): void {
    const bucket = ms <= LOWEST_MS ? 0 : Math.ceil(Math.log(ms / LOWEST_MS) / STEP);
    this.#buckets[Math.min(bucket, BUCKETS - 1)]!++;
    this.#count++;
    this.#sumMs += Math.max(0, ms);
    this.#maxMs = Math.max(this.#maxMs, ms);
  }

  /** The time that a share `quantile` (0 to 1) does not exceed, ms; 0 when empty. */
  quantileMs(quantile: number): number {
    let left = Math.ceil(quantile * this.#count);
    if (left === 0) return 0;
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      left -= this.#buckets[bucket]!;
      if (left <= 0) return Math.min(this.#maxMs, LOWEST_MS * Math.exp(bucket * STEP));
    }
    return this.#maxMs;
  }

  toJSON(): { count: number; meanMs: number; p50Ms: number; p99Ms: number; maxMs: number } {
    return {
      count: this.#count,
      meanMs: this.#count > 0 ? this.#sumMs / this.#count : 0,
      p50Ms: this.quantileMs(0.5),
      p99Ms: this.quantileMs(0.99),
      maxMs: this.#maxMs,
    };
  }
}
