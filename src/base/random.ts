/** Seeded random numbers; an argument wherever chance is wanted. */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
  /** Standard normal. */
  normal(): number;
  /** Whole number in [0, n). */
  below(n: number): number;
  /** An independent stream that depends only on this seed and the label. */
  fork(label: string): Random;
}

/** A 32-bit hash of text (FNV-1a). Source: Fowler, Noll, Vo. */
export function hash32(text: string, seed = 0x811c9dc5): number {
  let hash = seed >>> 0;
  for (let index = 0; index < text.length; index++) {
    hash ^= text.charCodeAt(index);
    hash = Math.imul(hash, 0x01000193) >>> 0;
  }
  return hash >>> 0;
}

/** sfc32 generator. Source: PractRand, Chris Doty-Humphrey (public domain). */
export function seededRandom(seed: number | string): Random {
  const label = String(seed);
  let a = hash32(label, 1);
  let b = hash32(label, 2);
  let c = hash32(label, 3);
  let counter = 1;
  let spare: number | undefined;
  const next32 = (): number => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + sum) | 0;
    return sum >>> 0;
  };
  for (let warmUp = 0; warmUp < 15; warmUp++) next32();
  const next = (): number => next32() / 4294967296;
  return {
    next,
    normal() {
      if (spare !== undefined) {
        const value = spare;
        spare = undefined;
        return value;
      }
      const radius = Math.sqrt(-2 * Math.log(1 - next()));
      const angle = 2 * Math.PI * next();
      spare = radius * Math.sin(angle);
      return radius * Math.cos(angle);
    },
    below: (n) => Math.floor(next() * n),
    fork: (name) => seededRandom(`${label}/${name}`),
  };
}
