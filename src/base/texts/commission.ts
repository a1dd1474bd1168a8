import { defineTexts } from '../text.ts';

/** Whether a site is commissioned, and the words of the walk around the junction. */
export const commissionTexts = defineTexts({
  by: { en: 'commissioned by {person} on {date}', zh: '已由 {person} 于 {date} 完成投运确认' },
  none: {
    en: 'not commissioned: no group was confirmed at the junction. Do: lukou commission',
    zh: '未投运确认：尚未在路口确认灯组。请运行：lukou commission',
  },
  changed: {
    en: 'not commissioned: the safety part of the site changed since {person} confirmed it on '
      + '{date}. Do: lukou commission',
    zh: '未投运确认：自 {person} 于 {date} 确认后，站点的安全部分已更改。请运行：lukou commission',
  },
  other_site: {
    en: 'not commissioned: commission.json is of another site ({got}). Do: lukou commission',
    zh: '未投运确认：commission.json 属于其他站点（{got}）。请运行：lukou commission',
  },
  other_box: {
    en: 'not commissioned: commission.json is of another box ({got}). Do: lukou commission',
    zh: '未投运确认：commission.json 属于其他设备（{got}）。请运行：lukou commission',
  },
  broken: {
    en: 'not commissioned: commission.json cannot be trusted ({got}). Do: lukou commission',
    zh: '未投运确认：commission.json 不可信（{got}）。请运行：lukou commission',
  },
  unneeded: { en: '{told} (mode {mode} does not need it)', zh: '{told}（{mode} 模式无需确认）' },
  broken_json: { en: 'it is no whole JSON', zh: '不是完整的 JSON' },
  broken_hash: { en: 'its checksum does not fit', zh: '校验和不符' },
  broken_format: { en: 'its format is unknown', zh: '格式未知' },
  broken_read: { en: 'it cannot be read: {got}', zh: '无法读取：{got}' },
  broken_groups: { en: 'not every group is confirmed in it', zh: '其中并非所有灯组均已确认' },

  lamp_vehicle: { en: 'full disc', zh: '机动车圆灯' },
  'lamp_arrow-left': { en: 'left arrow', zh: '左转箭头灯' },
  'lamp_arrow-straight': { en: 'straight arrow', zh: '直行箭头灯' },
  'lamp_arrow-right': { en: 'right arrow', zh: '右转箭头灯' },
  'lamp_arrow-u-turn': { en: 'U-turn arrow', zh: '掉头箭头灯' },
  'lamp_non-motor': { en: 'bicycle lamp', zh: '非机动车灯' },
  lamp_pedestrian: { en: 'pedestrian lamp', zh: '人行横道灯' },
  lamp_lane: { en: 'lane lamp', zh: '车道灯' },
  'lamp_waiting-area': { en: 'waiting-area lamp', zh: '待行区灯' },
  'lamp_flashing-warning': { en: 'flashing warning lamp', zh: '闪光警告灯' },
  seen_red: { en: 'red', zh: '红' },
  seen_yellow: { en: 'yellow', zh: '黄' },
  seen_green: { en: 'green', zh: '绿' },
  'seen_red-yellow': { en: 'red and yellow', zh: '红黄' },
  seen_dark: { en: 'dark', zh: '灭' },
  'seen_flashing-red': { en: 'flashing red', zh: '红闪' },
  'seen_flashing-yellow': { en: 'flashing yellow', zh: '黄闪' },
  'seen_flashing-green': { en: 'flashing green', zh: '绿闪' },
  seen_unknown: { en: 'not known', zh: '未知' },
  way_straight: { en: 'straight', zh: '直行' },
  way_left: { en: 'left', zh: '左转' },
  way_right: { en: 'right', zh: '右转' },
  'way_u-turn': { en: 'U-turn', zh: '掉头' },
  move: { en: '{way} from lane {lanes}', zh: '{lanes} 车道{way}' },
  move_waiting: { en: 'waiting area of lane {lanes}', zh: '{lanes} 车道待行区' },
  move_walk: { en: 'pedestrians across this arm', zh: '横过本进口的行人' },
  move_none: { en: 'no lane and no crossing', zh: '不控制任何车道或人行横道' },
  arm: { en: 'arm from the {way} ({name}, node {node})', zh: '{way}进口（{name}，节点 {node}）' },
  arm_none: { en: 'without an arm', zh: '不属于任何进口' },
  wind_0: { en: 'east', zh: '东' },
  wind_1: { en: 'north-east', zh: '东北' },
  wind_2: { en: 'north', zh: '北' },
  wind_3: { en: 'north-west', zh: '西北' },
  wind_4: { en: 'west', zh: '西' },
  wind_5: { en: 'south-west', zh: '西南' },
  wind_6: { en: 'south', zh: '南' },
  wind_7: { en: 'south-east', zh: '东南' },

  open_group: { en: '{id}: lamps not confirmed', zh: '{id}：灯色未确认' },
  open_cabinet: {
    en: '{id}: its lamp group at the cabinet not confirmed',
    zh: '{id}：机柜端灯组号未确认',
  },
  open_arm: { en: '{arm}: lamps not counted', zh: '{arm}：灯组未清点' },
  open_arm_other: {
    en: '{arm}: {counted} lamp groups counted, {expected} in the site',
    zh: '{arm}：清点到 {counted} 个灯组，站点中为 {expected} 个',
  },
  open_ignored: { en: 'lamp groups left out: not agreed to', zh: '排除的灯组：未同意' },
  open_matrix: { en: 'conflict matrix: not confirmed', zh: '冲突矩阵：未确认' },
  open_matrix_other: {
    en: 'conflict matrix: the controller excludes {pairs}, the site does not',
    zh: '冲突矩阵：信号机禁止同时放行 {pairs}，而站点没有',
  },

  fault_answer: { en: 'an answer of the walk', zh: '巡查的一项回答' },
  fault_answer_next: {
    en: 'See the handbook, "Commissioning", for the lines of --answers.',
    zh: '--answers 的各行见手册“投运确认”一节。',
  },
  fault_group: { en: 'a signal group of the site', zh: '站点中的信号组' },
  fault_arm: { en: 'an arm of the site', zh: '站点中的进口' },
  fault_begun: { en: 'a walk that has begun', zh: '已开始的巡查' },
  fault_begun_next: {
    en: 'Begin with: lukou commission --person <name>',
    zh: '请先运行：lukou commission --person <姓名>',
  },
  fault_half: {
    en: 'no half-done walk, or --resume or --anew',
    zh: '没有未完成的巡查，或使用 --resume 或 --anew',
  },
  fault_half_got: {
    en: 'one of {person}, {done} of {count} groups confirmed',
    zh: '{person} 的一次，已确认 {done}/{count} 个灯组',
  },
  fault_half_next: {
    en: '--resume goes on with it, --anew throws it away.',
    zh: '--resume 继续，--anew 丢弃。',
  },
  fault_done: { en: 'every question of the walk answered', zh: '巡查的所有问题均已回答' },
  fault_done_got: { en: '{count} open: {first}', zh: '{count} 项未完成：{first}' },
  fault_done_next: { en: 'Go on with: lukou commission --resume', zh: '请继续：lukou commission --resume' },
  fault_person: { en: 'the name of who looks: --person', zh: '巡查人姓名：--person' },
  fault_person_next: { en: 'Add --person "Li Wei".', zh: '请加上 --person "李伟"。' },
  fault_loaded: { en: 'the record taken over by the signals loop', zh: '信号环已载入确认记录' },
  fault_loaded_next: {
    en: 'The record is written; restart the daemon and look at lukou status.',
    zh: '记录已写入；请重启守护进程并查看 lukou status。',
  },
  fault_terminal: { en: 'a terminal, or --answers', zh: '终端，或 --answers' },

  head: { en: '{site}: {groups} lamp groups on {arms} arms', zh: '{site}：{arms} 个进口，{groups} 个灯组' },
  about: {
    en: 'Stand where you see the lamp. At EACH change press what it shows now. One whole cycle '
      + 'confirms it.',
    zh: '请站在能看到灯的位置。每次变灯时按下当前颜色；完整一个周期即可确认。',
  },
  keys: {
    en: 'r y g d = red yellow green dark; R Y G = flashing; o = red and yellow; s = skip; q = end',
    zh: 'r y g d = 红 黄 绿 灭；R Y G = 闪；o = 红黄；s = 跳过；q = 结束',
  },
  group_head: { en: '[{at}/{count}] {id}', zh: '[{at}/{count}] {id}' },
  ask_lamp: {
    en: 'What colour does the lamp at the junction show now?',
    zh: '路口的灯现在是什么颜色？',
  },
  ask_cabinet: {
    en: 'Which lamp group number has this lamp at the cabinet (terminal or wiring plan)? Do not '
      + 'guess: other lamps always show the same.',
    zh: '该灯在机柜端子或接线图上的灯组号是？请勿猜测：另有灯与其始终同色。',
  },
  ask_arm: {
    en: 'Count the lamp groups that this arm has at the junction: heads that are one group count '
      + 'once. How many?',
    zh: '请清点路口该进口的灯组数量（同组灯头计一次）。共多少？',
  },
  ask_matrix: {
    en: 'The conflict matrix cannot be read from this controller. Compare these pairs with the '
      + 'controller\'s own (or give --matrix). Type: agree',
    zh: '无法从该信号机读取冲突矩阵。请将下列组对与信号机中的核对（或用 --matrix）。输入：agree',
  },
  ask_ignored: {
    en: 'These lamp groups are left out of the site. Type: agree',
    zh: '下列灯组不在站点之内。输入：agree',
  },
  conflicts_of: { en: '{id} excludes: {others}', zh: '{id} 互斥：{others}' },
  ignored_row: { en: '{lampGroup}: {reason}', zh: '{lampGroup}：{reason}' },
  box_sees: { en: 'the box sees: {lamp}', zh: '设备所见：{lamp}' },
  box_sees_rest: { en: 'the box sees: {lamp}, {rest} s', zh: '设备所见：{lamp}，{rest} 秒' },
  pressed: { en: 'you: {lamp}', zh: '您：{lamp}' },
  said_agrees: { en: '{lamp}: agrees; go on', zh: '{lamp}：一致，请继续' },
  said_turned: { en: '{lamp}: agrees, change seen', zh: '{lamp}：一致，已见变灯' },
  said_unknown: {
    en: '{lamp}: the box does not know this lamp now; not counted',
    zh: '{lamp}：设备此时不知该灯状态；不计入',
  },
  said_differs: {
    en: 'REFUSED: you saw {lamp}, the box {shown}. Group begins anew.',
    zh: '拒绝：您看到{lamp}，设备为{shown}。该组重新开始。',
  },
  said_missed: {
    en: 'REFUSED: the box saw {lamp} between your answers, you did not. Group begins anew.',
    zh: '拒绝：设备在两次回答之间见到{lamp}，而您没有。该组重新开始。',
  },
  said_confirmed: { en: 'CONFIRMED: {id}', zh: '已确认：{id}' },
  said_cabinet_wrong: {
    en: 'REFUSED: at the cabinet it is {got}, the site says otherwise. Mend the site.',
    zh: '拒绝：机柜端为 {got}，与站点不符。请修正站点。',
  },
  said_arm_wrong: {
    en: 'REFUSED: {counted} counted, {expected} in the site. Count again or mend the site.',
    zh: '拒绝：清点为 {counted}，站点为 {expected}。请重新清点或修正站点。',
  },
  said_right: { en: 'agrees', zh: '一致' },
  open_more: { en: '  and {more} more (--show --json)', zh: '  以及另外 {more} 项（--show --json）' },
  open_head: { en: 'Still open ({count}):', zh: '未完成（{count}）：' },
  ended: {
    en: 'What is answered is kept. Go on with: lukou commission --resume',
    zh: '已答内容已保存。继续：lukou commission --resume',
  },
  finished: {
    en: 'Commissioned by {person}. {groups} groups, matrix of {pairs} pairs, SHA-256 {hash}.',
    zh: '{person} 已完成投运确认：{groups} 个灯组，矩阵 {pairs} 对，SHA-256 {hash}。',
  },
  revoked: { en: 'Revoked. A live site is unavailable from now on.', zh: '已撤销。live 站点从现在起为不可用。' },
  revoked_none: { en: 'There is no commissioning to revoke.', zh: '没有可撤销的确认。' },
  show_group: {
    en: '{id}  lamp group {lampGroup}  {seen} seen, {refusals} refused',
    zh: '{id}  灯组 {lampGroup}  观察 {seen} 次，拒绝 {refusals} 次',
  },
  show_half: {
    en: 'A walk of {person} is half done: {done} of {count} groups.',
    zh: '{person} 的巡查未完成：{done}/{count} 个灯组。',
  },

  cli_summary: {
    en: 'Confirm each lamp at the junction; without it a live site stays unavailable.',
    zh: '在路口逐灯确认；未确认的 live 站点保持不可用。',
  },
  cli_details: {
    en: 'Walk around the junction with a phone (SSH). For each lamp press at every change what it '
      + 'shows, for one whole cycle; the box compares within 2 s. Answers are kept at once. At the '
      + 'end the record is written with name, date and checksum, and SPAT may leave. A change of '
      + 'groups, matrix, lamps, phases or controller needs it anew.',
    zh: '用手机（SSH）绕路口一周。对每个灯，在每次变灯时按下所见颜色，持续一个完整周期；设备在 2 秒内比对。'
      + '回答立即保存。结束时写入带姓名、日期与校验和的记录，之后方可发送 SPAT。'
      + '灯组、矩阵、灯型、相位或信号机更改后须重新确认。',
  },
  cli_person: { en: 'Who looks at the lamps.', zh: '巡查人姓名。' },
  cli_group: { en: 'Walk this signal group alone, anew.', zh: '仅重新巡查该信号组。' },
  cli_resume: { en: 'Go on with a half-done walk.', zh: '继续未完成的巡查。' },
  cli_anew: { en: 'Throw a half-done walk away.', zh: '丢弃未完成的巡查。' },
  cli_show: { en: 'Print who commissioned what, and what is open.', zh: '显示确认情况与未完成项。' },
  cli_revoke: { en: 'Take the commissioning back.', zh: '撤销确认。' },
  cli_answers: {
    en: 'Answers as JSON lines from a file, `-` for standard input, instead of keys.',
    zh: '以 JSON 行文件代替按键作答；`-` 为标准输入。',
  },
  cli_matrix: {
    en: 'Pairs that the controller excludes, two lamp groups a line, from its own tool.',
    zh: '信号机自有工具导出的互斥灯组对，每行两个灯组号。',
  },
  cli_file: { en: 'file', zh: '文件' },
});
