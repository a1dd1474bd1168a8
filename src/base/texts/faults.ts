import { defineTexts } from '../text.ts';

/**
 * One row for each fault code: what happened, in both languages. Places: {subject}, {expected},
 * {got}, {next}. The handbook prints this table.
 */
export const faultTexts = defineTexts({
  PORT_LOST: {
    en: '{subject}: port closed; expected {expected}, got {got}. {next}',
    zh: '{subject}：端口已关闭。期望：{expected}；实际：{got}。{next}',
  },
  PORT_UNAVAILABLE: {
    en: '{subject}: port cannot be opened; expected {expected}, got {got}. {next}',
    zh: '{subject}：端口无法打开。期望：{expected}；实际：{got}。{next}',
  },
  SITE_INVALID: {
    en: '{subject}: the site has problems; expected {expected}, got {got}. {next}',
    zh: '{subject}：站点配置有问题。期望：{expected}；实际：{got}。{next}',
  },
  FILE_UNREADABLE: {
    en: '{subject}: file cannot be read; expected {expected}, got {got}. {next}',
    zh: '{subject}：文件无法读取。期望：{expected}；实际：{got}。{next}',
  },
  VALUE_OUT_OF_RANGE: {
    en: '{subject}: expected {expected}, got {got}. {next}',
    zh: '{subject}。期望：{expected}；实际：{got}。{next}',
  },
  ALREADY_RUNNING: {
    en: '{subject}: another daemon runs this site; expected {expected}, got {got}. {next}',
    zh: '{subject}：该站点已有守护进程在运行。期望：{expected}；实际：{got}。{next}',
  },
  STORE_FAILED: {
    en: '{subject}: the store cannot write; expected {expected}, got {got}. {next}',
    zh: '{subject}：存储无法写入。期望：{expected}；实际：{got}。{next}',
  },
  REFUSED: {
    en: '{subject}: refused; expected {expected}, got {got}. {next}',
    zh: '{subject}：已拒绝。期望：{expected}；实际：{got}。{next}',
  },
  NOT_RUNNING: {
    en: '{subject}: no daemon answers; expected {expected}, got {got}. {next}',
    zh: '{subject}：没有得到应答。期望：{expected}；实际：{got}。{next}',
  },
});

/** What many faults expect or got. */
export const factTexts = defineTexts({
  free_port: { en: 'a free port', zh: '空闲端口' },
  open_port: { en: 'an open port', zh: '端口打开' },
  room_to_write: { en: 'room and permission to write', zh: '有空间且有写权限' },
  one_of: { en: 'one of {names}', zh: '{names} 之一' },
  port: { en: 'port {name}', zh: '端口 {name}' },
  none: { en: 'none', zh: '没有' },
  nothing: { en: 'nothing', zh: '空' },
  no_such_file: { en: 'no such file', zh: '文件不存在' },
});
