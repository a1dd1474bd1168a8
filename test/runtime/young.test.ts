import { PerformanceObserver, constants } from 'node:perf_hooks';
import { expect, test } from 'vitest';
import { youngCollector } from '../../src/runtime/young.ts';

test('the young collector collects young garbage, at once and nothing else', async () => {
  const kinds: unknown[] = [];
  const observer = new PerformanceObserver((list) => {
    const entries = list.getEntries() as unknown as { readonly detail: { readonly kind: number } }[];
    kinds.push(...entries.map(({ detail }) => detail.kind));
  });
  observer.observe({ entryTypes: ['gc'] });
  const collect = youngCollector();
  for (let turn = 0; turn < 5; turn++) collect();
  // The runtime tells of a collection some turns of its event loop later.
  for (let turn = 0; turn < 10_000 && kinds.length < 5; turn++) {
    await new Promise((done) => setImmediate(done));
  }
  observer.disconnect();
  const minor = kinds.filter((kind) => kind === constants.NODE_PERFORMANCE_GC_MINOR);
  expect(minor.length).toBeGreaterThanOrEqual(5);
  expect(kinds.filter((kind) => kind === constants.NODE_PERFORMANCE_GC_MAJOR)).toEqual([]);
});
