// Runs every test and ends with one plain line: N passed, N failed, N skipped. Skips are printed
// with their reasons.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const folder = mkdtempSync(join(tmpdir(), 'lukou-test-'));
const report = join(folder, 'report.json');
const child = spawn(
  process.execPath,
  [
    'node_modules/vitest/vitest.mjs',
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
    ...process.argv.slice(2),
  ],
  { stdio: 'inherit' },
);
const code = await new Promise((resolve) => child.on('exit', (exit) => resolve(exit ?? 1)));
let failed = 1;
try {
  const results = JSON.parse(readFileSync(report, 'utf8'));
  const skipped = [];
  for (const file of results.testResults) {
    for (const test of file.assertionResults) {
      if (test.status === 'skipped' || test.status === 'pending') skipped.push(test.fullName);
    }
  }
  failed = results.numFailedTests + results.testResults.filter(
    (file) => file.status === 'failed' && file.assertionResults.length === 0,
  ).length;
  for (const name of skipped) process.stdout.write(`skipped: ${name}\n`);
  process.stdout.write(`${results.numPassedTests} passed, ${failed} failed, ${skipped.length} skipped\n`);
} catch (error) {
  process.stdout.write(`no test report: ${error.message}\n0 passed, 1 failed\n`);
}
rmSync(folder, { recursive: true, force: true });
process.exitCode = code === 0 && failed === 0 ? 0 : 1;
