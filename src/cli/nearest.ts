/** Letters to change, add, drop or swap with a neighbour to get from one word to the other. */
export function distance(a: string, b: string): number {
  const rows = Array.from({ length: a.length + 1 }, (_, row) =>
    Array.from(
      { length: b.length + 1 },
      (_, column) => (row === 0 ? column : column === 0 ? row : 0),
    ),
  );
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let least = Math.min(rows[i - 1]![j]! + 1, rows[i]![j - 1]! + 1, rows[i - 1]![j - 1]! + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        least = Math.min(least, rows[i - 2]![j - 2]! + 1);
      }
      rows[i]![j] = least;
    }
  }
  return rows[a.length]![b.length]!;
}

/** The word that was most likely meant; null when none is near. */
export function nearest(word: string, known: readonly string[]): string | null {
  let best: string | null = null;
  let least = Math.max(1, Math.floor(word.length * 0.4)) + 0.5;
  for (const candidate of known) {
    const begins = word.length >= 2 && candidate.startsWith(word);
    const far = begins ? 0.75 : distance(word.toLowerCase(), candidate);
    if (far < least) {
      least = far;
      best = candidate;
    }
  }
  return best;
}
