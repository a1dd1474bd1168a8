import { defineTexts } from '../text.ts';

/** A message in one line, as the gate read it. */
export const gateShortTexts = defineTexts({
  spat: {
    en: 'node {node}, count {count}, minute {minute}, second {second}, status {status}: {phases}',
    zh: '节点 {node}，计数 {count}，第 {minute} 分钟 {second} 秒，状态 {status}：{phases}',
  },
  map: {
    en: 'nodes {nodes}, count {count}, {links} links, {lanes} lanes',
    zh: '节点 {nodes}，计数 {count}，路段 {links}，车道 {lanes}',
  },
  rsm: { en: 'count {count}, road users {users}', zh: '计数 {count}，交通参与者 {users}' },
  rsi: {
    en: 'count {count}, events {events}, signs {signs}',
    zh: '计数 {count}，事件 {events}，标志 {signs}',
  },
  unreadable: { en: 'could not be read whole', zh: '无法完整读取' },
  more: { en: 'and {count} more', zh: '另有 {count} 项' },
  none: { en: 'none', zh: '无' },
  unavailable: { en: 'unavailable', zh: '不可用' },
  dark: { en: 'dark', zh: '灭灯' },
  red: { en: 'red', zh: '红' },
  flashing_red: { en: 'flashing red', zh: '红闪' },
  yellow: { en: 'yellow', zh: '黄' },
  flashing_yellow: { en: 'flashing yellow', zh: '黄闪' },
  permissive: { en: 'permissive green', zh: '许可绿' },
  protected: { en: 'protected green', zh: '保护绿' },
  flashing_green: { en: 'flashing green', zh: '绿闪' },
  unknown: { en: 'unknown', zh: '未知' },
  motor: { en: 'motor', zh: '机动车' },
  non_motor: { en: 'non-motor', zh: '非机动车' },
  pedestrian: { en: 'pedestrian', zh: '行人' },
  unit: { en: 'unit', zh: '路侧单元' },
});
