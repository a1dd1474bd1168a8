import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { headComment } from '../scripts/usage.ts';

const root = fileURLToPath(new URL('../', import.meta.url));
const path = (name: string): string => `${root}${name}`;
const run = (...args: string[]) =>
  spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8', timeout: 20_000 });

describe('asked for help', () => {
  test('an npm command that is a script says how it is called, and nothing else', () => {
    const { scripts } = JSON.parse(readFileSync(path('package.json'), 'utf8')) as {
      scripts: Record<string, string>;
    };
    const asked = ['gate:soak', 'gate:mutate', 'oracle', 'fuzz:uper', 'test'];
    for (const name of asked) {
      expect(scripts[name]).toBe(`node scripts/bootstrap.mjs ${name}`);
      const { status, stdout, stderr } = run('scripts/bootstrap.mjs', name, '--help');
      expect([status, stderr], name).toEqual([0, '']);
      expect(stdout.length, name).toBeGreaterThan(80);
      expect(stdout, name).not.toMatch(/^\s*\*|\/\*\*|\*\/|^\/\//m);
      if (name !== 'test') expect(stdout).toContain(`npm run ${name}`);
    }
  });

  test('a script that writes files writes none', () => {
    if (!existsSync(path('dist/scripts/proto.js'))) {
      process.stdout.write('skipped: scripts are not built: run npm run build\n');
      return;
    }
    const before = statSync(path('docs/rscu.proto')).mtimeMs;
    const { status, stdout } = run('dist/scripts/proto.js', '--help');
    expect([status, stdout.trim()]).toEqual([0, headComment(readFileSync(path('scripts/proto.ts'), 'utf8'))]);
    expect(stdout).toContain('docs/rscu.proto');
    expect(statSync(path('docs/rscu.proto')).mtimeMs).toBe(before);
  });

  test('a head comment loses its marks and keeps its lines', () => {
    expect(headComment('/**\n * One\n *   two.\n */\nconst a = 1; /** no */')).toBe('One\n  two.');
    expect(headComment('const a = 1;')).toBe('');
  });
});
