import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { forgetRing, ringFolder } from '../src/blackbox.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lukou-ring-'));
  vi.stubEnv('RUNTIME_DIRECTORY', join(folder, 'run'));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

test('a folder of our own is taken for the black box, and leaves with it', () => {
  const refused = vi.fn();
  expect(ringFolder('data', refused)).toBe(join(folder, 'run', 'black-box', 'ring'));
  expect(refused).not.toHaveBeenCalled();
  forgetRing('data');
  expect(existsSync(join(folder, 'run', 'black-box'))).toBe(false);
});

test('a link that somebody planted is neither followed nor cleared, and it is told', () => {
  const victim = join(folder, 'victim');
  mkdirSync(join(victim, 'ring'), { recursive: true });
  mkdirSync(join(folder, 'run'));
  for (const aim of [victim, join(folder, 'absent')]) {
    const link = join(folder, 'run', 'black-box');
    symlinkSync(aim, link);
    const refused = vi.fn();
    expect(ringFolder('data', refused)).toBeNull();
    expect(refused).toHaveBeenCalledWith(link, expect.stringMatching(/./));
    forgetRing('data');
    rmSync(link);
  }
  expect(readdirSync(victim)).toEqual(['ring']);
  expect(existsSync(join(folder, 'absent'))).toBe(false);
});
