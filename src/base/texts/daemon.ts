import { defineTexts } from '../text.ts';

/** What the daemon, its control socket and simulated devices refuse, and the next step. */
export const daemonFaultTexts = defineTexts({
  site_sound: { en: 'a site without problems', zh: '没有问题的站点' },
  site_problems: { en: 'problems: {count}', zh: '问题 {count} 个' },
  site_mend: {
    en: 'Mend them and run `lukou check` again.',
    zh: '请修正后再运行 `lukou check`。',
  },
  site_mend_in: {
    en: 'Mend them and run `lukou check {site}` again.',
    zh: '请修正后再运行 `lukou check {site}`。',
  },
  folder: { en: 'a private folder of ours', zh: '守护进程专用的目录' },
  folder_other: { en: 'something else', zh: '不是目录' },
  folder_other_next: {
    en: 'Move it away or name another dataFolder.',
    zh: '请将其移开，或另设 dataFolder。',
  },
  folder_owner: { en: 'owner {owner}', zh: '属主 {owner}' },
  folder_owner_next: {
    en: 'Give the folder to the user that runs the daemon (chown).',
    zh: '请用 chown 将目录交给运行守护进程的用户。',
  },
  socket: { en: 'a socket of ours or nothing', zh: '守护进程的套接字，或不存在' },
  socket_other: { en: 'a file or a link', zh: '文件或链接' },
  socket_other_next: { en: 'Look who made it, then remove it.', zh: '请查明来源后将其删除。' },
  one_daemon: { en: 'one daemon a site', zh: '每个站点一个守护进程' },
  one_daemon_got: { en: 'an answer on {path}', zh: '{path} 上已有应答' },
  one_daemon_next: {
    en: 'Stop the other one first: the file pid beside it holds its process number.',
    zh: '请先停止另一个：同一目录下的文件 pid 记有其进程号。',
  },
  verb: { en: 'verb', zh: '请求' },
  verb_next: {
    en: 'Is the CLI of the same version as the daemon?',
    zh: '请确认命令行与守护进程版本相同。',
  },
  line: { en: 'a JSON line of at most {max} characters', zh: '不超过 {max} 个字符的 JSON 行' },
  line_long: { en: 'line is too long', zh: '行过长' },
  questions: { en: 'at most {max} questions at once', zh: '同时最多 {max} 个请求' },
  questions_more: { en: 'one more', zh: '更多请求' },
  questions_next: { en: 'Wait for the answers, then ask again.', zh: '请等待应答后再次请求。' },
  token: { en: 'the token of this daemon', zh: '该守护进程的令牌' },
  token_other: { en: 'another', zh: '其他令牌' },
  token_next: {
    en: 'Run the command as a user who may read the file `token` in the data folder.',
    zh: '请以可读取数据目录中 `token` 文件的用户运行该命令。',
  },
  running: { en: 'a running daemon', zh: '运行中的守护进程' },
  running_next: {
    en: 'Start it with `npm start -- --site <folder>`, or name its folder with --data.',
    zh: '请用 `npm start -- --site <目录>` 启动，或用 --data 指定其目录。',
  },
  answer: { en: 'an answer', zh: '得到应答' },
  answer_closed: { en: 'a closed connection', zh: '连接被关闭' },
  answer_next: { en: 'Look at the log of the daemon.', zh: '请查看守护进程的日志。' },
  recording_running: { en: 'a running recording', zh: '正在进行的录制' },
  recording_start: {
    en: 'Start one with `lukou record <folder>`.',
    zh: '可用 `lukou record <目录>` 开始录制。',
  },
  recording_none: { en: 'no running recording', zh: '没有正在进行的录制' },
  recording_stop: {
    en: 'Stop it with `lukou record --stop`.',
    zh: '可用 `lukou record --stop` 停止录制。',
  },
  recording_path: { en: 'a path', zh: '路径' },
  recording_path_next: {
    en: 'Name the folder that shall hold the recording.',
    zh: '请给出存放录制的目录。',
  },
  recording_place: { en: 'a folder without a recording', zh: '不含录制的目录' },
  recording_place_full: { en: 'one that holds a recording already', zh: '已含有录制的目录' },
  recording_place_next: {
    en: 'Name another folder, or move that one away.',
    zh: '请换一个目录，或将其移开。',
  },
  web_running: { en: 'a running web view', zh: '运行中的网页视图' },
  web_running_next: {
    en: 'Look in the log for web_view_failed.',
    zh: '请在日志中查找 web_view_failed。',
  },
  device_loopback: {
    en: 'a loopback address (simulated devices speak nowhere else, rule R25)',
    zh: '本机回环地址（模拟设备不得对外通信，规则 R25）',
  },
  device_loopback_next: {
    en: 'Use 127.0.0.1 in the site that you simulate.',
    zh: '请在所模拟的站点中使用 127.0.0.1。',
  },
  device_transport: {
    en: 'udp, tcp, mqtt or slcan-tcp for a simulated device',
    zh: '模拟设备使用 udp、tcp、mqtt 或 slcan-tcp',
  },
  device_transport_next: {
    en: 'Change the port in the site that you simulate.',
    zh: '请在所模拟的站点中更改该端口。',
  },
});
