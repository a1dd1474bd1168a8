import { defineTexts } from '../text.ts';

/** Titles, counters and settings help of the signal controller drivers and the signals stage. */
export const signalTexts = defineTexts({
  tscbmTitle: {
    en: 'Controller broadcast TSCBM over UDP (Econolite ASC/3 and compatibles)',
    zh: '信号机 TSCBM 广播，UDP（Econolite ASC/3 及兼容机型）',
  },
  gbt20999Title: {
    en: 'GB/T 20999-2017 signal controller over UDP, TCP or serial',
    zh: 'GB/T 20999-2017 信号控制机（UDP、TCP 或串口）',
  },

  // Counters that both drivers share.
  wrongLength: {
    en: 'Dropped: the length is none that the protocol knows.',
    zh: '丢弃：长度不符合协议。',
  },
  twoSources: {
    en: 'Dropped: a second sender spoke for this controller; its node is unavailable.',
    zh: '丢弃：有第二个来源冒充该信号机发送数据；其节点转为不可用。',
  },
  unexpectedSource: {
    en: 'Dropped: the sender is not the one that the site expects.',
    zh: '丢弃：发送方不是站点配置所期望的来源。',
  },
  sourceChanged: {
    en: 'The controller went on from another address after a silence.',
    zh: '信号机静默后改从另一地址发送。',
  },

  // TSCBM.
  wrongLead: { en: 'Dropped: the first octet is not CD.', zh: '丢弃：首字节不是 CD。' },
  wrongBlock: {
    en: 'Dropped: not sixteen blocks numbered 1 to 16.',
    zh: '丢弃：不是编号 1 至 16 的十六个数据块。',
  },
  inconsistentColours: {
    en: 'Dropped: a lamp group in use shows two colours at once.',
    zh: '丢弃：在用灯组同时显示两种灯色。',
  },
  sequenceRepeated: {
    en: 'Dropped: the same packet came again, so it is no fresher than before.',
    zh: '丢弃：收到重复的数据包，不算新数据。',
  },
  sequenceBackward: {
    en: 'A packet with an older sequence number came; dropped unless after a silence.',
    zh: '收到序号倒退的数据包；除非在静默之后，否则丢弃。',
  },
  sequenceGap: {
    en: 'Packets are missing between two sequence numbers.',
    zh: '两个序号之间有数据包缺失。',
  },
  unusedMoving: {
    en: 'A phase or overlap that the site does not use shows something else than red or dark.',
    zh: '站点未使用的相位或跟随相位显示了红灯、灭灯以外的状态。',
  },
  discontinuous: {
    en: 'The controller announced a jump of its timing.',
    zh: '信号机声明其配时发生跳变。',
  },
  phasesHelp: {
    en: 'Phases in use (1 to 16): lamp groups phase:1 and so on.',
    zh: '在用的相位（1 至 16），对应灯组 phase:1 等。',
  },
  overlapsHelp: {
    en: 'Overlaps in use (1 to 16): lamp groups overlap:1 and so on.',
    zh: '在用的跟随相位（1 至 16），对应灯组 overlap:1 等。',
  },
  pedestriansHelp: {
    en: 'Phases whose pedestrian lamps are in use: lamp groups pedestrian:2 and so on.',
    zh: '行人灯在用的相位，对应灯组 pedestrian:2 等。',
  },
  expectedSourceHelp: {
    en: 'Address, or address:port, of the controller; empty for any that the port allows.',
    zh: '信号机的地址或“地址:端口”；留空则接受端口允许的任一来源。',
  },
  sourceByHelp: {
    en: 'Whether a new UDP source port of one address is another source.',
    zh: '同一地址的不同 UDP 源端口是否视为不同来源。',
  },
  latencyHelp: {
    en: 'From the lamp to the first octet of the packet; added to the age.',
    zh: '从灯色变化到数据包首字节的延迟；计入数据龄期。',
  },

  // GB/T 20999.
  noise: { en: 'Octets outside any frame.', zh: '帧外的字节数。' },
  crc: { en: 'Dropped: the check sum is wrong.', zh: '丢弃：校验错误。' },
  escape: {
    en: 'Dropped: an octet was escaped that never is.',
    zh: '丢弃：转义了不应转义的字节。',
  },
  frameCut: {
    en: 'Dropped: a new frame began before the last one ended.',
    zh: '丢弃：上一帧未结束就开始了新帧。',
  },
  tooLong: {
    en: 'Dropped: no end within the longest frame.',
    zh: '丢弃：超过最大帧长仍无帧尾。',
  },
  items: {
    en: 'Dropped: the items do not fill the frame, or are not numbered from 1.',
    zh: '丢弃：数据项与帧长不符，或编号不是从 1 开始。',
  },
  unknownObject: {
    en: 'An item that was not asked for or has an unknown class and object; passed over.',
    zh: '未查询或类别、对象未知的数据项；已跳过。',
  },
  itemLength: {
    en: 'An item whose value has an impossible length; passed over.',
    zh: '数据项的值长度不合理；已跳过。',
  },
  unknownLampState: {
    en: 'A lamp state that the protocol does not know; shown as unknown.',
    zh: '协议中没有的灯色值；按未知处理。',
  },
  groupCount: {
    en: 'Dropped: lamp states for another number of groups than the controller has.',
    zh: '丢弃：灯色数目与信号机灯组数不一致。',
  },
  duplicateGroup: {
    en: 'Dropped: one lamp group twice in a frame.',
    zh: '丢弃：同一帧中灯组重复。',
  },
  partialBeforeFull: {
    en: 'Dropped: some lamp states before a first complete answer.',
    zh: '丢弃：在首次完整应答之前收到部分灯色。',
  },
  partialOverflow: {
    en: 'Dropped: too many partial reports since the last complete answer.',
    zh: '丢弃：自上次完整应答以来部分上报过多。',
  },
  otherController: {
    en: 'Dropped: the frame names another controller or intersection.',
    zh: '丢弃：帧中的信号机或路口编号不符。',
  },
  unexpectedType: {
    en: 'Dropped: a frame type that a controller does not send to us.',
    zh: '丢弃：信号机不应向本机发送的帧类型。',
  },
  activeIgnored: {
    en: 'Dropped: an active report, which the settings ignore.',
    zh: '丢弃：主动上报，设置为忽略。',
  },
  queryTimeout: {
    en: 'A question for lamp states was not answered in time.',
    zh: '灯色查询未按时得到应答。',
  },
  queryRepeated: {
    en: 'A question for lamp states was repeated because its answer was late or lost.',
    zh: '灯色查询因应答迟到或丢失而重发。',
  },
  sendRefused: {
    en: 'A question could not be sent: the port is closed or busy.',
    zh: '查询未能发送：端口关闭或忙。',
  },
  countdownFrozenAtController: {
    en: 'The remaining time of a stage stood still; its lamps go on without timing.',
    zh: '阶段剩余时间停止不动；灯色继续，配时按未知处理。',
  },
  errorBadValue: { en: 'Error answer 10: bad value.', zh: '错误应答 10：值错误。' },
  errorWrongLength: { en: 'Error answer 11: wrong length.', zh: '错误应答 11：长度错误。' },
  errorOverflow: { en: 'Error answer 12: overflow.', zh: '错误应答 12：溢出。' },
  errorReadOnly: { en: 'Error answer 20: read only.', zh: '错误应答 20：只读。' },
  errorNoObject: { en: 'Error answer 30: no such object.', zh: '错误应答 30：对象不存在。' },
  errorGeneral: { en: 'Error answer 40: general.', zh: '错误应答 40：一般错误。' },
  errorControl: { en: 'Error answer 50: control failed.', zh: '错误应答 50：控制失败。' },
  errorUnknown: { en: 'Error answer of an unknown kind.', zh: '未知类型的错误应答。' },

  versionHelp: {
    en: 'Protocol version in each frame (256 = 1.0).',
    zh: '每帧中的协议版本（256 = 1.0）。',
  },
  upperComputerHelp: {
    en: 'Number of this box as the upper computer (?).',
    zh: '本机作为上位机的编号（?）。',
  },
  controllerHelp: { en: 'Number of the controller.', zh: '信号机编号。' },
  intersectionHelp: { en: 'Number of the intersection.', zh: '路口编号。' },
  queryPeriodHelp: {
    en: 'How often lamp states are asked for; 200 ms is 5 Hz.',
    zh: '灯色查询周期；200 ms 即 5 Hz。',
  },
  queryTimeoutHelp: {
    en: 'How long one answer is waited for before asking anew.',
    zh: '等待应答多久后重新查询。',
  },
  lampQueryHelp: {
    en: 'Lamp states by one item for all groups (element 0), or one item a group (?).',
    zh: '灯色查询用一个数据项查全部灯组（元素 0），或每灯组一个数据项（?）。',
  },
  heartbeatPeriodHelp: {
    en: 'How often the box sends a heartbeat query (?); not documented publicly.',
    zh: '本机发送心跳查询的周期（?）；无公开文档。',
  },
  heartbeatDirectionHelp: {
    en: 'Who asks for heartbeats (?); not documented publicly.',
    zh: '心跳由谁查询（?）；无公开文档。',
  },
  activeReportsHelp: {
    en: 'Whether lamp states in active reports are used (?); their contents are not documented.',
    zh: '是否使用主动上报中的灯色（?）；其内容无公开文档。',
  },
  stageGroupsHelp: {
    en: 'Lamp groups whose green ends with each stage: "1" or {lampGroup, beforeEndMs, '
      + 'flashingMs}. Without it there are colours only.',
    zh: '绿灯随各阶段结束的灯组："1" 或 {lampGroup, beforeEndMs, flashingMs}。'
      + '不填则只有灯色、没有倒计时。',
  },
  transitionHelp: {
    en: 'How much of a stage’s remaining time is yellow and all red (?), where stageGroups does '
      + 'not say it.',
    zh: '阶段剩余时间中黄灯和全红所占的时间（?），用于 stageGroups 未写明之处。',
  },
  forecastConfidenceHelp: {
    en: 'Probability that the forecast end is right to a second, in fixed-time modes (?).',
    zh: '定周期模式下预测结束时刻误差在一秒内的概率（?）。',
  },
  simulateActiveHelp: {
    en: 'Whether the simulated controller reports unasked.',
    zh: '模拟信号机是否主动上报。',
  },
});
