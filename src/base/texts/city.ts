import { defineTexts } from '../text.ts';

/** What the store and the messages for the city expect, and the next step. */
export const cityFaultTexts = defineTexts({
  store: { en: 'a database that can be written', zh: '可写入的数据库' },
  store_error: { en: 'an error', zh: '出错' },
  store_ended: { en: 'the store thread ended', zh: '存储线程已退出' },
  store_newer: {
    en: 'format {version} is newer than this program\'s {own}',
    zh: '格式 {version} 新于本程序的 {own}',
  },
  store_log: { en: 'Look at the log.', zh: '请查看日志。' },
  store_full: {
    en: 'Free space on this disk; nothing else need be done.',
    zh: '请腾出磁盘空间；无需其他操作。',
  },
  store_broken: {
    en: 'Look at the disk (read-only, broken?); move the file aside to start with an empty one.',
    zh: '请检查磁盘（只读或损坏？）；将该文件移开可从空库开始。',
  },
  whole_32: { en: 'a whole number of 32 bits', zh: '32 位整数' },
  whole_53: { en: 'a whole number up to 2^53', zh: '不超过 2^53 的整数' },
  number: { en: 'a number', zh: '数值' },
  text: { en: 'a text', zh: '文本' },
  boolean: { en: 'true or false', zh: 'true 或 false' },
  list: { en: 'a list', zh: '列表' },
  object: { en: 'an object', zh: '对象' },
  mandatory: { en: 'a value: the standard makes it mandatory', zh: '有值：标准规定为必填' },
  send_json: {
    en: 'Send this cloud JSON (`encoding`) and report the message.',
    zh: '请对该平台改用 JSON（`encoding`），并反馈此消息。',
  },
});
