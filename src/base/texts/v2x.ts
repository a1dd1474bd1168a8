import { defineTexts } from '../text.ts';

/** What a codec expected of a value or of bits; joined by `codecSentence`. */
export const v2xTexts = defineTexts({
  codecSentence: {
    en: '{path}: expected {expected}, got {got}',
    zh: '{path}：期望{expected}，实际为 {got}',
  },
  codecSentenceAtBit: {
    en: '{path} (bit {bit}): expected {expected}, got {got}',
    zh: '{path}（第 {bit} 位）：期望{expected}，实际为 {got}',
  },
  codecLine: { en: 'line {line}: {sentence}', zh: '第 {line} 行：{sentence}' },
  codecSkipped: {
    en: 'line {line}: {skipped} unknown extensions skipped or kept as octets',
    zh: '第 {line} 行：跳过或按原始字节保留了 {skipped} 个未知扩展',
  },
  wholeNumber: {
    en: 'a whole number from {min} to {max}',
    zh: '{min} 到 {max} 之间的整数',
  },
  trueOrFalse: { en: 'true or false', zh: 'true 或 false' },
  oneOf: { en: 'one of {names}', zh: '{names} 之一' },
  hexadecimal: {
    en: '{count} octets in hexadecimal',
    zh: '{count} 个八位组的十六进制文本',
  },
  bitText: { en: 'a text of {count} digits 0 and 1', zh: '{count} 个 0 或 1 组成的文本' },
  characters: { en: '{count} characters of 7 bits', zh: '{count} 个 7 位字符' },
  listOf: { en: 'a list of {count}', zh: '{count} 项的列表' },
  fieldsOf: { en: 'an object with the fields of {name}', zh: '含 {name} 各字段的对象' },
  oneAlternative: {
    en: 'an object with exactly one of {names}',
    zh: '恰好含 {names} 之一的对象',
  },
  onlyKnownFields: { en: 'only fields of {name}', zh: '只含 {name} 的字段' },
  alternativeOfNumber: {
    en: 'an object with {name}, which {by} {number} chooses',
    zh: '由 {by} {number} 选定的 {name} 对象',
  },
  moreBits: { en: 'at least {count} more bits', zh: '至少还有 {count} 位' },
  indexBelow: { en: 'an index below {count}', zh: '小于 {count} 的序号' },
  zeroPadding: { en: 'zero bits up to the octet', zh: '补零到整八位组' },
  endOfOctets: { en: 'the end of {name}', zh: '{name} 结束' },
  octetsAtMost: { en: 'at most {count} octets', zh: '至多 {count} 个八位组' },
  lengthForm: { en: 'a length form of X.691', zh: 'X.691 规定的长度形式' },
  shortNumber: { en: 'a whole number of at most 53 bits', zh: '不超过 53 位的整数' },
  hexLine: { en: 'a line of hexadecimal, or of JSON with "hex"', zh: '一行十六进制，或含 "hex" 的 JSON' },
  jsonLine: { en: 'a line of JSON', zh: '一行 JSON' },
  profileName: { en: 'profile {names}', zh: '配置 {names}' },
});
