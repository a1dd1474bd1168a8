import { defineTexts } from '../text.ts';

/** What is wrong with a line of truth or of tracks. */
export const scoreFaultTexts = defineTexts({
  line: { en: 'line {line}: {text}', zh: '第 {line} 行：{text}' },
  number: {
    en: 'expected a number in "{name}", got {got}',
    zh: '"{name}" 应为数值，实际为 {got}',
  },
  object: { en: 'expected a JSON object, got {got}', zh: '应为 JSON 对象，实际为 {got}' },
});
