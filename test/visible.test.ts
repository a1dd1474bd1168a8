import { expect, test } from 'vitest';
import { visible } from '../src/base/visible.ts';

test('a text of a device cannot move the cursor or turn the direction of what is read', () => {
  expect(visible('a\u001b[2J\u009b\r\u202eb')).toBe('a\\u001b[2J\\u009b\\u000d\\u202eb');
  expect(visible('路口\tA–B\nnext')).toBe('路口\tA–B\nnext');
});

test('JSON that is made visible still says the same', () => {
  const text = 'x\u009b31m\u2066y';
  expect(JSON.parse(visible(JSON.stringify(text)))).toBe(text);
});
