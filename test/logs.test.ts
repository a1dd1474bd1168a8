import { expect, test } from 'vitest';
import { VirtualClock } from '../src/base/clock.ts';
import { monotonicMs, utcMs } from '../src/base/time.ts';
import { createLog } from '../src/logs.ts';

function written(json: boolean, text: string): string {
  const lines: string[] = [];
  const clock = new VirtualClock(monotonicMs(0), {
    monoMs: monotonicMs(0), utcMs: utcMs(0), errorMs: 1,
  });
  createLog({ clock, level: 'info', sink: { write: (line) => lines.push(line) }, json })
    .info('device_said', { text });
  return lines.join('');
}

/** What would move a terminal's cursor, clear it, or turn the order of what is read. */
const hostile = '\u001b[2J\u009b2J\r\n\u0007\u202egnp.exe\u2066\u2028end';

test.for([false, true])('no control or direction mark of a device reaches the log (JSON: %s)', (json) => {
  const line = written(json, hostile);
  expect(line.endsWith('\n')).toBe(true);
  expect(line.slice(0, -1)).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/);
  if (json) expect((JSON.parse(line) as { text: string }).text).toBe(hostile);
});

test('a text of a megabyte is cut in the log', () => {
  expect(written(false, 'x'.repeat(1 << 20)).length).toBeLessThan(5000);
});
