import { defineTexts } from '../text.ts';

/** What `lukou demo` says. */
export const demoTexts = defineTexts({
  starting: {
    en: 'Starting "{site}" with simulated devices: {users} road users, seed {seed}.',
    zh: '正在以模拟设备启动“{site}”：{users} 个交通参与者，种子 {seed}。',
  },
  broker: { en: 'City broker (MQTT 3.1.1, embedded): {url}', zh: '城市侧消息代理（内嵌 MQTT 3.1.1）：{url}' },
  unit: { en: 'Roadside unit "{id}" listens on udp {host}:{port}', zh: '路侧单元“{id}”监听 udp {host}:{port}' },
  devices: {
    en: 'Simulated on loopback, in their own protocols: sensors {sensors}, signal controllers {controllers}.',
    zh: '{sensors} 个传感器和 {controllers} 台信号机正在回环地址上以各自协议通信。',
  },
  daemon: { en: 'Daemon: pid {pid}, data in {folder}', zh: '守护进程：pid {pid}，数据目录 {folder}' },
  web: { en: 'Look at the junction:  {url}', zh: '查看路口：  {url}' },
  more: {
    en: 'In another terminal:   npx lukou status --data {folder}   (or top, gate, record)',
    zh: '另开终端：   npx lukou status --data {folder}   （或 top、gate、record）',
  },
  first: {
    en: 'First {type} at the unit {seconds} s after the start.',
    zh: '启动后 {seconds} 秒收到首条 {type}。',
  },
  line: {
    en: '{seconds} s  {tracks} road users  SPAT {SPAT}  MAP {MAP}  RSM {RSM}  RSI {RSI}  city {city}  gate {gate}',
    zh: '{seconds} 秒  {tracks} 个目标  SPAT {SPAT}  MAP {MAP}  RSM {RSM}  RSI {RSI}  上云 {city}  门控 {gate}',
  },
  stop: { en: 'Stop with Ctrl+C.', zh: '按 Ctrl+C 停止。' },
  died: {
    en: 'The daemon ended by itself ({code}); its log is above.',
    zh: '守护进程自行退出（{code}），日志见上。',
  },
  mode_expected: {
    en: 'a site in mode demo or bench (rule R25)',
    zh: '模式为 demo 或 bench 的站点（规则 R25）',
  },
  mode_got: { en: 'mode live', zh: '模式 live' },
  mode_next: {
    en: 'Use `npm start -- --site <folder>` for a real junction.',
    zh: '真实路口请使用 `npm start -- --site <目录>`。',
  },
  portBusy: {
    en: 'Port {port} is taken: does another demo run? Stop it, or wait a little.',
    zh: '端口 {port} 已被占用：是否有另一个演示在运行？请先停止它，或稍候再试。',
  },
});
