import { defineTexts } from '../text.ts';

/** What the command line says. A command has `<name>_summary` and `<name>_details`. */
export const cliTexts = defineTexts({
  program_about: {
    en: 'Lukou runs a roadside box at a junction: radars, cameras and the signal controller '
      + 'in; SPAT, MAP, RSM and RSI for vehicles and records for the city out.',
    zh: 'Lukou 运行路口边缘计算单元：接入雷达、摄像机与信号机，输出面向车辆的 SPAT、MAP、RSM、RSI 及面向城市平台的数据。',
  },
  program_exit: {
    en: 'Exit codes: 0 done, 1 fault, 2 wrong usage. Faults go to standard error; '
      + 'LUKOU_DEBUG=1 adds where they arose.',
    zh: '退出码：0 完成，1 故障，2 用法错误。故障输出到标准错误；LUKOU_DEBUG=1 附带出错位置。',
  },
  help_first: { en: 'Begin with', zh: '从这里开始' },
  first_demo: { en: 'See a junction alive, with simulated devices.', zh: '用模拟设备查看运行中的路口。' },
  first_check: { en: 'Find every problem of a site folder.', zh: '检查站点目录中的所有问题。' },
  first_help: { en: 'What a command does, its options, examples.', zh: '命令的作用、选项与示例。' },
  help_default: { en: 'default', zh: '默认' },
  help_required: { en: 'required', zh: '必填' },
  help_arguments: { en: 'Arguments', zh: '参数' },
  help_options: { en: 'Options', zh: '选项' },
  help_commands: { en: 'Commands', zh: '命令' },
  help_common: { en: 'With every command', zh: '所有命令通用' },
  help_examples: { en: 'Examples', zh: '示例' },
  help_command_word: { en: 'command', zh: '命令' },
  help_more: { en: 'Add --help to a command to see its options.', zh: '在命令后加 --help 查看其选项。' },
  common_json: { en: 'JSON for scripts instead of text for people.', zh: '输出供脚本使用的 JSON。' },
  common_lang: { en: 'Language; taken from the locale otherwise.', zh: '语言；默认取自系统区域设置。' },
  common_help: { en: 'This help.', zh: '显示帮助。' },

  group_try: { en: 'Try and measure', zh: '试用与测量' },
  group_site: { en: 'Prepare a site', zh: '准备站点' },
  group_run: { en: 'Run and look after a box', zh: '运行与维护' },
  group_tools: { en: 'Tools', zh: '工具' },
  family_site: { en: 'Makes and renews site folders.', zh: '新建与升级站点目录。' },
  family_v2x: { en: 'Encodes and decodes V2X messages, line by line.', zh: '逐行编码与解码 V2X 消息。' },
  family_web: { en: 'The view of the junction for browsers.', zh: '路口网页视图。' },

  usage_number: {
    en: '{flag}: expected a number from {min} to {max}, got "{got}".',
    zh: '{flag}：期望 {min} 至 {max} 的数值，实际 "{got}"。',
  },
  usage_whole: {
    en: '{flag}: expected a whole number from {min} to {max}, got "{got}".',
    zh: '{flag}：期望 {min} 至 {max} 的整数，实际 "{got}"。',
  },
  usage_choice: {
    en: '{flag}: expected one of {expected}, got "{got}".',
    zh: '{flag}：期望 {expected} 之一，实际 "{got}"。',
  },
  usage_form: {
    en: '{flag}: expected {expected}, got "{got}".',
    zh: '{flag}：期望 {expected}，实际 "{got}"。',
  },
  usage_option_missing: { en: '{flag} is required.', zh: '必须给出 {flag}。' },
  usage_option_unknown: { en: 'unknown option {flag}.', zh: '未知选项 {flag}。' },
  usage_value_missing: { en: '{flag} needs a value.', zh: '{flag} 需要一个值。' },
  usage_argument_missing: { en: '<{name}> is missing.', zh: '缺少 <{name}>。' },
  usage_argument_excess: { en: 'too many words.', zh: '参数过多。' },
  usage_command_unknown: { en: 'unknown command {name}.', zh: '未知命令 {name}。' },
  usage_family: { en: '{family} needs a word more: {known}.', zh: '{family} 之后还需一个词：{known}。' },
  usage_meant: { en: 'Did you mean {close}?', zh: '是否指 {close}？' },
  usage_more: { en: '`lukou help {name}` tells more.', zh: '详见 `lukou help {name}`。' },
  usage_list: { en: '`lukou help` lists the commands.{name}', zh: '`lukou help` 列出所有命令。{name}' },
  usage_one_of: { en: 'give {expected}.', zh: '请给出 {expected}。' },
  lines_expected: { en: 'lines of at most {max} characters', zh: '每行不超过 {max} 个字符' },
  lines_got: { en: 'a longer one', zh: '更长的行' },
  lines_next: { en: 'Is this a text with one entry a line?', zh: '请确认这是每行一条的文本。' },
  standard_input: { en: 'standard input', zh: '标准输入' },
  system_call: { en: '{call} to work', zh: '{call} 成功' },
  system_missing: { en: 'Is the name right, and does the folder exist?', zh: '请检查名称以及目录是否存在。' },
  system_forbidden: { en: 'May this user read or write there?', zh: '请检查当前用户是否有读写权限。' },
  system_full: { en: 'The disk is full: make room.', zh: '磁盘已满：请腾出空间。' },
  system_folder: { en: 'A file was expected, this is a folder.', zh: '此处应为文件，实际是目录。' },
  system_file: { en: 'A folder was expected, this is a file.', zh: '此处应为目录，实际是文件。' },
  internal: {
    en: 'this should not have happened: {message}. LUKOU_DEBUG=1 shows where; please report it.',
    zh: '不应出现的错误：{message}。设置 LUKOU_DEBUG=1 可查看位置，请反馈。',
  },

  option_site: {
    en: 'Site folder, or the name of a sample (demo, two-nodes).',
    zh: '站点目录，或示例名称（demo、two-nodes）。',
  },
  option_data: {
    en: 'Data folder of the daemon; the dataFolder of the site otherwise.',
    zh: '守护进程的数据目录；默认取站点的 dataFolder。',
  },
  option_seed: {
    en: 'Seed of all chance: the same seed gives the same bytes.',
    zh: '随机种子：相同种子得到相同字节。',
  },

  run_summary: { en: 'Run a site until told to stop.', zh: '运行站点，直到被要求停止。' },
  run_details: {
    en: 'This is the daemon: it opens the ports of the site, sends SPAT, MAP, RSM and RSI to '
      + 'the RSUs and records to the city. Logs go to standard error. SIGTERM or Ctrl-C ends '
      + 'it after telling vehicles that SPAT is unavailable. Look at it with `lukou status` '
      + 'and `lukou top`.',
    zh: '守护进程：打开站点端口，向 RSU 发送 SPAT、MAP、RSM、RSI，并向城市平台上报。日志输出到标准错误。收到 SIGTERM 或 Ctrl-C 时，先声明 '
      + 'SPAT 不可用再退出。可用 `lukou status` 与 `lukou top` 查看。',
  },
  run_log_json: { en: 'Log lines as JSON; --json does the same.', zh: '日志以 JSON 输出；--json 效果相同。' },
  run_record: {
    en: 'Record into this folder from the start (10 minutes at most).',
    zh: '启动即录制到该目录（最长 10 分钟）。',
  },

  demo_summary: {
    en: 'Show a junction alive: simulated devices, real protocols, loopback only.',
    zh: '演示运行中的路口：模拟设备、真实协议、仅限本机回环。',
  },
  demo_details: {
    en: 'Simulated radars, cameras and a signal controller speak to the daemon over loopback '
      + 'sockets at real pace; an RSU simulator decodes what it sends and an MQTT broker '
      + 'takes the summaries. It prints where to look. Ctrl-C ends it. Nothing leaves this '
      + 'machine (rule R25).',
    zh: '模拟的雷达、摄像机与信号机经本机回环套接字以真实速度与守护进程通信；RSU 模拟器解码其输出，MQTT 代理接收汇总数据。运行时会显示查看地址。Ctrl-C 结束。'
      + '任何数据都不离开本机（规则 R25）。',
  },
  demo_for: {
    en: 'Stop by itself after so many seconds; --json then prints one line of counts.',
    zh: '若干秒后自动停止；配合 --json 输出一行统计。',
  },
  demo_users: { en: 'Road users at a time.', zh: '同时存在的交通参与者数量。' },
  demo_record: { en: 'Record the run into this folder.', zh: '将运行过程录制到该目录。' },

  check_summary: {
    en: 'Name every problem of a site: path, expected, got, what to do.',
    zh: '列出站点的所有问题：路径、期望、实际与处理方法。',
  },
  check_details: {
    en: 'Reads site.json and road.json and starts nothing. Exit code 1 when anything keeps '
      + 'the site from running; notes alone give 0.',
    zh: '读取 site.json 与 road.json，不启动任何程序。存在阻止运行的问题时退出码为 1；仅有提示时为 0。',
  },
  check_site: {
    en: 'Site folder, or the name of a sample (demo, two-nodes).',
    zh: '站点目录，或示例名称（demo、two-nodes）。',
  },
  check_clean: { en: '{site}: no problems.', zh: '{site}：没有问题。' },

  simulate_summary: {
    en: 'Make a recording of simulated traffic, with its truth.',
    zh: '生成模拟交通的录制数据及真值。',
  },
  simulate_details: {
    en: 'Traffic that obeys the lamps, and the raw bytes that each device of the site would '
      + 'have sent. Beside the recording lie truth.jsonl (road users, 10 Hz, site metres) '
      + 'and lamps.jsonl. Feed the folder to `lukou replay`, then compare with `lukou score`.',
    zh: '遵守信号灯的交通流，以及站点各设备会发出的原始字节。录制旁附 truth.jsonl（交通参与者，10 Hz，站点坐标米）与 lamps.jsonl。可用 '
      + '`lukou replay` 回放，再用 `lukou score` 评分。',
  },
  simulate_seconds: { en: 'Length of the recording, seconds.', zh: '录制时长，秒。' },
  simulate_users: { en: 'Road users at a time.', zh: '同时存在的交通参与者数量。' },
  simulate_out: { en: 'Folder for the recording.', zh: '录制输出目录。' },
  simulate_force: { en: 'Replace a recording that is already in the folder.', zh: '替换目录中已有的录制。' },
  simulate_break: {
    en: 'Who breaks rules, and when in seconds: '
      + 'red-runners=10,40,wrong-way=20,jaywalkers=15,stopped-vehicle=30+60 (at 30 for 60).',
    zh: '违规行为及时刻（秒）：red-runners=10,40,wrong-way=20,jaywalkers=15,stopped-vehicle=30+60（第 30 '
      + '秒起停 60 秒）。',
  },
  simulate_lamp_fault: {
    en: 'What the controller does wrong: '
      + 'silent:at=30,for=5;frozen-countdown:at=10,for=5;conflicting-green:group=<signal '
      + 'group>,at=20,for=3.',
    zh: '信号机故障：'
      + 'silent:at=30,for=5;frozen-countdown:at=10,for=5;conflicting-green:group=<信号组>,at=20,for=3。',
  },
  simulate_offsets: {
    en: 'Install the sensors with small errors of place, angle and clock.',
    zh: '使传感器带有微小的位置、角度与时钟误差。',
  },
  simulate_done: {
    en: '{out}: {seconds} s, {messages} messages, {spawned} road users came and {left} left, '
      + 'in {wallS} s.',
    zh: '{out}：{seconds} 秒，{messages} 条消息，驶入 {spawned}、驶出 {left} 个交通参与者，用时 {wallS} 秒。',
  },
  simulate_next: {
    en: 'Next: lukou replay {out} --site {site} --out {out}-replay',
    zh: '下一步：lukou replay {out} --site {site} --out {out}-replay',
  },
  simulate_going: { en: 'simulated {done} of {seconds} s', zh: '已模拟 {done}/{seconds} 秒' },

  replay_summary: {
    en: 'Run a recording through the box and keep what it would have sent.',
    zh: '将录制送入同一处理流程，保存其会发送的内容。',
  },
  replay_details: {
    en: 'Writes rsu.jsonl, tracks.jsonl, events.jsonl, cloud.jsonl and report.json. Two '
      + 'replays of one recording write the same bytes. --verify compares what the box sent '
      + 'live with what this replay sends and exits with 1 where they differ.',
    zh: '写出 rsu.jsonl、tracks.jsonl、events.jsonl、cloud.jsonl 与 '
      + 'report.json。同一录制的两次回放字节完全相同。--verify 比较现场发送与回放发送的内容，不一致时退出码为 1。',
  },
  replay_recording: {
    en: 'Folder written by `lukou record` or `lukou simulate`.',
    zh: '由 `lukou record` 或 `lukou simulate` 写出的目录。',
  },
  replay_site: {
    en: 'Site folder or sample name; the sample that the recording names otherwise.',
    zh: '站点目录或示例名称；默认取录制中记录的示例。',
  },
  replay_out: {
    en: 'Folder for the results; without it only the report is printed.',
    zh: '结果目录；省略时仅显示报告。',
  },
  replay_pace: { en: 'As fast as it goes, or as it was.', zh: '最快速度，或按原始速度。' },
  replay_seed: { en: 'Another seed than that of the recording.', zh: '使用不同于录制的随机种子。' },
  replay_faults: {
    en: 'Faults to put in, for example {example}. A fault without port= is for all ports.',
    zh: '注入的故障，例如 {example}。未写 port= 则作用于所有端口。',
  },
  replay_verify: { en: 'Compare with what the box sent live.', zh: '与现场实际发送的内容比较。' },
  replay_going: { en: 'replayed {done} s', zh: '已回放 {done} 秒' },
  replay_head: {
    en: '{seconds} s replayed in {wallS} s: {factor} times real time.',
    zh: '{seconds} 秒的录制用 {wallS} 秒回放：实时的 {factor} 倍。',
  },
  fault_recording_its_site: { en: 'site {id}', zh: '站点 {id}' },
  replay_other_site: {
    en: 'Note: recorded at site {id}, replayed at site {site}. Ports that the two do not share stay unread.',
    zh: '注意：录制于站点 {id}，回放于站点 {site}。两者不共有的端口不会被读取。',
  },
  replay_changed_site: {
    en: 'Note: site {site} has changed since this was recorded.',
    zh: '注意：站点 {site} 在录制之后已有改动。',
  },
  replay_tracks: {
    en: '{tracks} tracks, {rows} rows; events: {events}.',
    zh: '{tracks} 条轨迹，{rows} 行；事件：{events}。',
  },
  replay_written: { en: 'Written to {folder}: {files}.', zh: '已写入 {folder}：{files}。' },
  replay_not_written: {
    en: 'Nothing written; --out names a folder for what would have been sent.',
    zh: '未写出文件；请用 --out 指定目录以保存本应发出的内容。',
  },
  replay_drops: { en: 'Drops: {drops}.', zh: '丢弃：{drops}。' },
  replay_verified: {
    en: 'Verified: {equal} of {compared} messages are equal ({outside} outside the common part).',
    zh: '校验：{compared} 条消息中 {equal} 条一致（公共部分之外 {outside} 条）。',
  },
  replay_differs: {
    en: 'First difference: {stream}, message {index}.',
    zh: '首个差异：{stream}，第 {index} 条。',
  },
  replay_nothing_live: {
    en: 'Nothing to verify: the recording holds no sent messages (it was simulated).',
    zh: '无法校验：录制中没有已发送的消息（为模拟生成）。',
  },
  none: { en: 'none', zh: '无' },
  col_message: { en: 'message', zh: '消息' },
  col_sent: { en: 'sent', zh: '发送' },
  col_octets: { en: 'octets', zh: '字节' },
  col_age: { en: 'age p50', zh: '时延 p50' },
  col_p99: { en: 'p99', zh: 'p99' },
  col_max: { en: 'max', zh: '最大' },

  v2x_encode_summary: {
    en: 'JSON lines on standard input → hexadecimal lines.',
    zh: '标准输入的 JSON 行 → 十六进制行。',
  },
  v2x_encode_details: {
    en: 'Each line is a message frame, or {"profile","value"}. Errors name line and path on '
      + 'standard error; a bad line never stops the rest. Exit code 1 when any line failed.',
    zh: '每行是一个消息帧，或 {"profile","value"}。错误在标准错误中给出行号与路径；出错的行不影响其余行。任一行失败则退出码为 1。',
  },
  v2x_decode_summary: {
    en: 'Hexadecimal lines on standard input → JSON lines.',
    zh: '标准输入的十六进制行 → JSON 行。',
  },
  v2x_decode_details: {
    en: 'Each line is hexadecimal, or {"profile","hex"}. Errors name line and path on '
      + 'standard error, and so do lines with extensions that are not known; a bad line never '
      + 'stops the rest. Exit code 1 when any line failed.',
    zh: '每行是十六进制，或 {"profile","hex"}。错误在标准错误中给出行号与路径，含未知扩展的行也在此说明；出错的行不影响其余行。任一行失败则退出码为 1。',
  },
  v2x_profile: { en: 'Message set of lines that name none.', zh: '未注明时采用的消息集。' },

  status_summary: {
    en: 'How the running box is: capabilities, gate, sensors, messages, ages, drops.',
    zh: '运行状态：能力、闸门、传感器、消息、时延、丢弃。',
  },
  status_details: {
    en: 'Asks the running daemon over its socket. Exit code 0 when every capability is ok, 1 '
      + 'when one is not or no daemon answers.',
    zh: '通过套接字询问运行中的守护进程。全部能力正常时退出码为 0；有异常或无应答时为 1。',
  },
  help_summary: { en: 'What a command does, its options, examples.', zh: '显示命令的作用、选项与示例。' },
  help_details: { en: 'The same as --help behind the command.', zh: '与在命令后加 --help 相同。' },
  help_command: { en: 'Command, in one or two words.', zh: '命令，一个或两个词。' },
  version_summary: { en: 'Version of Lukou and of Node.', zh: 'Lukou 与 Node 的版本。' },
  version_details: { en: 'Tell it when something is reported.', zh: '反馈问题时请附上。' },
  page_about: {
    en: 'Printed from the rows of `src/cli` by `scripts/docs.ts`; do not edit by hand. '
      + '`lukou help <command>` says the same.',
    zh: '由 `scripts/docs.ts` 根据 `src/cli` 生成，请勿手工修改。`lukou help <命令>` 内容相同。',
  },

  fault_file_expected: { en: 'a file of JSON lines', zh: 'JSON 行文件' },
  fault_file_folder: { en: 'a folder', zh: '目录' },
  fault_file_missing: { en: 'no such file', zh: '文件不存在' },
  fault_file_next: { en: 'Is the path right? - stands for standard input.', zh: '请检查路径；- 表示标准输入。' },
  fault_folder_expected: { en: 'an empty or a new folder', zh: '空目录或新目录' },
  fault_folder_full: { en: 'a folder with other files', zh: '含有其他文件的目录' },
  fault_folder_recording: { en: 'a recording', zh: '已有录制' },
  fault_folder_next: { en: 'Name another folder; this one is left alone.', zh: '请换一个目录；此目录保持不变。' },
  fault_folder_force: { en: 'Add --force to replace it.', zh: '加 --force 可替换。' },
  fault_site_expected: {
    en: 'a folder with site.json and road.json, or a sample ({samples})',
    zh: '含 site.json 与 road.json 的目录，或示例（{samples}）',
  },
  fault_site_missing: { en: 'no such folder', zh: '目录不存在' },
  fault_site_file: { en: 'a file', zh: '文件' },
  fault_site_next: {
    en: 'Make one with `lukou site new <folder>`.',
    zh: '可用 `lukou site new <目录>` 新建。',
  },
  fault_recording_expected: { en: 'the manifest of a recording', zh: '录制的清单文件' },
  fault_recording_got: { en: 'nothing that can be read', zh: '无法读取' },
  fault_recording_next: {
    en: 'Name a folder written by `lukou record` or `lukou simulate`.',
    zh: '请给出由 `lukou record` 或 `lukou simulate` 写出的目录。',
  },
  fault_recording_site: { en: 'the site that it was recorded at', zh: '录制所在的站点' },
  fault_recording_site_got: { en: 'site {id}, which is no sample', zh: '站点 {id}，并非示例' },
  fault_recording_site_next: { en: 'Add --site <folder>.', zh: '请加 --site <目录>。' },

  daemon_expected: {
    en: 'a daemon in /var/lib/lukou or .lukou/',
    zh: '/var/lib/lukou 或 .lukou/ 中的守护进程',
  },
  daemon_answer: { en: 'a running daemon', zh: '运行中的守护进程' },
  daemon_word: { en: 'daemon', zh: '守护进程' },
  daemon_none: { en: 'none', zh: '没有' },
  daemon_start: {
    en: 'Start one with `lukou run --site <folder>` or `lukou demo`; or name its data folder '
      + 'with --data.',
    zh: '请用 `lukou run --site <目录>` 或 `lukou demo` 启动，或用 --data 指定其数据目录。',
  },
  daemon_name: { en: 'Name one with --data or --site.', zh: '请用 --data 或 --site 指定其一。' },
  token_expected: { en: 'a token that this user may read', zh: '当前用户可读的令牌' },
  token_got: { en: 'no permission', zh: '没有权限' },
  token_next: {
    en: 'Run the command as the user of the daemon, or join its group.',
    zh: '请以守护进程的用户运行，或加入其用户组。',
  },

  score_summary: {
    en: 'Compare tracks with the truth: MOTA, HOTA, identity, errors.',
    zh: '将轨迹与真值比较：MOTA、HOTA、身份、误差。',
  },
  score_details: {
    en: 'Both files are JSON lines: {"t","id","x","y"} and, where known, heading, speed, '
      + 'cls, seq, ignore; metres, seconds, radians from east. Figures and names are those '
      + 'of the CLEAR, identity, HOTA and GOSPA measures. Use --align interp where tracks '
      + 'and truth have instants of their own.',
    zh: '两个文件均为 JSON 行：{"t","id","x","y"}，可含 heading、speed、cls、seq、ignore；单位为米、秒、自东逆时针弧度。指标为 '
      + 'CLEAR、身份、HOTA 与 GOSPA。轨迹与真值时刻不同时请用 --align interp。',
  },
  score_truth: { en: 'File of truth; - is standard input.', zh: '真值文件；- 为标准输入。' },
  score_tracks: { en: 'File of tracks; - is standard input.', zh: '轨迹文件；- 为标准输入。' },
  score_max_dist: { en: 'Gate, metres.', zh: '匹配门限，米。' },
  score_align: {
    en: 'Tracks go to truth instants, or truth is interpolated at track instants.',
    zh: '轨迹对齐到真值时刻，或真值插值到轨迹时刻。',
  },
  score_tol: {
    en: 'snap: most seconds off; half the truth period otherwise.',
    zh: 'snap：最大时间差，秒；默认为真值周期的一半。',
  },
  score_max_gap: { en: 'interp: longest truth gap bridged, seconds.', zh: 'interp：可跨越的最长真值间隔，秒。' },
  score_class_gate: { en: 'Never match unequal classes.', zh: '类别不同不匹配。' },
  score_cls: {
    en: 'Only these truth classes count, the others are ignored.',
    zh: '仅统计这些真值类别，其余忽略。',
  },
  score_roi: { en: 'What lies outside does not count, site metres.', zh: '区域之外不计入，站点坐标米。' },
  score_hota_zero: {
    en: 'Distance of similarity 0; twice the gate otherwise.',
    zh: '相似度为 0 的距离；默认为门限的两倍。',
  },
  score_gospa_c: {
    en: 'GOSPA and OSPA cut-off; the gate otherwise.',
    zh: 'GOSPA 与 OSPA 截断距离；默认等于门限。',
  },
  score_gospa_p: { en: 'GOSPA and OSPA power.', zh: 'GOSPA 与 OSPA 幂次。' },
  score_keep: {
    en: 'Which earlier partner a road user keeps: its last ever, or that of the frame before.',
    zh: '保留的配对：最近一次，或上一帧。',
  },
  score_reading: { en: 'reading {path}', zh: '正在读取 {path}' },
  score_going: {
    en: 'comparing {tracks} rows of tracks with {truth} of truth',
    zh: '正在比较 {tracks} 行轨迹与 {truth} 行真值',
  },
  score_row: { en: 'a JSON object with t, x, y', zh: '含 t、x、y 的 JSON 对象' },
  score_row_next: { en: 'Mend or remove that line.', zh: '请修正或删除该行。' },

  track_summary: {
    en: 'Track the lines of any detector: detections in, tracks out.',
    zh: '跟踪任意检测器的输出：输入检测，输出轨迹。',
  },
  track_details: {
    en: 'Detections are JSON lines {"t","x","y"} and, where known, heading, length, width, '
      + 'cls, score, seq; metres, seconds, radians. Tracks come out as JSON lines '
      + '{"seq","t","id","x","y","heading","speed","cls"} for `lukou score`. Counts are said '
      + 'beside the output.',
    zh: '检测为 JSON 行 {"t","x","y"}，可含 heading、length、width、cls、score、seq；单位为米、秒、弧度。输出轨迹 JSON '
      + '行 {"seq","t","id","x","y","heading","speed","cls"}，可用于 `lukou score`。统计信息另行显示。',
  },
  track_detections: { en: 'File of detections; - is standard input.', zh: '检测文件；- 为标准输入。' },
  track_out: { en: 'File for the tracks; standard output otherwise.', zh: '轨迹输出文件；默认标准输出。' },
  track_row: { en: 'a JSON object with numbers t, x, y', zh: '含数值 t、x、y 的 JSON 对象' },
  track_row_next: { en: 'Mend or remove that line.', zh: '请修正或删除该行。' },
  track_going: { en: '{rows} rows of tracks', zh: '{rows} 行轨迹' },
  track_done: {
    en: '{detections} detections → {tracks} tracks, {rows} rows. Drops: {drops}.',
    zh: '{detections} 个检测 → {tracks} 条轨迹，{rows} 行。丢弃：{drops}。',
  },

  record_summary: { en: 'Record what the running daemon hears and sends.', zh: '录制运行中的守护进程收发的数据。' },
  record_details: {
    en: 'Begins at once and ends by itself at the limit that comes first, or with --stop. '
      + 'The folder is made by the daemon; `lukou replay <folder> --verify` runs it again. '
      + 'Needs the token of the data folder, and leaves an audit line in the log.',
    zh: '立即开始，达到任一上限或使用 --stop 时结束。目录由守护进程创建；可用 `lukou replay <目录> --verify` '
      + '重放。需要数据目录中的令牌，并在日志中留下审计记录。',
  },
  record_folder: { en: 'New folder for the recording.', zh: '录制的新目录。' },
  record_seconds: { en: 'End after so many seconds.', zh: '最长录制秒数。' },
  record_megabytes: { en: 'End after so many megabytes.', zh: '最大录制兆字节数。' },
  record_black_box: {
    en: 'Write out the last ten minutes from memory instead of recording from now on.',
    zh: '把内存中最近十分钟的数据写出，而不是从现在开始录制。',
  },
  record_frozen: {
    en: 'The black box is in {folder}; replay it like any recording.',
    zh: '黑匣子已写入 {folder}，可像普通录制一样回放。',
  },
  record_stop: { en: 'End the running recording.', zh: '结束正在进行的录制。' },
  record_began: {
    en: 'Recording into {folder}, for {seconds} s or {megabytes} MB at most. End it with '
      + '`lukou record --stop`.',
    zh: '正在录制到 {folder}，最长 {seconds} 秒或 {megabytes} MB。用 `lukou record --stop` 结束。',
  },
  record_ended: { en: 'Recorded {size} into {folder}.', zh: '已录制 {size} 到 {folder}。' },

  drivers_summary: {
    en: 'Which devices are understood, with options and counters.',
    zh: '支持的设备及其选项与计数器。',
  },
  drivers_details: {
    en: 'Without a kind, a list. With one, its settings as they stand in site.json, and '
      + 'every counter that it may use. (?) marks a fact that is not verified against a '
      + 'primary text.',
    zh: '不带类型时列出全部；带类型时显示其在 site.json 中的设置与全部计数器。(?) 表示尚未经原始文本核实。',
  },
  drivers_kind: { en: 'Kind of driver, as in the list.', zh: '驱动类型，见列表。' },
  drivers_facts: {
    en: 'Ports: {transports}. Silent after {silentMs} ms.',
    zh: '端口：{transports}。静默判定 {silentMs} ms。',
  },
  drivers_options: { en: 'Options', zh: '选项' },
  drivers_counters: { en: 'Counters', zh: '计数器' },
  drivers_unverified: { en: '(?) not verified against a primary text', zh: '(?) 尚未经原始文本核实' },
  drivers_sensor: { en: 'sensor', zh: '传感器' },
  drivers_signal: { en: 'controller', zh: '信号机' },
  drivers_expected: { en: 'one of {kinds}', zh: '{kinds} 之一' },
  drivers_next: { en: 'See `lukou drivers`.', zh: '请见 `lukou drivers`。' },

  gate_summary: {
    en: 'What the gate lets through: level, rule, since when, last refusals.',
    zh: '闸门状态：级别、规则、起始时间、最近拒绝。',
  },
  gate_details: {
    en: 'The gate looks at every message before it leaves. valid: colours and times; colour '
      + 'only: no times; unavailable: vehicles are told to rely on their eyes; silent: '
      + 'nothing leaves. Exit code 0 when every node is valid.',
    zh: '闸门在每条消息发出前检查。有效：颜色与时间；仅颜色：无时间；不可用：告知车辆自行观察；静默：不发送。全部节点有效时退出码为 0。',
  },
  gate_latched: { en: 'LATCHED {latch}', zh: '已锁定 {latch}' },
  gate_latched_next: {
    en: 'After a look on site: lukou gate release {node} --who <name>',
    zh: '现场检查后：lukou gate release {node} --who <姓名>',
  },
  gate_outputs: { en: 'Messages', zh: '消息' },
  gate_output_last: { en: 'last {span} ago', zh: '上次 {span}前' },
  gate_output_never: { en: 'none yet', zh: '尚无' },
  gate_grade_0: { en: 'leave', zh: '正常发出' },
  gate_grade_1: { en: 'colour only', zh: '仅灯色' },
  gate_grade_2: { en: 'unavailable', zh: '不可用' },
  gate_grade_3: { en: 'silent', zh: '静默' },
  gate_grade_4: { en: 'latched', zh: '已锁定' },
  gate_unit: { en: 'unit {id} sent {sent}', zh: '路侧单元 {id} 已发 {sent}' },
  gate_bytes: { en: 'Show the octets of refused messages whole.', zh: '完整显示被拒消息的字节。' },
  gate_refusals: { en: 'Last {count} refused messages', zh: '最近拒绝的 {count} 条消息' },
  gate_no_refusals: { en: 'No message was refused.', zh: '没有消息被拒绝。' },
  gate_release_summary: {
    en: 'Open a latch after somebody has looked at the junction.',
    zh: '现场检查后解除锁定。',
  },
  gate_release_details: {
    en: 'A latch closes a node after conflicting lamps or the like (rules R6, R7, R8, R10) '
      + 'and stays over restarts. Who opens it answers for it: the name goes into the log. '
      + 'Exit code 1 where the node was not latched.',
    zh: '出现冲突灯色等情况（规则 R6、R7、R8、R10）后节点被锁定，重启后仍保持。解除者须负责，姓名写入日志。节点未锁定时退出码为 1。',
  },
  gate_node: {
    en: 'Node as `lukou gate` shows it, for example 0-10.',
    zh: '节点，如 `lukou gate` 所示，例如 0-10。',
  },
  gate_who: { en: 'Who looked, for the audit line.', zh: '检查人，写入审计记录。' },
  gate_released: {
    en: '{node}: latch opened. SPAT returns after the proven run of rule R4.',
    zh: '{node}：已解除锁定。满足规则 R4 的稳定运行后恢复 SPAT。',
  },
  gate_not_latched: { en: '{node}: is not latched; nothing was changed.', zh: '{node}：未锁定，未作更改。' },

  web_share_summary: {
    en: 'Open the view on a named interface for 8 hours, with TLS and a one-time token.',
    zh: '在指定接口上开放网页视图 8 小时，使用 TLS 与一次性令牌。',
  },
  web_share_details: {
    en: 'Prints the address and a QR code; whoever opens it first is let in, nobody after. '
      + 'The browser shows the fingerprint of the certificate: compare it. The view is '
      + 'read-only. There is no other way to open it beyond this machine.',
    zh: '输出地址与二维码；首个打开者获准进入，其后一律拒绝。请核对浏览器显示的证书指纹。视图只读。除此之外无法从本机以外访问。',
  },
  web_interface: { en: 'Network interface, for example wlan0.', zh: '网络接口，例如 wlan0。' },
  web_until: { en: 'Open until {until}.', zh: '开放至 {until}。' },
  web_fingerprint: { en: 'Certificate, SHA-256: {fingerprint}', zh: '证书 SHA-256：{fingerprint}' },

  site_new_summary: {
    en: 'Ask for reference point, arms and lanes, and write a valid site folder.',
    zh: '询问参考点、进口与车道，写出有效的站点目录。',
  },
  site_new_details: {
    en: 'The folder is for the bench: region 0, loopback ports, an object-list sensor. Try '
      + 'it with `lukou check` and `lukou simulate`, then enter the real devices. --answers '
      + 'reads one answer a line, an empty line is the default, # begins a comment.',
    zh: '生成的目录用于台架：区域 0、回环端口、目标列表传感器。可先用 `lukou check` 与 `lukou simulate` '
      + '试用，再填入真实设备。--answers 每行一个答案，空行取默认值，# 开头为注释。',
  },
  site_new_folder: { en: 'New folder for the site.', zh: '站点新目录。' },
  site_new_answers: { en: 'File of answers, for scripts.', zh: '答案文件，供脚本使用。' },
  site_new_hint: { en: 'Enter takes what stands in brackets.', zh: '直接回车取方括号内的值。' },
  site_new_answer: { en: 'an answer that fits', zh: '合适的答案' },
  site_new_answers_ended: { en: 'no more answers', zh: '答案已用完' },
  site_new_answers_next: { en: 'The next question is:', zh: '下一个问题：' },
  site_new_again: { en: 'Begin again; nothing was written.', zh: '请重新开始；未写入任何内容。' },
  site_new_done: {
    en: '{folder}: written and checked.\nNext, with simulated devices: lukou demo --site {folder}\nOr a recording of them: lukou simulate --site {folder} --out <folder>',
    zh: '{folder}：已写出并通过检查。\n下一步，用模拟设备运行：lukou demo --site {folder}\n或生成其录制：lukou simulate --site {folder} --out <目录>',
  },
  site_migrate_summary: {
    en: 'Bring a site folder of an older version to this one.',
    zh: '将旧版本站点目录升级到当前版本。',
  },
  site_migrate_details: {
    en: 'The daemon reads old versions as they are; this writes the new form and keeps the '
      + 'old file beside it (site.json.v0). Check afterwards.',
    zh: '守护进程可直接读取旧版本；此命令写出新格式，并保留旧文件（site.json.v0）。之后请运行检查。',
  },
  site_migrate_expected: { en: 'a site file of a known version', zh: '已知版本的站点文件' },
  site_migrate_next: { en: '`lukou check` names the place.', zh: '`lukou check` 会指出位置。' },
  site_migrate_done: {
    en: '{file}: brought from version {from} to the newest; the old one is {file}.v{from}',
    zh: '{file}：已从版本 {from} 升级到最新；旧文件为 {file}.v{from}',
  },
  site_migrate_current: { en: '{file}: is of the newest version already', zh: '{file}：已是最新版本' },

  top_summary: {
    en: 'Live table of lamps, tracks, messages, ports and ages.',
    zh: '实时表格：灯态、轨迹、消息、端口与时延。',
  },
  top_details: {
    en: 'Redrawn twice a second. q ends it. --once prints one picture, for scripts.',
    zh: '每秒刷新两次。按 q 退出。--once 仅输出一次，供脚本使用。',
  },
  top_once: { en: 'Print one picture and end.', zh: '输出一次后退出。' },
  top_tracks: { en: '{count} road users, nearest to the middle first', zh: '{count} 个交通参与者，由近及远' },
  top_keys: {
    en: 'q ends · lukou gate tells of refusals · lukou status tells all',
    zh: 'q 退出 · lukou gate 查看拒绝 · lukou status 查看全部',
  },
  top_quiet: { en: 'the daemon says nothing', zh: '守护进程没有回应' },

  doctor_summary: {
    en: 'Look at machine, clock, network and site, and say what to do.',
    zh: '检查机器、时钟、网络与站点，并说明处理方法。',
  },
  doctor_details: {
    en: 'Changes nothing. With --site it also checks the devices and ports that the site '
      + 'needs. Exit code 1 when a line says FAIL.',
    zh: '不作任何更改。加 --site 时还检查站点所需的设备与端口。有失败项时退出码为 1。',
  },
  doctor_ok: { en: 'ok', zh: '正常' },
  doctor_warn: { en: 'warn', zh: '注意' },
  doctor_fail: { en: 'FAIL', zh: '失败' },
  doctor_sum: {
    en: '{ok} ok, {warn} to look at, {fail} failed.',
    zh: '正常 {ok}，注意 {warn}，失败 {fail}。',
  },
  doctor_unknown: { en: 'cannot be told here', zh: '此处无法得知' },
  doctor_linux: { en: 'A box runs Linux; look on the box itself.', zh: '设备运行 Linux；请在设备上检查。' },
  doctor_broke: { en: 'could not be checked: {message}', zh: '无法检查：{message}' },
  doctor_node: { en: 'Node {version}', zh: 'Node {version}' },
  doctor_node_old: {
    en: 'Lukou needs Node 20.19 or newer. Install Node 22 or 24 (LTS).',
    zh: 'Lukou 需要 Node 20.19 或更新版本。请安装 Node 22 或 24（LTS）。',
  },
  doctor_node_next: {
    en: 'This version gets no more security fixes, or only briefly. Install Node 22 or 24 '
      + '(LTS) before the box goes live; the service unit and the image bring one.',
    zh: '该版本已不再或仅短期获得安全修复。上线前请安装 Node 22 或 24（LTS）；服务单元与镜像自带。',
  },
  doctor_memory: { en: '{megabytes} MB of memory free', zh: '可用内存 {megabytes} MB' },
  doctor_memory_next: {
    en: '{wanted} MB are wanted. End other programs, or look at what eats memory.',
    zh: '需要 {wanted} MB。请结束其他程序或排查内存占用。',
  },
  doctor_disk: { en: '{megabytes} MB free at {folder}', zh: '{folder} 可用 {megabytes} MB' },
  doctor_disk_next: {
    en: 'Remove old recordings, or set dataFolder to a larger disk.',
    zh: '请删除旧录制，或将 dataFolder 指向更大的磁盘。',
  },
  doctor_disk_closed: { en: '{folder} cannot be written by this user', zh: '当前用户无法写入 {folder}' },
  doctor_disk_closed_next: {
    en: 'Run as the user of the daemon, or give it the folder (chown).',
    zh: '请以守护进程用户运行，或用 chown 授权该目录。',
  },
  doctor_clock: { en: 'chrony: {offsetMs} ms off, {leap}', zh: 'chrony：偏差 {offsetMs} ms，{leap}' },
  doctor_clock_ntp: { en: 'synchronised by NTP', zh: '已通过 NTP 同步' },
  doctor_clock_unknown: { en: 'nobody says that the clock is synchronised', zh: '无法确认时钟已同步' },
  doctor_clock_next: {
    en: 'Without trusted UTC no times leave (level colour only). Install chrony (apt-get '
      + 'install chrony) and give it the GNSS or the NTP server of the site.',
    zh: '没有可信 UTC 时不发送时间信息（仅颜色）。请安装 chrony（apt-get install chrony）并配置 GNSS 或 NTP 服务器。',
  },
  doctor_buffer: { en: 'net.core.rmem_max is {octets}', zh: 'net.core.rmem_max 为 {octets}' },
  doctor_buffer_next: {
    en: 'Bursts of sensors may be lost. Run: sysctl -w net.core.rmem_max={wanted} and keep '
      + 'it in /etc/sysctl.d.',
    zh: '传感器突发数据可能丢失。请运行：sysctl -w net.core.rmem_max={wanted}，并写入 /etc/sysctl.d。',
  },
  doctor_can: { en: 'up: {buses}', zh: '已启用：{buses}' },
  doctor_can_none: { en: 'no CAN interface; none is needed', zh: '没有 CAN 接口；也不需要' },
  doctor_can_missing: { en: 'missing: {missing}', zh: '缺少：{missing}' },
  doctor_can_missing_next: {
    en: 'Plug in the adapter and load its module; `ip link` lists what the system sees.',
    zh: '请接入适配器并加载驱动；`ip link` 列出系统可见的接口。',
  },
  doctor_can_down: { en: 'down: {down}', zh: '未启用：{down}' },
  doctor_can_down_next: {
    en: 'Run: ip link set {down} up type can bitrate 500000 (the bus speed of the radar).',
    zh: '请运行：ip link set {down} up type can bitrate 500000（按雷达的总线速率）。',
  },
  doctor_serial: { en: 'readable and writable: {paths}', zh: '可读写：{paths}' },
  doctor_serial_missing: { en: '{path} does not exist', zh: '{path} 不存在' },
  doctor_serial_missing_next: {
    en: 'Is the cable plugged in? `ls /dev/tty*` lists what the system sees.',
    zh: '请检查接线；`ls /dev/tty*` 列出系统可见的串口。',
  },
  doctor_serial_closed: { en: '{path} may not be used by this user', zh: '当前用户无权使用 {path}' },
  doctor_serial_member: { en: 'this user may use serial ports', zh: '当前用户可使用串口' },
  doctor_serial_stranger: { en: 'this user is not in the group dialout', zh: '当前用户不在 dialout 组' },
  doctor_serial_next: {
    en: 'Only for devices on serial ports: usermod -aG dialout <user>, then log in anew.',
    zh: '仅串口设备需要：usermod -aG dialout <用户>，然后重新登录。',
  },
  doctor_site_none: { en: 'none named; add --site to check one', zh: '未指定；加 --site 可检查' },
  doctor_site: { en: '{site}: no problems, {notes} notes', zh: '{site}：没有问题，{notes} 条提示' },
  doctor_site_bad: { en: '{count} problems, the first: {first}', zh: '{count} 个问题，首个：{first}' },
  doctor_site_next: { en: 'Run: lukou check {site}', zh: '请运行：lukou check {site}' },
  doctor_commission_next: {
    en: 'Walk around the junction: lukou commission --person <name>',
    zh: '请绕路口确认：lukou commission --person <姓名>',
  },
  doctor_daemon: {
    en: 'process {pid}, version {software}, data in {data}',
    zh: '进程 {pid}，版本 {software}，数据位于 {data}',
  },
  doctor_daemon_none: { en: 'none answers in {data}', zh: '{data} 中没有应答' },
  doctor_daemon_next: {
    en: 'Right where none shall run yet. Start one with `lukou run --site <folder>`, or name '
      + 'its folder with --data.',
    zh: '若尚未启动则属正常。可用 `lukou run --site <目录>` 启动，或用 --data 指定目录。',
  },
  doctor_ports: { en: '{count} ports of the site are free', zh: '站点的 {count} 个端口均空闲' },
  doctor_ports_none: { en: 'no site named', zh: '未指定站点' },
  doctor_ports_running: { en: 'held by the running daemon', zh: '由运行中的守护进程占用' },
  doctor_ports_taken: { en: 'cannot be bound: {taken}', zh: '无法绑定：{taken}' },
  doctor_ports_next: {
    en: '`ss -tulpn` tells who holds a port; EADDRNOTAVAIL says that the address is not of '
      + 'this machine.',
    zh: '`ss -tulpn` 可查看占用者；EADDRNOTAVAIL 表示该地址不属于本机。',
  },
  doctor_openssl: { en: 'OpenSSL {version}, with SM3', zh: 'OpenSSL {version}，支持 SM3' },
  doctor_openssl_poor: { en: 'OpenSSL {version}, without SM3', zh: 'OpenSSL {version}，不支持 SM3' },
  doctor_openssl_next: {
    en: 'Messages cannot be signed with Chinese algorithms by this Node; take an official build.',
    zh: '此 Node 无法使用国密算法签名；请使用官方构建。',
  },

  completion_summary: { en: 'Print the completion script of bash.', zh: '输出 bash 补全脚本。' },
  completion_details: {
    en: 'Put it into /etc/bash_completion.d/lukou, or try it at once: source <(lukou '
      + 'completion bash)',
    zh: '放入 /etc/bash_completion.d/lukou，或立即试用：source <(lukou completion bash)',
  },
  completion_shell: { en: 'bash', zh: 'bash' },

  since: { en: 'for {span}', zh: '已 {span}' },
  ago: { en: '{span} ago', zh: '{span}前' },
  unit_day: { en: 'd', zh: '天' },
  unit_hour: { en: 'h', zh: '时' },
  unit_minute: { en: 'min', zh: '分' },
  unit_second: { en: 's', zh: '秒' },
  level_ok: { en: 'ok', zh: '正常' },
  level_degraded: { en: 'degraded', zh: '降级' },
  level_failed: { en: 'FAILED', zh: '失效' },
  level_unknown: { en: 'unknown', zh: '未知' },
  level_valid: { en: 'valid', zh: '有效' },
  level_colour_only: { en: 'colour only', zh: '仅颜色' },
  level_unavailable: { en: 'UNAVAILABLE', zh: '不可用' },
  level_silent: { en: 'SILENT', zh: '静默' },
  col_rate: { en: '/s', zh: '每秒' },
  col_port: { en: 'port', zh: '端口' },
  col_state: { en: 'state', zh: '状态' },
  col_received: { en: 'received', zh: '接收' },
  col_last: { en: 'last', zh: '最近' },
  col_fault: { en: 'fault', zh: '故障' },
  col_loop: { en: 'loop', zh: '循环' },
  col_late: { en: 'late p99', zh: '滞后 p99' },
  col_skipped: { en: 'skipped', zh: '跳过' },
  col_memory: { en: 'memory', zh: '内存' },
  col_driver: { en: 'kind', zh: '类型' },
  col_role: { en: 'is a', zh: '用途' },
  col_ports: { en: 'ports', zh: '端口' },
  col_device: { en: 'device', zh: '设备' },
  col_track: { en: 'track', zh: '轨迹' },
  col_class: { en: 'class', zh: '类别' },
  col_east: { en: 'east m', zh: '东 米' },
  col_north: { en: 'north m', zh: '北 米' },
  col_speed: { en: 'km/h', zh: 'km/h' },
  col_heading: { en: 'deg', zh: '航向' },
  col_age_one: { en: 'age', zh: '时延' },
  col_lane: { en: 'lane', zh: '车道' },
  col_sensors: { en: 'seen by', zh: '来源' },
  status_head: {
    en: '{name} ({id}), mode {mode}, profile {profile}; Lukou {software} for {span}, '
      + 'processes {parent} and {child}',
    zh: '{name}（{id}），模式 {mode}，规范 {profile}；Lukou {software} 已运行 {span}，进程 {parent} 与 {child}',
  },
  status_clock: { en: 'Clock: UTC known to {errorMs} ms.', zh: '时钟：UTC 误差 {errorMs} ms。' },
  status_clock_unknown: {
    en: 'Clock: UTC is not trusted; no times leave.',
    zh: '时钟：UTC 不可信；不发送时间。',
  },
  status_capabilities: { en: 'What it can do', zh: '能力' },
  status_gate: { en: 'Gate', zh: '闸门' },
  status_latched: {
    en: 'A node is latched: `lukou gate` tells why.',
    zh: '有节点被锁定：`lukou gate` 可查看原因。',
  },
  status_shares: { en: 'Road users in RSM by class', zh: 'RSM 中各类参与者' },
  col_told: { en: 'told', zh: '已发送' },
  col_held: { en: 'held', zh: '降频' },
  col_cut: { en: 'cut', zh: '超预算' },
  col_share: { en: 'share', zh: '比例' },
  share_vulnerable: { en: 'vulnerable', zh: '弱势参与者' },
  share_conflicting: { en: 'conflicting', zh: '冲突中' },
  share_moving: { en: 'moving', zh: '行驶中' },
  share_far: { en: 'far', zh: '远处' },
  share_parked: { en: 'parked', zh: '停驻' },
  status_messages: { en: 'Messages to the RSUs', zh: '发往 RSU 的消息' },
  status_checks: { en: 'Checks', zh: '检查' },
  status_checks_ok: { en: '{ok} of {count} ok', zh: '{count} 项中 {ok} 项正常' },
  status_ports: { en: 'Ports', zh: '端口' },
  status_ends: { en: 'RSUs and city', zh: 'RSU 与城市平台' },
  status_unit_age: {
    en: 'age at send: half ≤ {p50} ms, 99 % ≤ {p99} ms',
    zh: '发送时数据龄：半数 ≤ {p50} ms，99 % ≤ {p99} ms',
  },
  status_city: {
    en: '{sent} messages for the city since the start, {waiting} records wait',
    zh: '启动以来 {sent} 条城市消息，{waiting} 条待发',
  },
  status_road: { en: 'On the road', zh: '路面' },
  status_tracks: { en: '{count} road users: {classes}', zh: '{count} 个交通参与者：{classes}' },
  status_events: { en: 'events: {events}', zh: '事件：{events}' },
  status_green: { en: 'green: {groups}', zh: '绿灯：{groups}' },
  status_loops: { en: 'Loops', zh: '循环' },
  status_recording: { en: 'Recording into {folder}: {size}.', zh: '正在录制到 {folder}：{size}。' },
  status_web: { en: 'View: {url}', zh: '视图：{url}' },
});
