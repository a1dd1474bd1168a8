import { defineTexts } from '../text.ts';

/** What ports expect of the outside world, what they got, and the next step. */
export const portFaultTexts = defineTexts({
  silent: { en: 'nothing within {ms} ms', zh: '{ms} ms 内没有响应' },
  retried: {
    en: 'It is tried again by itself; check the device and the cable.',
    zh: '将自动重试；请检查设备与接线。',
  },
  supervisor_closed: { en: 'a closed supervisor', zh: '端口管理已关闭' },
  port_unknown: {
    en: 'Add the port to site.json, or correct its name.',
    zh: '请在 site.json 中添加该端口，或改正其名称。',
  },
  closed_early: { en: 'close', zh: '打开前即被关闭' },
  interface_address: {
    en: 'interface {interface} with an address',
    zh: '接口 {interface} 且已配置地址',
  },
  interface_missing: {
    en: 'no such interface (with an address: {known})',
    zh: '没有该接口（已有地址的接口：{known}）',
  },
  interface_missing_next: {
    en: 'Check the name, and give it an address: ip addr add … dev {interface}.',
    zh: '请检查名称，并为其配置地址：ip addr add … dev {interface}。',
  },
  host_on_interface: { en: '{host} on interface {interface}', zh: '接口 {interface} 上的 {host}' },
  family_missing: { en: 'no {family} address', zh: '没有 {family} 地址' },
  host_on_interface_next: {
    en: 'Correct the address or the interface of the port.',
    zh: '请改正该端口的地址或接口。',
  },
  check_address: { en: 'Check the address of the port.', zh: '请检查该端口的地址。' },
  check_interface: { en: 'Check the interface of the port.', zh: '请检查该端口的接口。' },
  check_free: {
    en: 'Check that {address} is free and local.',
    zh: '请确认 {address} 空闲且属于本机。',
  },
  check_buffers: {
    en: 'Check the limits of the system for socket buffers.',
    zh: '请检查系统的套接字缓冲区上限。',
  },
  check_device: {
    en: 'Check that the device listens on {address}.',
    zh: '请确认设备正在监听 {address}。',
  },
  check_adapter: {
    en: 'Check that the adapter listens on {address}.',
    zh: '请确认适配器正在监听 {address}。',
  },
  connect_silent: { en: 'no answer within {ms} ms', zh: '{ms} ms 内没有应答' },
  peer_closed: { en: 'the peer closed the connection', zh: '对端关闭了连接' },
  broker: { en: 'a broker', zh: '消息代理应答' },
  check_broker: { en: 'Check that a broker answers at {url}.', zh: '请确认 {url} 处的消息代理在运行。' },
  broker_closed: { en: 'the broker closed the connection', zh: '消息代理关闭了连接' },
  topics_refused: { en: 'topics refused: {topics}', zh: '主题被拒绝：{topics}' },
  file: { en: 'file {path}', zh: '文件 {path}' },
  check_file: {
    en: 'Check that {path} is a file that this user may read.',
    zh: '请确认 {path} 是当前用户可读的文件。',
  },
  can_interface: { en: 'CAN interface {name}', zh: 'CAN 接口 {name}' },
  can_stopped: { en: 'the interface stopped', zh: '接口已停用' },
  can_stopped_next: {
    en: 'Check the interface: ip link show {name}.',
    zh: '请检查接口：ip link show {name}。',
  },
  can_set_up: {
    en: 'Set up the interface: ip link set {name} up type can bitrate 500000.',
    zh: '请启用接口：ip link set {name} up type can bitrate 500000。',
  },
  can_bitrate: { en: 'a bit rate of {rates}', zh: '比特率为 {rates} 之一' },
  can_bitrate_next: { en: 'Set one of these bit rates.', zh: '请设为其中一种比特率。' },
  check_serial: {
    en: 'Check that {path} is there (ls -l {path}), is free, and that this user is in group '
      + 'dialout.',
    zh: '请确认 {path} 存在（ls -l {path}）且未被占用，并且当前用户在 dialout 组中。',
  },
  holder_ended: {
    en: 'the process that holds the line ended ({reason})',
    zh: '持有该串口的进程已结束（{reason}）',
  },
  device_gone: { en: 'the device went away', zh: '设备已断开' },
  rsu_interface: {
    en: 'an {family} address on interface {interface}',
    zh: '接口 {interface} 上有 {family} 地址',
  },
  rsu_interface_next: {
    en: 'Name another interface in site.json rsus[], or bring this one up.',
    zh: '请在 site.json rsus[] 中改用其他接口，或启用该接口。',
  },
});
