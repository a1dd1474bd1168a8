import { defineTexts } from '../text.ts';

/**
 * What counters of stages, ends and processes mean. One that is counted by kind of message carries
 * the kind behind (`rsu_late_RSM`); the key is the part before. Drivers declare their own.
 */
export const counterTexts = defineTexts({
  child_absent: {
    en: 'Messages to the perception process while it was away',
    zh: '感知进程不在时发往它的消息',
  },
  child_backlog: {
    en: 'Messages that the perception process was too slow to read',
    zh: '感知进程来不及读取的消息',
  },
  child_flood: {
    en: 'Times that the perception process said too much and was started anew',
    zh: '感知进程消息过多而被重新启动的次数',
  },
  child_silent: {
    en: 'Times that the perception process was silent and started anew',
    zh: '感知进程无响应而被重新启动的次数',
  },
  child_unclear: {
    en: 'Messages of the perception process that are none',
    zh: '感知进程发来的无效消息',
  },
  parent_unreached: {
    en: 'Messages that did not reach the signal process',
    zh: '未能送达信号进程的消息',
  },
  main_backlog: {
    en: 'Pictures and reports that the web and city thread was too busy for',
    zh: '网页与云端线程繁忙而未接收的画面与报告',
  },
  recording_backlog: {
    en: 'Received messages that the recorder was too busy for: recording and black box lack them',
    zh: '录制器繁忙而未记录的接收消息：录制与黑匣子中缺少这些消息',
  },
  black_box_over_budget: {
    en: 'Incidents whose black box was not written: 1 GB a day was',
    zh: '因当日已写满 1 GB 而未写出黑匣子的事件数',
  },
  report_overflow: {
    en: 'Sent messages that the perception process was not told of',
    zh: '未能告知感知进程的已发消息',
  },
  handover_overflow: {
    en: 'Lamp states that perception did not take in time',
    zh: '感知未及时取走的灯态',
  },
  tap_overflow: {
    en: 'Inputs that no recording holds: too many at once',
    zh: '一次过多而未进入录制的输入',
  },
  offer_refused: {
    en: 'Messages that perception may not send',
    zh: '感知无权发送的消息',
  },
  gate_refused: { en: 'Messages that the gate refused', zh: '被信号闸门拒绝的消息' },
  driver_failed: { en: 'Failures inside a driver', zh: '驱动内部错误' },
  report_late: {
    en: 'Controller reports older than one before them',
    zh: '比前一条更旧的信号机报告',
  },
  unknown_controller: {
    en: 'Reports of a controller that no node names',
    zh: '没有节点引用的信号机的报告',
  },
  two_sources: {
    en: 'Times that two senders spoke as one controller',
    zh: '两个发送方以同一信号机身份发送的次数',
  },
  lamps_against_traffic: {
    en: 'Times that traffic did otherwise than the lamps of a movement are said to show',
    zh: '交通行为与所报灯色不符而告警的次数（按转向或人行横道）',
  },
  event_overflow: { en: 'Events over the most that are open at once', zh: '超过同时存在上限的事件' },
  event_watch_overflow: {
    en: 'Road users that no event detector could watch: too many',
    zh: '过多而无法被事件检测跟踪的交通参与者',
  },
  statistics_clock_stepped: {
    en: 'Statistic intervals in which the clock was stepped',
    zh: '期间时钟发生跳变的统计周期',
  },
  map_line_coarse: {
    en: 'Lines that MAP draws coarser than wanted',
    zh: 'MAP 中精度低于要求的线',
  },
  map_list_cut: { en: 'Entries that MAP has no room for', zh: 'MAP 容纳不下的条目' },
  map_variant_switched: {
    en: 'Changes of a MAP to another variant, by hour, plan or lane lamp',
    zh: 'MAP 因时段、方案或车道灯切换变体的次数',
  },
  map_variant_unknown: {
    en: 'Maps sent as if no calendar, plan or lane lamp held: the state was not foreseen',
    zh: '状态未预见，按无时段、方案与车道灯条件发送的 MAP',
  },
  map_variants_cut: {
    en: 'Nodes with more MAP variants than are worked out ahead',
    zh: 'MAP 变体超出预先计算上限的节点',
  },
  map_over_size: { en: 'Nodes whose MAP is over the size limit', zh: 'MAP 超过长度上限的节点' },
  rsi_without_map: {
    en: 'RSI that was held back: no MAP of its node had left lately',
    zh: '因该节点近期未发送 MAP 而未发送的 RSI',
  },
  rsi_id_exhausted: { en: 'Events without a free number in RSI', zh: 'RSI 无空闲编号的事件' },
  rsi_over_life: { en: 'Events over the longest life in RSI', zh: '超过 RSI 最长有效期的事件' },
  rsm_id_not_sent: {
    en: 'Road users not told of: more than ids on air, the riskiest and nearest have them',
    zh: '未发送的参与者：多于空口编号，编号分配给风险最高与最近者',
  },
  rsm_jumped: {
    en: 'Road users that were elsewhere, or faster, than they can be: left out once, then under a new id',
    zh: '位置或速度突变的参与者：略过一轮后以新编号发送',
  },
  rsm_outside_policy: {
    en: 'Road users outside the area that the site sets for RSM',
    zh: '站点所设 RSM 区域之外的参与者',
  },
  rsm_cut: {
    en: 'Road users left out of a round of RSM: the budget of the unit had no room',
    zh: '因单元预算不足而未进入本轮 RSM 的参与者',
  },
  rsm_id_exhausted: {
    en: 'Road users without a free number in RSM',
    zh: 'RSM 无空闲编号的交通参与者',
  },
  rsu_late: { en: 'Messages that came too late for a roadside unit', zh: '送往 RSU 时已过期的消息' },
  rsu_over_spread: {
    en: 'Messages of a round that the unit’s minimum gap left no time for',
    zh: '因单元最小间隔而来不及在本轮发出的消息',
  },
  rsu_over_budget: {
    en: 'Messages over what a roadside unit takes in a second',
    zh: '超过 RSU 每秒容量的消息',
  },
  rsu_queue_full: {
    en: 'Messages that had no place in the queue of a roadside unit',
    zh: 'RSU 队列已满而丢弃的消息',
  },
  rsu_absent: {
    en: 'Messages for a roadside unit whose thread was away',
    zh: '线程不在时发往 RSU 的消息',
  },
  rsu_replaced: {
    en: 'Messages for a slow roadside unit that a newer one overtook',
    zh: '被更新消息取代的慢速 RSU 消息',
  },
  rsu_form_failed: {
    en: 'Messages that could not be written in the form of a roadside unit',
    zh: '无法写成 RSU 格式的消息',
  },
  rsu_form_without: {
    en: 'Messages that the form of a roadside unit has no words for',
    zh: 'RSU 格式无法表示的消息',
  },
  rsu_read_back: {
    en: 'Messages for a roadside unit that read differently from what passed the gate',
    zh: '回读结果与闸门放行内容不一致的 RSU 消息',
  },
  rsu_shortened: {
    en: 'SPAT that went to a roadside unit without its times: the count-down was old',
    zh: '倒计时过旧而不带时间发往 RSU 的 SPAT',
  },
  rsu_ack_refused: {
    en: 'Messages that a roadside unit said it does not take',
    zh: '被 RSU 拒绝的消息',
  },
  rsu_ack_missing: {
    en: 'Messages that a roadside unit did not acknowledge',
    zh: 'RSU 未应答的消息',
  },
  rsu_ack_unclear: {
    en: 'Acknowledgements of a roadside unit that answer nothing',
    zh: '与任何消息都不对应的 RSU 应答',
  },
  rsu_send_failed: {
    en: 'Messages to a roadside unit that the system refused',
    zh: '系统拒绝发往 RSU 的消息',
  },
  cloud_encoding_failed: {
    en: 'Messages to the city that protobuf cannot hold',
    zh: 'protobuf 无法表示的城市平台消息',
  },
  cloud_live_overflow: {
    en: 'Live messages to the city that had no place',
    zh: '缓存已满而丢弃的城市平台实时消息',
  },
  cloud_live_replaced: {
    en: 'Live messages to the city that a newer one replaced',
    zh: '被更新消息取代的城市平台实时消息',
  },
  cloud_member_unknown: {
    en: 'Members of city messages that protobuf has no place for',
    zh: 'protobuf 中没有对应字段的成员',
  },
  cloud_record_failed: {
    en: 'Records that the city did not confirm; they are sent again',
    zh: '城市平台未确认的记录；将重新发送',
  },
  store_failed: { en: 'Tries of the store that failed', zh: '存储失败的次数' },
  store_shed_traffic: {
    en: 'Traffic records given up because the store is full',
    zh: '存储已满而放弃的交通记录',
  },
  store_shed_event: {
    en: 'Event records given up because the store is full',
    zh: '存储已满而放弃的事件记录',
  },
  store_shed_status: {
    en: 'Status records given up because the store is full',
    zh: '存储已满而放弃的状态记录',
  },
  store_shed_alarm: {
    en: 'Alarms given up because the store is full',
    zh: '存储已满而放弃的告警记录',
  },
  store_shed_audit: {
    en: 'Audit records given up because the store is full',
    zh: '存储已满而放弃的审计记录',
  },
  store_waiting_overflow: {
    en: 'Records lost while the store did not answer',
    zh: '存储无响应期间丢失的记录',
  },
});
