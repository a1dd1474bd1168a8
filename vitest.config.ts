import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: 'forks',
    maxWorkers: 2,
    passWithNoTests: false,
    // A shared machine may stand still for a second; what fails twice in a row is a fault.
    retry: process.env['CI'] === 'true' ? 1 : 0,
  },
});
