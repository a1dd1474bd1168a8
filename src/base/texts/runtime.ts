import { defineTexts } from '../text.ts';

/** Every counter that a port may use, with what it means. */
export const portTexts = defineTexts({
  message_unheard: {
    en: 'Messages that came before anybody listened',
    zh: '尚无接收者时到达的报文',
  },
  handler_failed: {
    en: 'Messages at which a driver failed; that driver was stopped',
    zh: '导致驱动出错的报文；该驱动已停止',
  },
  send_closed: { en: 'Messages not sent, the port was not open', zh: '端口未打开，未发送的报文' },
  send_overflow: {
    en: 'Messages not sent, too many octets were waiting',
    zh: '待发送字节过多，未发送的报文',
  },
  send_failed: { en: 'Messages that the system refused to send', zh: '系统拒绝发送的报文' },
  udp_source_refused: {
    en: 'Datagrams of a source that is not on the allow-list',
    zh: '来源不在允许列表中的数据报',
  },
  udp_oversize: { en: 'Datagrams over the size limit', zh: '超过长度上限的数据报' },
  udp_flood: {
    en: 'Datagrams over the rate that one source may send',
    zh: '超过单一来源速率上限的数据报',
  },
  udp_no_destination: {
    en: 'Datagrams not sent, no remote address is set',
    zh: '未设置远端地址，未发送的数据报',
  },
  tcp_source_refused: {
    en: 'Connections of a source that is not on the allow-list',
    zh: '来源不在允许列表中的连接',
  },
  tcp_second_peer: {
    en: 'Connections refused because a peer was already there',
    zh: '已有对端，被拒绝的连接',
  },
  tcp_peer_left: { en: 'Peers that closed their connection', zh: '主动断开的对端' },
  slcan_line_too_long: { en: 'SLCAN lines over the longest frame', zh: '超过最长帧的 SLCAN 行' },
  slcan_malformed: { en: 'SLCAN lines that are no frame', zh: '无法解析的 SLCAN 行' },
  slcan_unknown: { en: 'SLCAN lines of an unknown kind', zh: '类型未知的 SLCAN 行' },
  slcan_refused: { en: 'Commands that the SLCAN adapter refused', zh: 'SLCAN 适配器拒绝的命令' },
  can_error_frame: { en: 'Error frames of the CAN bus', zh: 'CAN 总线错误帧' },
  can_frame_invalid: { en: 'CAN frames that cannot be sent', zh: '无法发送的 CAN 帧' },
  mqtt_oversize: { en: 'MQTT messages over the size limit', zh: '超过长度上限的 MQTT 报文' },
  file_restarted: { en: 'Files that were replaced or cut while read', zh: '读取时被替换或截短的文件' },
});
export type PortDrop = keyof typeof portTexts;

/** Every counter of reading and writing recordings, with what it means. */
export const recordingTexts = defineTexts({
  recording_overrun: {
    en: 'Records dropped because the disk could not follow',
    zh: '磁盘跟不上而丢弃的记录',
  },
  recording_stopped: {
    en: 'Records after the recording had stopped',
    zh: '录制停止之后的记录',
  },
  recording_port_unknown: {
    en: 'Records of a port that the manifest does not name',
    zh: '清单中未列出的端口的记录',
  },
  recording_source_unknown: {
    en: 'Datagrams recorded without a source address',
    zh: '录制时缺少来源地址的数据报',
  },
  recording_truncated: {
    en: 'Half-written records at the end of a file',
    zh: '文件末尾未写完的记录',
  },
  line_malformed: { en: 'Lines that cannot be read', zh: '无法读取的行' },
  line_too_long: { en: 'Lines over the length limit', zh: '超过长度上限的行' },
  stamp_backwards: {
    en: 'Records older than the one before them in the same file',
    zh: '比同一文件中前一条更早的记录',
  },
  can_error_frame: { en: 'Error frames of the CAN bus', zh: 'CAN 总线错误帧' },
  can_other_interface: { en: 'Frames of another CAN interface', zh: '其他 CAN 接口的帧' },
  pcap_malformed: { en: 'Files cut short by a broken record', zh: '因记录损坏而中止读取的文件' },
  pcap_no_stamp: { en: 'Packets without a time stamp', zh: '没有时间戳的数据包' },
  pcap_snapped: { en: 'Packets that were stored only in part', zh: '未完整保存的数据包' },
  packet_other: { en: 'Packets that no port is interested in', zh: '与任何端口无关的数据包' },
  packet_malformed: { en: 'Packets with broken headers', zh: '报头损坏的数据包' },
  fragment_lost: { en: 'Datagrams with a missing fragment', zh: '缺少分片的数据报' },
  tcp_gap: { en: 'Missing stretches of a TCP stream', zh: 'TCP 流中缺失的片段' },
  tcp_repeated: { en: 'TCP segments that came twice', zh: '重复的 TCP 报文段' },
  ring_evicted: { en: 'Stretches that left the black box early', zh: '提前移出黑匣子的片段' },
  ring_segment_lost: { en: 'Stretches that the black box had no room for', zh: '黑匣子无空间存放的片段' },
});
export type RecordingDrop = keyof typeof recordingTexts;

/** Next steps of the faults of ports, recordings and child processes. */
export const runtimeTexts = defineTexts({
  ...portTexts,
  ...recordingTexts,
});
