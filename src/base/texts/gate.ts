import { defineTexts } from '../text.ts';

/** What each rule of the gate holds. The key is the rule's number in the safety reference. */
export const gateTexts = defineTexts({
  R1: {
    en: 'Signal data is fresh',
    zh: '信号数据新鲜',
  },
  R1b: {
    en: 'A slow controller carries green only before its guaranteed end',
    zh: '低频信号机仅在保证的最早结束前保持绿灯',
  },
  R2: {
    en: 'Signal messages leave every 100 ms',
    zh: '信号消息每 100 毫秒发送一次',
  },
  R3: {
    en: 'The newest frame is sent, in time',
    zh: '及时发送最新一帧',
  },
  R4: {
    en: 'Start and resume only after a proven run',
    zh: '启动和恢复须先通过稳定性验证',
  },
  R5: {
    en: 'Every lamp group is known and present',
    zh: '所有灯组已知且齐全',
  },
  R6: {
    en: 'No conflicting right of way',
    zh: '不得出现冲突通行权',
  },
  R6b: {
    en: 'A latch opens by a person or after clean cycles',
    zh: '锁定须由人工或正常周期解除',
  },
  R7: {
    en: 'Lamps change in their lawful order',
    zh: '灯色按规定顺序变化',
  },
  R8: {
    en: 'Yellow lasts long enough',
    zh: '黄灯时间足够',
  },
  R9: {
    en: 'Green lasts long enough',
    zh: '绿灯时间足够',
  },
  R10: {
    en: 'The junction clears before the next green',
    zh: '下一绿灯前路口清空',
  },
  R11: {
    en: 'End times do not run away',
    zh: '结束时间不得漂移',
  },
  R12: {
    en: 'A count-down runs as time does',
    zh: '倒计时与时间同步递减',
  },
  R13: {
    en: 'Nothing is claimed that is not known',
    zh: '不声明未知内容',
  },
  R14: {
    en: 'A minimum end is the controller\'s own guarantee',
    zh: '最早结束时间只取自信号机的保证值',
  },
  R15: {
    en: 'The clock is trusted only as far as it is known',
    zh: '时钟只按其已知误差采信',
  },
  R16: {
    en: 'The clock does not step',
    zh: '时钟无跳变',
  },
  R17: {
    en: 'Stamps agree with the clock and increase',
    zh: '时间戳与时钟一致且递增',
  },
  R18: {
    en: 'The map is the pinned one',
    zh: '地图与已固定版本一致',
  },
  R19: {
    en: 'The controller status is shown as it is',
    zh: '如实反映信号机状态',
  },
  R20: {
    en: 'The bytes mean what the lamps show',
    zh: '字节含义与灯色一致',
  },
  R21: {
    en: 'Message counters are continuous',
    zh: '消息计数连续',
  },
  R22: {
    en: 'Late messages do not leave; the first says unavailable',
    zh: '过期消息不发送；首条为不可用',
  },
  R23: {
    en: 'Nothing from afar changes a lamp, the matrix, a rule or a latch',
    zh: '远程指令不得改变灯色、冲突矩阵、规则或锁定',
  },
  R24: {
    en: 'Lamps agree with the traffic (advice only)',
    zh: '灯色与车流相符（仅提示）',
  },
  R25: {
    en: 'Test sources stay in test regions and on this machine',
    zh: '测试源仅用测试编号且不出本机',
  },
  R30: {
    en: 'Road users are told only where a healthy sensor looks',
    zh: '仅在传感器正常覆盖时发布交通参与者',
  },
  R31: {
    en: 'Road users are not older than allowed',
    zh: '交通参与者数据不得过旧',
  },
  R32: {
    en: 'Road users are plausible',
    zh: '交通参与者数据合理',
  },
  R33: {
    en: 'Road users are confirmed and honestly sourced',
    zh: '交通参与者已确认且来源真实',
  },
  R34: {
    en: 'Ids are unique and under the ceiling',
    zh: '编号唯一且不超上限',
  },
  R35: {
    en: 'Road users are told at 10 Hz and no faster',
    zh: '交通参与者消息为 10 赫兹，不得更快',
  },
  R36: {
    en: 'What is not known is said to be unavailable, never zero',
    zh: '未知量标为不可用，不得填零',
  },
  R37: {
    en: 'Alerts have a source, a start and an end',
    zh: '事件提示有来源、开始和结束',
  },
  R38: {
    en: 'The content of the map is pinned',
    zh: '地图内容须为已固定版本',
  },
  R39: {
    en: 'What vehicles report is checked and never decides alone',
    zh: '车辆上报须经核对，不得单独决定',
  },
  R40: {
    en: 'No plate, face or address leaves',
    zh: '不得输出车牌、人脸或网络地址',
  },
  SIZE: {
    en: 'The message is readable and not too long',
    zh: '消息可读且不超长',
  },
});

/** What the gate cannot hold of a site. */
export const gateSiteTexts = defineTexts({
  expected: { en: 'a site that the gate can hold', zh: '闸门可以管理的站点' },
  next: { en: 'Correct the road file and start again.', zh: '请改正 road.json 后重新启动。' },
  witness_missing: { en: 'there is no witness named {witness}', zh: '没有名为 {witness} 的见证' },
  group_twice: { en: 'a signal group is there twice', zh: '信号组重复' },
  no_witness: { en: 'has signal groups but no witness', zh: '有信号组但没有见证' },
  phase: {
    en: '{id}: phase expected 1 to 255, got {phase}',
    zh: '{id}：相位期望 1 至 255，实际 {phase}',
  },
  test_region: {
    en: 'R25: mode {mode} needs region 0 and node id 0 to 255',
    zh: 'R25：模式 {mode} 须使用区域 0 与节点编号 0 至 255',
  },
  pair_groups: { en: 'pair {a}, {b} names no two groups', zh: '{a}、{b} 不是两个信号组' },
  pair_permissive: {
    en: 'R6: pair {a}, {b} yields, so both groups must be permissive',
    zh: 'R6：{a}、{b} 为让行关系，两组都须为许可型（permissive）',
  },
  node_problem: { en: 'node {node}: {problem}', zh: '节点 {node}：{problem}' },
});
