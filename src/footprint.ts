/**
 * With what the two processes are started to stay small: `npm run bench memory` prints the effect.
 * `packaging/lukou.service` and `Dockerfile.arm64` say the same; a test holds them together.
 */

/**
 * The parent: a small young generation, and an old one that is collected when it has grown by a
 * fifth. Left alone it grows to three times what lives in it before the first collection.
 */
export const parentFlags: readonly string[] = [
  '--max-semi-space-size=1',
  '--heap-growing-percent=20',
  '--initial-old-space-size=12',
];

/**
 * The child: its old generation is collected when it has grown by three fifths. By itself V8 lets
 * perception grow fourfold first (measured: 145 to 211 MB within ten minutes).
 */
export const childFlags: readonly string[] = [
  '--max-semi-space-size=1',
  '--heap-growing-percent=60',
];

/**
 * glibc gives each thread an arena of its own and keeps what was freed. With these, arenas are two
 * and larger pieces go back to the kernel: some 20 MB less in the child.
 */
export const mallocSettings = {
  MALLOC_ARENA_MAX: '2',
  MALLOC_TRIM_THRESHOLD_: '131072',
  MALLOC_MMAP_THRESHOLD_: '32768',
} as const;
