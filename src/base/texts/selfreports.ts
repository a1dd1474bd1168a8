import { defineTexts } from '../text.ts';

/** The driver of received messages. */
export const selfReportTitles = defineTexts({
  rsuReceive: {
    en: 'Self-reports that a roadside unit receives (BSM, PSM, VIR) on UDP or MQTT',
    zh: '路侧单元接收的自报消息（BSM、PSM、VIR，UDP 或 MQTT）',
  },
});

/** Counters of received messages. */
export const rsuReceiveCounters = defineTexts({
  carrier_form: { en: 'Datagrams with a wrong carrier header', zh: '承载头错误的数据报' },
  message_oversize: { en: 'Datagrams longer than any message', zh: '超过消息最大长度的数据报' },
  message_unreadable: { en: 'Received octets that are no message', zh: '无法解码的接收数据' },
  message_other: {
    en: 'Received messages that nobody says of itself; normal where a unit hands on all',
    zh: '非自报类消息；单元全部转发时属正常',
  },
  report_without_place: { en: 'Self-reports without a place', zh: '未给出位置的自报' },
  report_clock_unknown: {
    en: 'Self-reports that came while our own UTC was not known well enough to judge their age',
    zh: '本机 UTC 不准而无法判断时效的自报',
  },
  report_stamp_unknown: { en: 'Self-reports without a time', zh: '未给出时刻的自报' },
  report_future: {
    en: 'Self-reports from more than 220 ms ahead: the clock of the sender or ours is off',
    zh: '超前 220 毫秒以上的自报：发送方或本机时钟有误',
  },
  report_old: { en: 'Self-reports older than 2 s', zh: '超过 2 秒的自报' },
  report_too_late: {
    en: 'Self-reports that are sound, but older than fusion takes',
    zh: '有效但迟于融合可接受时间的自报',
  },
  report_twice: {
    en: 'Self-reports heard before, as through a second unit; normal where areas overlap',
    zh: '已收到过的自报（如经另一单元）；覆盖重叠时属正常',
  },
  report_outside: { en: 'Self-reports from outside the area', zh: '区域之外的自报' },
  report_speed: { en: 'Self-reports faster than their kind can be', zh: '速度超出其类别可能的自报' },
  report_jump: {
    en: 'Self-reports whose places and speeds do not agree', zh: '位置与速度不一致的自报',
  },
  report_heading: {
    en: 'Self-reports that move elsewhere than they say they head', zh: '运动方向与航向不一致的自报',
  },
  report_order: { en: 'Self-reports not newer than the one before', zh: '不比前一条更新的自报' },
  report_unproven: {
    en: 'First self-reports of a sender: used from the second on that agrees',
    zh: '发送方的首条自报：自第二条一致起才采用',
  },
  sender_overflow: { en: 'Self-reports of more senders than are followed', zh: '超过跟踪数量的发送方的自报' },
  report_overflow: { en: 'Self-reports over the limit of one turn', zh: '超过单轮上限的自报' },
});

/** Help of the settings. */
export const rsuReceiveHelp = defineTexts({
  carrier: {
    en: 'Whether messages come as they are, behind the 18-octet header, or several at once as '
      + 'V2X.RSU.BSM.UP of T/ITS 0117.',
    zh: '消息为裸 UPER、带 18 字节承载头，或按 T/ITS 0117 的 V2X.RSU.BSM.UP 一次多条。',
  },
  futureMaxMs: { en: 'How far ahead of our clock a report may be.', zh: '允许超前本机时钟的时间。' },
  ageMaxMs: { en: 'Oldest report that counts as one.', zh: '有效自报的最大时龄。' },
  useMaxMs: {
    en: 'Oldest report that is handed to fusion; not more than the site’s rewindMs.',
    zh: '交给融合的最大时龄；不大于站点 rewindMs。',
  },
  sigmaUnknownM: {
    en: 'Deviation of a place whose sender does not say it.', zh: '发送方未给出精度时假定的位置偏差。',
  },
  sigmaMinM: {
    en: 'No sender is believed to know its place better than this.', zh: '认可的最小位置偏差。',
  },
  simulatedShare: {
    en: 'Simulator only: share of the road users that report themselves.',
    zh: '仅用于仿真：自报参与者的比例。',
  },
});
