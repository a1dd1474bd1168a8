/** The rows of the section `air` of site.json: what a site sets of its messages. */
import { choice, flag, quantity } from './field.ts';
import { group, list, named, orNull, withDefaults } from './rows.ts';

const airKinds = [
  'SPAT', 'MAP', 'RSM', 'SSM', 'RSI-static', 'RSI-semi-static', 'RSI-dynamic',
] as const;
const policyKinds = ['MAP', 'RSM', 'SSM', 'RSI-static', 'RSI-semi-static', 'RSI-dynamic'] as const;

const rank = group({
  kind: choice({ help: { en: 'Kind of message.', zh: '消息种类。' }, of: airKinds }),
  aid: quantity({
    help: { en: 'Application id.', zh: '应用标识 AID。' }, min: 1, max: 65535, whole: true,
    unverified: true,
  }),
  priority: quantity({
    help: { en: 'Priority on air, 0 (lowest) to 255.', zh: '空口优先级，0（最低）至 255。' },
    min: 0, max: 255, whole: true, unverified: true,
  }),
});

const policy = group({
  kind: choice({ help: { en: 'Kind of message.', zh: '消息种类。' }, of: policyKinds }),
  periodMs: quantity({
    help: { en: 'Period, a multiple of 100.', zh: '周期，100 的整数倍。' },
    unit: 'ms', min: 100, max: 10000, whole: true,
  }),
  trigger: choice({
    help: {
      en: 'period; change: also at once when an item begins or ends (RSI); occupied: only while '
        + 'there is a road user to tell of (RSM, SSM).',
      zh: 'period：按周期；change：条目开始或结束时立即发送（RSI）；occupied：仅有参与者时发送（RSM、SSM）。',
    },
    of: ['period', 'change', 'occupied'], default: 'period',
  }),
  zone: orNull(named('zone', { help: { en: 'Zone of road.json.', zh: 'road.json 中的区域。' } }), {
    help: { en: 'Only what lies in this zone; null for all.', zh: '仅限该区域内；null 表示不限。' },
  }),
  rsus: list(named('rsu', { help: { en: 'Name of a unit.', zh: '单元名称。' } }), {
    help: { en: 'Units that send it; empty for all of the node.', zh: '发送单元；空则该节点全部单元。' },
    max: 16, default: [],
  }),
});

/** The section; every row has a default. */
export const airRow = withDefaults({
  ids: choice({
    help: {
      en: 'full: ids on air up to 65535; strict: up to 255, to the riskiest and nearest, free '
        + 'again after 3 s.',
      zh: 'full：空口编号至 65535；strict：至 255，优先分配给风险最高与最近者，3 秒后可再用。',
    },
    of: ['full', 'strict'], default: 'full', unverified: true,
  }),
  ssm: flag({
    help: {
      en: 'Whether SSM is made beside RSM, in profiles of phase 2. The gate lets none pass yet.',
      zh: '第二阶段规范下是否在 RSM 之外生成 SSM。安全闸目前不放行 SSM。',
    },
    default: false,
  }),
  spreadMs: quantity({
    help: {
      en: 'The frames of one round of RSM leave a unit within this time.',
      zh: '一轮 RSM 的各帧须在此时间内发出。',
    },
    unit: 'ms', min: 10, max: 100, default: 60,
  }),
  spatTimes: choice({
    help: {
      en: 'How SPAT says instants: as the profile does, counting (tenths from now) or utc (tenths of the UTC hour; '
        + 'counted all the same beyond half an hour, with an untrusted clock and near a leap second).',
      zh: 'SPAT 时间表示方式：profile（按规范）、counting（自当前起的 0.1 秒数）或 utc（UTC 小时内的 0.1 秒数；'
        + '超过半小时、时钟不可信或临近闰秒时仍用倒计时）。',
    },
    of: ['profile', 'counting', 'utc'], default: 'profile',
  }),
  spatAtColourOnly: choice({
    help: {
      en: 'SPAT at level colour-only: as the profile does, timing left out, or said to be unknown.',
      zh: 'SPAT 仅灯色级别时：按规范、不含时间信息，或填未知值。',
    },
    of: ['profile', 'left-out', 'unknown'], default: 'profile',
  }),
  farM: quantity({
    help: {
      en: 'Beyond this from its node a road user is far: over budget told of once a second.',
      zh: '距节点超过此距离视为远处：超预算时每秒发送一次。',
    },
    unit: 'm', min: 20, max: 1000, default: 100,
  }),
  ranks: list(rank, {
    help: { en: 'Application ids and priorities in place of the profile’s.', zh: '替代规范的 AID 与优先级。' },
    max: 7, default: [],
  }),
  policies: list(policy, {
    help: { en: 'Rate, trigger, area and units by kind of message.', zh: '各类消息的频率、触发、区域与单元。' },
    max: 6, default: [],
  }),
}, { help: { en: 'Messages on air.', zh: '空口消息。' } });
