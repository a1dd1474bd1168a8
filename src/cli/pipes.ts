/** A reader that went away ends a command quietly, never the daemon. */
export function mindPipes(outlives: boolean): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (outlives && stream === process.stderr) return;
      if (error.code !== 'EPIPE') process.exitCode = 1;
      if (!outlives) process.exit(error.code === 'EPIPE' ? 0 : 1);
    });
  }
}

/** What was said must be out before the end; then nothing that is still open may hold us. */
export async function leave(exitCode: number): Promise<never> {
  await new Promise<void>((done) => {
    process.stdout.write('', () => process.stderr.write('', () => done()));
  });
  process.exit(exitCode);
}
