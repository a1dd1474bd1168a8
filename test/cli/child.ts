import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));
const main = `${root}dist/src/cli/main.js`;

/** What a command line did. */
export interface Done {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Builds what the tests run; the compiler does nothing where all is fresh. */
export function build(): void {
  const compiler = `${root}node_modules/typescript-native/bin/tsc`;
  const made = spawnSync(process.execPath, [compiler, '-b', 'src'], {
    cwd: root,
    encoding: 'utf8',
  });
  if (!existsSync(main)) throw new Error(`not built: ${made.stdout}`);
}

/** What a child is started with. */
interface Start {
  readonly stdin?: string;
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs the built command as a child of its own. */
export function lukou(args: readonly string[], options: Start = {}): Promise<Done> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [main, ...args], {
      cwd: options.cwd ?? root,
      env: { PATH: process.env.PATH ?? '', LANG: 'C', ...options.env },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    let out = '';
    let err = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, out, err }));
    child.stdin.on('error', () => undefined); // a command that does not read may be gone already
    child.stdin.end(options.stdin ?? '');
  });
}

/** Runs many, a few at a time, in order of the results. */
export async function lukouAll(commands: readonly (readonly string[])[]): Promise<Done[]> {
  const results: Done[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let at = next++; at < commands.length; at = next++) {
      results[at] = await lukou(commands[at]!);
    }
  };
  await Promise.all([worker(), worker(), worker()]);
  return results;
}
