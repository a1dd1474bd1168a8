import { defineTexts } from '../text.ts';

/**
 * What the checker of sites says. `<name>` is the sentence behind the path, `<name>_next` what to
 * do about it. Places differ by row.
 */
export const checkTexts = defineTexts({
  json_trailing: { en: 'more text after the end of the JSON value', zh: 'JSON 结束后仍有内容' },
  json_deep: { en: 'nested deeper than {depth} levels', zh: '嵌套超过 {depth} 层' },
  json_ended: { en: 'the file ends too early', zh: '文件过早结束' },
  json_unexpected: { en: 'unexpected {character}', zh: '意外的字符 {character}' },
  json_string: { en: 'a string is not closed or holds a bad escape', zh: '字符串未闭合或转义有误' },
  json_forbidden: { en: 'the name "{key}" is not allowed', zh: '不允许使用名称“{key}”' },
  json_twice: { en: 'the name "{key}" stands here twice', zh: '名称“{key}”重复出现' },

  file_missing: { en: 'file is missing', zh: '缺少该文件' },
  file_missing_next: {
    en: 'Give the site folder, or write one with `lukou site new`.',
    zh: '请指定站点目录，或用 `lukou site new` 新建。',
  },
  file_unreadable: { en: 'cannot be read: {got}', zh: '无法读取：{got}' },
  file_unreadable_next: { en: 'Check owner and mode of the file.', zh: '请检查文件所有者与权限。' },
  file_large: {
    en: 'expected at most {expected} octets, got {got}', zh: '期望至多 {expected} 字节，实际 {got}',
  },
  file_large_next: { en: 'Check that this is the right file.', zh: '请确认文件是否正确。' },
  file_encoding: { en: 'is not UTF-8 text', zh: '不是 UTF-8 文本' },
  file_encoding_next: { en: 'Save the file as UTF-8.', zh: '请以 UTF-8 保存文件。' },
  json_syntax: { en: 'line {line}, column {column}: {why}', zh: '第 {line} 行第 {column} 列：{why}' },
  json_syntax_next: { en: 'Mend the JSON at this place.', zh: '请修正此处的 JSON。' },
  version_unknown: {
    en: 'expected version {expected} or older, got {got}', zh: '期望版本 {expected} 或更旧，实际 {got}',
  },
  version_unknown_next: {
    en: 'Upgrade this software, or write the file with the version that runs here.',
    zh: '请升级软件，或用当前版本重新生成文件。',
  },

  unknown_setting: { en: 'unknown setting; known here: {expected}', zh: '未知设置；此处可用：{expected}' },
  unknown_setting_next: { en: 'Correct the name or remove it.', zh: '请更正名称或删除。' },
  required: { en: 'is required', zh: '必须填写' },
  required_next: { en: 'Add it: {expected}.', zh: '请补充：{expected}。' },
  out_of_range: { en: 'expected {expected}, got {got}', zh: '期望 {expected}，实际 {got}' },
  out_of_range_next: { en: 'Give a value in this range.', zh: '请填写范围内的值。' },
  wrong_type: { en: 'expected {expected}, got {got}', zh: '期望 {expected}，实际 {got}' },
  wrong_type_next: { en: 'Give a value of this kind.', zh: '请填写该类型的值。' },
  wrong_choice: { en: 'expected one of {expected}, got {got}', zh: '期望以下之一：{expected}，实际 {got}' },
  wrong_choice_next: { en: 'Take one of these words.', zh: '请选用其中之一。' },
  wrong_form: {
    en: 'expected text of the form {expected}, got {got}', zh: '期望格式 {expected}，实际 {got}',
  },
  wrong_form_next: { en: 'Write it in this form.', zh: '请按此格式填写。' },
  wrong_count: { en: 'expected {expected} entries, got {got}', zh: '期望 {expected} 项，实际 {got}' },
  wrong_count_next: { en: 'Add or remove entries.', zh: '请增减条目。' },
  wrong_length: {
    en: 'expected {expected} characters, got {got}', zh: '期望 {expected} 个字符，实际 {got}',
  },
  wrong_length_next: { en: 'Shorten or lengthen it.', zh: '请调整长度。' },

  id_twice: { en: 'the name {got} is already used at {expected}', zh: '名称 {got} 已用于 {expected}' },
  id_twice_next: { en: 'Give every row a name of its own.', zh: '请为每一项使用不同名称。' },
  reference_unknown: {
    en: 'names {got}, which is not among {expected}', zh: '引用了 {got}，而 {expected} 中没有它',
  },
  reference_unknown_next: { en: 'Correct the name or add the row.', zh: '请更正名称或补充该项。' },
  node_mismatch: {
    en: 'names node {got}, but road.json has {expected}: SPAT and MAP would not match',
    zh: '引用节点 {got}，而 road.json 中为 {expected}：SPAT 与 MAP 将不一致',
  },
  node_mismatch_next: {
    en: 'Use the same region and number in both files.', zh: '两个文件须使用相同的区域与编号。',
  },
  controller_mismatch: {
    en: 'expected controller {expected} as the node says, got {got}',
    zh: '期望与节点一致的信号机 {expected}，实际 {got}',
  },
  controller_mismatch_next: {
    en: 'Let node, controller and signal groups name one another.', zh: '节点、信号机与信号组须相互一致。',
  },

  frame_far: {
    en: 'expected at most {expected} m from the reference point, got {got} m',
    zh: '期望距参考点至多 {expected} 米，实际 {got} 米',
  },
  frame_far_next: {
    en: 'The frame is valid to 2 km; check the point or move the reference point.',
    zh: '坐标系有效范围 2 公里；请检查该点或移动参考点。',
  },
  point_twice: { en: 'points {got} and the next are the same place', zh: '第 {got} 点与下一点重合' },
  point_twice_next: { en: 'Remove one of them.', zh: '请删除其中一点。' },
  line_crosses_itself: { en: 'the line crosses itself at segment {got}', zh: '线在第 {got} 段与自身相交' },
  line_crosses_itself_next: { en: 'Check the order of its points.', zh: '请检查各点顺序。' },

  link_self: { en: 'begins and ends at node {got}', zh: '起止于同一节点 {got}' },
  link_self_next: { en: 'Name two different nodes.', zh: '请填写两个不同节点。' },
  link_pair_twice: {
    en: 'nodes {got} are already joined by {expected}; MAP can carry one link per pair',
    zh: '节点 {got} 已由 {expected} 连接；MAP 每对节点只能有一条路段',
  },
  link_pair_twice_next: { en: 'Join the two links, or add a node between.', zh: '请合并路段，或在其间增加节点。' },
  link_without_lanes: { en: 'has no lane; MAP needs at least one', zh: '没有车道；MAP 至少需要一条' },
  link_without_lanes_next: { en: 'Add its lanes or remove the link.', zh: '请补充车道或删除路段。' },
  too_many: {
    en: 'expected at most {expected} {what}, got {got}', zh: '期望至多 {expected} 个{what}，实际 {got}',
  },
  too_many_next: { en: 'Split it: the message cannot carry more.', zh: '请拆分：消息无法承载更多。' },
  name_not_ascii: {
    en: 'expected 1 to 63 ASCII characters, or none, got {got}',
    zh: '期望 1 至 63 个 ASCII 字符或留空，实际 {got}',
  },
  name_not_ascii_next: { en: 'Names on air are ASCII; use pinyin.', zh: '空口名称只能用 ASCII，可用拼音。' },
  lane_number_twice: {
    en: 'number {got} is already used by {expected} in this link',
    zh: '编号 {got} 已被本路段的 {expected} 使用',
  },
  lane_number_twice_next: {
    en: 'Number lanes and crossings of a link apart.', zh: '同一路段的车道与横道编号须不同。',
  },
  lane_order: {
    en: 'expected lanes 1, 2, 3 … from the left along travel, got {got} from the left',
    zh: '期望沿行驶方向自左起为 1、2、3…，实际自左起为 {got}',
  },
  lane_order_next: { en: 'Renumber the lanes from the left.', zh: '请自左向右重新编号。' },
  lane_width: { en: 'expected {expected} m, got {got}', zh: '期望 {expected} 米，实际 {got}' },
  lane_width_next: { en: 'Measure the lane between its markings.', zh: '请按标线测量车道宽度。' },
  stop_line: {
    en: 'expected the last point on the stop line of {expected}, got {got} m away along the road',
    zh: '期望末点在 {expected} 的停止线上，实际沿路相距 {got} 米',
  },
  stop_line_next: { en: 'End lane and link at the stop line.', zh: '车道与路段应止于停止线。' },
  lane_outside_link: {
    en: 'ends {got} m beside its link {expected}', zh: '末点偏离路段 {expected} {got} 米',
  },
  lane_outside_link_next: { en: 'Check link and points of the lane.', zh: '请检查车道所属路段及点位。' },

  movement_node: {
    en: 'leads into {got}, which does not begin where the lane ends ({expected})',
    zh: '通向 {got}，但其起点不是该车道的终点节点（{expected}）',
  },
  movement_node_next: { en: 'Name a link that leaves this node.', zh: '请填写自该节点驶出的路段。' },
  movement_lane: { en: 'lane {got} is not a lane of {expected}', zh: '车道 {got} 不属于 {expected}' },
  movement_lane_next: { en: 'Name a lane of the link.', zh: '请填写该路段的车道。' },
  movement_start: {
    en: 'expected to begin at the end of {expected}, got {got} m away',
    zh: '期望起于 {expected} 末端，实际相距 {got} 米',
  },
  movement_start_next: { en: 'Draw the path from stop line to exit.', zh: '请自停止线画至出口。' },
  movement_end: {
    en: 'expected to end at the beginning of {expected}, got {got} m away',
    zh: '期望止于 {expected} 起点，实际相距 {got} 米',
  },
  movement_end_next: { en: 'Draw the path from stop line to exit.', zh: '请自停止线画至出口。' },
  movement_use: { en: 'lane {expected} does not allow {got}', zh: '车道 {expected} 不允许 {got}' },
  movement_use_next: { en: 'Add the manoeuvre to the uses of the lane.', zh: '请在车道用途中加入该转向。' },
  movement_turn: {
    en: 'is called {got}, but the path turns {expected}', zh: '名为 {got}，但轨迹为 {expected}',
  },
  movement_turn_next: { en: 'Correct the manoeuvre or the path.', zh: '请更正转向或轨迹。' },
  movement_twice: {
    en: 'repeats {expected}: same lane, link and manoeuvre', zh: '与 {expected} 重复：车道、路段、转向相同',
  },
  movement_twice_next: { en: 'Remove one of the two.', zh: '请删除其一。' },
  lamp_type: {
    en: 'group {got} has lamps of type {expected}, which do not govern this',
    zh: '信号组 {got} 的灯具类型为 {expected}，不能控制此项',
  },
  lamp_type_next: { en: 'Name the group whose lamps stand here.', zh: '请填写此处灯具所属的信号组。' },
  waiting_area: {
    en: 'lane {got} is not a waiting area in front of {expected}',
    zh: '车道 {got} 不是 {expected} 前方的待转区',
  },
  waiting_area_next: {
    en: 'A waiting area is a lane of kind waiting-area that begins at the stop line.',
    zh: '待转区是类型为 waiting-area、起于停止线的车道。',
  },

  lamp_group_twice: {
    en: 'lamp group {got} is already mapped by {expected}', zh: '灯组 {got} 已由 {expected} 映射',
  },
  lamp_group_twice_next: {
    en: 'Map each lamp group once, or list it as ignored.', zh: '每个灯组只映射一次，或列入忽略。',
  },
  group_unused: {
    en: 'group {got} governs nothing: MAP would not carry its phase',
    zh: '信号组 {got} 未控制任何通行：MAP 中将无此相位',
  },
  group_unused_next: {
    en: 'Name it at a movement or crossing, or list its lamp group as ignored.',
    zh: '请在转向或横道中引用，或将灯组列入忽略。',
  },
  unlamped: {
    en: '{got} has no lamp at a node with a controller',
    zh: '{got} 位于有信号机的节点，却无信号组',
  },
  unlamped_next: {
    en: 'Name the signal group that governs it; without one MAP says that it may go at any time.',
    zh: '请注明控制它的信号组；否则 MAP 表示其可随时通行。',
  },
  phase_shared: {
    en: 'shares phase {phase} with {expected} but differs in {got}',
    zh: '与 {expected} 共用相位 {phase}，但 {got} 不同',
  },
  phase_shared_next: {
    en: 'Only groups whose lamps are always equal may share a phase.', zh: '仅状态始终一致的信号组可共用相位。',
  },
  phase_conflict: {
    en: 'shares phase {phase} with {expected}, which conflicts with it',
    zh: '与其冲突的 {expected} 共用相位 {phase}',
  },
  phase_conflict_next: { en: 'Give it a phase of its own.', zh: '请使用独立相位。' },
  yellow_short: {
    en: 'expected at least 2.7 s of yellow, got {got} s', zh: '期望黄灯至少 2.7 秒，实际 {got} 秒',
  },
  yellow_short_next: {
    en: 'Copy the yellow time from the signal plan (usually 3 s).', zh: '请按配时方案填写黄灯（通常 3 秒）。',
  },
  green_zero: {
    en: 'expected a minimum green over 0 s, got {got} s', zh: '期望最短绿灯大于 0 秒，实际 {got} 秒',
  },
  green_zero_next: { en: 'Copy the minimum green from the signal plan.', zh: '请按配时方案填写最短绿灯。' },

  pair_self: { en: 'pairs {got} with itself', zh: '{got} 与自身成对' },
  pair_self_next: { en: 'Remove the pair.', zh: '请删除该对。' },
  pair_twice: { en: 'the pair {got} stands already at {expected}', zh: '{got} 已在 {expected} 列出' },
  pair_twice_next: { en: 'Each pair stands once, in one of the lists.', zh: '每对只列一次，且只在一个列表中。' },
  pair_nodes: { en: '{got} belong to different nodes', zh: '{got} 属于不同节点' },
  pair_nodes_next: {
    en: 'Only groups of one node are held against each other.', zh: '仅同一节点的信号组可成对。',
  },
  pair_missing: {
    en: '{got} cross at ({expected}) and are neither conflicting nor yielding',
    zh: '{got} 在（{expected}）相交，却未列为冲突或让行',
  },
  pair_missing_next: {
    en: 'Add the pair to conflicts.conflicting; yielding only where one gives way by law.',
    zh: '请加入 conflicts.conflicting；仅依法让行者可列入 yielding。',
  },
  pair_not_permissive: {
    en: '{got} yield to one another, but not both are permissive', zh: '{got} 列为让行，但并非两者都是许可绿灯',
  },
  pair_not_permissive_next: {
    en: 'Mark both groups as permissive, or list the pair as conflicting.',
    zh: '请将两者都标为 permissive，或列为冲突。',
  },
  intergreen_missing: { en: 'no clearance time from {got}', zh: '缺少 {got} 的清空时间' },
  intergreen_missing_next: {
    en: 'Add the row from the intergreen table of the signal plan.', zh: '请按绿间隔表补充。',
  },
  intergreen_twice: {
    en: 'the clearance time from {got} stands already at {expected}',
    zh: '{got} 的清空时间已在 {expected} 列出',
  },
  intergreen_twice_next: { en: 'Remove one of the two.', zh: '请删除其一。' },
  intergreen_stray: {
    en: 'clearance time for {got}, which do not conflict', zh: '{got} 并不冲突，却有清空时间',
  },
  intergreen_stray_next: {
    en: 'Remove the row, or list the pair as conflicting.', zh: '请删除，或将该对列为冲突。',
  },
  stage_conflict: { en: 'lets {got} go together, which conflict', zh: '同时放行冲突的 {got}' },
  stage_conflict_next: { en: 'Take one of them out of the stage.', zh: '请从阶段中去掉其一。' },
  stage_short: { en: 'expected at least {expected} s for {got}', zh: '{got} 至少需要 {expected} 秒' },
  stage_short_next: { en: 'Lengthen the stage or correct the minimum green.', zh: '请延长阶段或更正最短绿灯。' },
  stage_never: { en: 'group {got} is green in no stage', zh: '信号组 {got} 在任何阶段均不放行' },
  stage_never_next: { en: 'Add it to a stage.', zh: '请将其加入某个阶段。' },
  stage_unequal: {
    en: 'lets {got} go without {expected}, which shares its phase',
    zh: '放行 {got} 而未放行共用相位的 {expected}',
  },
  stage_unequal_next: {
    en: 'Groups of one phase go together in every stage.', zh: '共用相位的信号组须同时放行。',
  },

  zone_missing: {
    en: 'expected at least one zone of kind {expected}, got none', zh: '期望至少一个 {expected} 区域，实际没有',
  },
  zone_missing_next: { en: 'Add the zone; without it no RSM is sent.', zh: '请补充该区域；否则不发送 RSM。' },
  zone_uncovered: {
    en: 'no enabled sensor looks into zone {got}: its RSM stays silent',
    zh: '没有启用的传感器覆盖区域 {got}：不会发送其 RSM',
  },
  zone_uncovered_next: {
    en: 'Check poses and fields of view, or remove the zone.', zh: '请检查位姿与视场，或删除该区域。',
  },
  rsu_without_area: { en: 'unit {got} serves no node', zh: '路侧单元 {got} 未服务任何节点' },
  rsu_without_area_next: {
    en: 'Add it to rsuAreas in road.json.', zh: '请加入 road.json 的 rsuAreas。',
  },
  node_without_rsu: {
    en: 'node {got} has lamps but no unit serves it', zh: '节点 {got} 有信号灯但无路侧单元服务',
  },
  node_without_rsu_next: {
    en: 'Add it to rsuAreas in road.json.', zh: '请加入 road.json 的 rsuAreas。',
  },

  test_region: {
    en: 'expected region 0 and node 0 to 255 in mode {expected}, got {got}',
    zh: '{expected} 模式下期望区域 0、节点 0 至 255，实际 {got}',
  },
  test_region_next: {
    en: 'Rule R25: tests use the numbers reserved for tests.', zh: '规则 R25：测试只能使用测试编号。',
  },
  live_region: {
    en: 'expected a region above 0 in mode live, got {got}', zh: 'live 模式下期望区域大于 0，实际 {got}',
  },
  live_region_next: {
    en: 'Region 0 is for tests; use the region given to the city.',
    zh: '区域 0 仅供测试；请使用城市分配的区域。',
  },
  rsu_link_type: {
    en: 'expected one of {expected}, which this link can say, got {got}',
    zh: '期望此链路能表示的 {expected} 之一，实际 {got}',
  },
  rsu_link_type_next: {
    en: 'Take the type out, or give the unit another link.', zh: '请移除该类型，或为该单元改用其他链路。',
  },
  rsu_link_idle: {
    en: 'link {got} does not read it', zh: '链路 {got} 不读取此项',
  },
  rsu_link_idle_next: { en: 'Set it to null.', zh: '请设为 null。' },
  rsu_loopback: {
    en: 'expected a loopback address in mode {expected}, got {got}',
    zh: '{expected} 模式下期望本机回环地址，实际 {got}',
  },
  rsu_loopback_next: {
    en: 'Rule R25: simulated lamps must never reach a real RSU. Use 127.0.0.1.',
    zh: '规则 R25：模拟灯态绝不能送往真实 RSU。请使用 127.0.0.1。',
  },
  reference_place: {
    en: 'expected a point in China (latitude 3 to 54, longitude 73 to 136), got {got}',
    zh: '期望位于中国境内（纬度 3 至 54，经度 73 至 136），实际 {got}',
  },
  reference_place_next: {
    en: 'Check that latitude and longitude are not exchanged. Take the point from a survey, not '
      + 'from a map: Chinese maps are in GCJ-02 and lie 100 to 800 m off.',
    zh: '请检查经纬度是否颠倒。请用测量点而非地图点：国内地图为 GCJ-02 坐标，偏移 100 至 800 米。',
  },
  reference_gcj02: {
    en: 'lies {got} m from the box, just where GCJ-02 would put it',
    zh: '距设备 {got} 米，恰为 GCJ-02 的偏移位置',
  },
  reference_gcj02_next: {
    en: 'The point was taken from a map. Enter the surveyed point.', zh: '该点取自地图。请填写测量点。',
  },

  line_turns_back: {
    en: 'the line turns back on itself at point {got}', zh: '线在第 {got} 点折返',
  },
  line_turns_back_next: {
    en: 'Put its points in order along travel.', zh: '请按行驶方向排列各点。',
  },
  lanes_overlap: {
    en: 'expected {expected} m between the middles of this lane and {other}, as their widths '
      + 'ask, got {got} m',
    zh: '按宽度，本车道与 {other} 的中线应相距 {expected} 米，实际 {got} 米',
  },
  lanes_overlap_next: {
    en: 'Correct widths or points: a lane may be off by 0.5 m.', zh: '请更正宽度或点位：车道允许误差 0.5 米。',
  },
  link_off_centre: {
    en: 'expected the line within {expected} m of the middle of its lanes, got {got} m at the '
      + 'stop line',
    zh: '期望中心线距各车道中央不超过 {expected} 米，停止线处实际 {got} 米',
  },
  link_off_centre_next: {
    en: 'Draw the link along the middle of its lanes; its last point is the middle of the stop line.',
    zh: '请沿各车道中央绘制路段；末点为停止线中点。',
  },
  link_width: {
    en: 'expected about {expected} m, as its lanes take up, got {got} m',
    zh: '按各车道宽度应约 {expected} 米，实际 {got} 米',
  },
  link_width_next: { en: 'Give the width from kerb to kerb.', zh: '请填写路缘间的宽度。' },
  lane_leaves_link: {
    en: 'expected at most {expected} m beside the line of {link}, got {got} m',
    zh: '期望距路段 {link} 中心线至多 {expected} 米，实际 {got} 米',
  },
  lane_leaves_link_next: {
    en: 'Check link and points of the lane, and the width of the link.',
    zh: '请检查车道所属路段、点位及路段宽度。',
  },
  crossing_far: {
    en: 'expected at most {expected} m from the stop line of {link}, got {got} m',
    zh: '期望距 {link} 停止线至多 {expected} 米，实际 {got} 米',
  },
  crossing_far_next: {
    en: 'Name the link that it crosses at its end.', zh: '请填写该横道在末端横穿的路段。',
  },
  calendar_reversed: {
    en: 'expected a minute after {expected}, got {got}: it would never hold',
    zh: '期望大于 {expected} 的分钟，实际 {got}：将永不生效',
  },
  calendar_reversed_next: {
    en: 'For a span over midnight write two rows, one to 1440 and one from 0.',
    zh: '跨零点时请写两行：一行至 1440，一行自 0。',
  },
  plan_without_controller: {
    en: 'node {got} has no controller that could tell its plan: it will never hold',
    zh: '节点 {got} 没有可上报方案的信号机：将永不生效',
  },
  plan_without_controller_next: {
    en: 'Use a calendar, or give the node its controller.', zh: '请改用时段条件，或为节点指定信号机。',
  },
  sign_source: {
    en: 'nothing tells the state of sign {got}; signs are signal groups with lamps of type lane: '
      + '{expected}',
    zh: '无法获知标志 {got} 的状态；标志为灯具类型 lane 的信号组：{expected}',
  },
  sign_source_next: {
    en: 'Name a lane lamp; until then the use never holds.', zh: '请填写车道灯信号组；此前该用途永不生效。',
  },
  sign_state: {
    en: 'expected one of {expected}, got {got}', zh: '期望以下之一：{expected}，实际 {got}',
  },
  sign_state_next: { en: 'Take a state that a lane lamp shows.', zh: '请选用车道灯的状态。' },
  map_variants: {
    en: 'expected at most {expected} variants of its map, got more from {got} conditions: {rows}',
    zh: '期望其 MAP 变体至多 {expected} 个，{got} 个条件产生的变体更多：{rows}',
  },
  map_variants_next: {
    en: 'Join conditions that begin and end together.', zh: '请合并同起同止的条件。',
  },
  without_map: {
    en: 'gets {got} but no {expected}: receivers cannot place them on a lane',
    zh: '发送 {got} 却不发送 {expected}：接收方无法对应到车道',
  },
  without_map_next: {
    en: 'Add MAP to the types of a unit that serves this node.', zh: '请在服务该节点的路侧单元中加入 MAP。',
  },
  north_grid: {
    en: 'points are taken as if north were true north; got {got}',
    zh: '各点按真北处理；实际为 {got}',
  },
  north_grid_next: {
    en: 'Turn the points by the grid convergence: 0.5 degrees are 1.7 m at 200 m.',
    zh: '请按子午线收敛角旋转各点：0.5 度在 200 米处为 1.7 米。',
  },
  height_normal: {
    en: 'messages want heights above the ellipsoid; with {got} heights none is sent',
    zh: '消息须用椭球高；采用 {got} 高程时不发送高度',
  },
  height_normal_next: {
    en: 'Add the geoid height of the place and say ellipsoid.', zh: '请加上当地高程异常并填 ellipsoid。',
  },
  epoch_cgcs: {
    en: 'CGCS2000 is the frame at epoch {expected}, got {got}',
    zh: 'CGCS2000 的历元为 {expected}，实际 {got}',
  },
  epoch_cgcs_next: {
    en: 'Say 2000, or WGS-84 with the epoch of the survey.', zh: '请填 2000，或改用 WGS-84 与测量历元。',
  },
  epoch_old: {
    en: 'expected an epoch near {expected}, got {got}: the ground has moved by about {movedM} m',
    zh: '期望接近 {expected} 的历元，实际 {got}：地面已移动约 {movedM} 米',
  },
  epoch_old_next: {
    en: 'Survey again, or move the points to today.', zh: '请重新测量，或将各点归算至当前历元。',
  },
  time_zone_unknown: { en: 'unknown time zone {got}', zh: '未知时区 {got}' },
  time_zone_unknown_next: { en: 'Write it as Asia/Shanghai.', zh: '请按 Asia/Shanghai 的形式填写。' },
  roll_unused: {
    en: 'no driver uses the roll of a sensor; got {got} rad', zh: '没有驱动使用传感器横滚角；实际 {got} 弧度',
  },
  roll_unused_next: {
    en: 'Level the sensor and say 0, or calibrate it by a homography.',
    zh: '请将传感器调平并填 0，或以单应矩阵标定。',
  },
  map_over_size: {
    en: 'expected at most {expected} octets of MAP, got {got} with lines {errorM} m coarse; '
      + 'octets by link: {links}',
    zh: '期望 MAP 至多 {expected} 字节，线简化 {errorM} 米后仍有 {got}；各路段字节数：{links}',
  },
  map_over_size_next: {
    en: 'Give the largest links fewer points or split off a node; see `lukou map size`.',
    zh: '请减少最大路段的点数或拆出节点；见 `lukou map size`。',
  },
  map_line_points: {
    en: 'expected a line of at most {expected} points within 0.3 m, got {got} points',
    zh: '期望 0.3 米误差内至多 {expected} 点，实际 {got} 点',
  },
  map_line_points_next: { en: 'Smooth the line or split it.', zh: '请平滑该线或将其拆分。' },
  map_list_long: {
    en: 'expected at most {expected} entries in MAP of this profile, got {got}',
    zh: '期望本消息规范的 MAP 中至多 {expected} 项，实际 {got}',
  },
  map_list_long_next: {
    en: 'Split the lane or link, or take another profile.', zh: '请拆分车道或路段，或改用其他消息规范。',
  },
  sign_text: {
    en: 'expected text that GB2312 can hold, got {got}', zh: '期望 GB2312 可表示的文字，实际 {got}',
  },
  sign_text_next: {
    en: 'Replace these characters: {expected}.', zh: '请替换这些字符：{expected}。',
  },
  sign_code: {
    en: 'expected the 16 characters of the GB/T 30699 sign code first, got {got}',
    zh: '期望以 16 位 GB/T 30699 标志编码开头，实际 {got}',
  },
  sign_code_next: {
    en: 'Write the code of the sign before its text; receivers look it up.',
    zh: '请在文字前填写标志编码；接收方据此查询。',
  },

  driver_unknown: {
    en: 'unknown driver {got}; known here: {expected}',
    zh: '未知驱动 {got}；可用：{expected}',
  },
  driver_unknown_next: { en: 'See `lukou drivers`.', zh: '请见 `lukou drivers`。' },
  driver_role: { en: '{got} is a driver for {expected}', zh: '{got} 是用于 {expected} 的驱动' },
  driver_role_next: { en: 'Move the row to the right list.', zh: '请移到正确的列表。' },
  driver_transport: {
    en: '{driver} cannot use a port of kind {got}; it takes {expected}',
    zh: '{driver} 不支持 {got} 端口；支持 {expected}',
  },
  driver_transport_next: { en: 'Name a port of that kind.', zh: '请选用该类型端口。' },
  profile_unknown: {
    en: 'unknown profile {got}; known here: {expected}',
    zh: '未知规范 {got}；可用：{expected}',
  },
  profile_unknown_next: { en: 'Take one of the profiles.', zh: '请选用其中之一。' },
  sensor_outside: { en: 'the pose lies outside every zone of kind area', zh: '位姿位于所有 area 区域之外' },
  sensor_outside_next: {
    en: 'Check the survey of the pole, or enlarge the area.', zh: '请检查杆位测量，或扩大区域。',
  },
  range_reversed: {
    en: 'expected more than rangeMinM ({expected}), got {got}',
    zh: '期望大于 rangeMinM（{expected}），实际 {got}',
  },
  range_reversed_next: { en: 'Exchange the two.', zh: '请对调两值。' },
  sensor_number_twice: {
    en: 'sensor number {got} on this bus is already used by {expected}',
    zh: '该总线上的传感器编号 {got} 已被 {expected} 使用',
  },
  sensor_number_twice_next: {
    en: 'Set another number in the radar and here.', zh: '请在雷达与此处设置不同编号。',
  },
  port_shared: { en: 'port {got} is already used by {expected}', zh: '端口 {got} 已被 {expected} 使用' },
  port_shared_next: { en: 'Only CAN buses are shared; add a port.', zh: '仅 CAN 总线可共用；请增加端口。' },
  port_unused: { en: 'port {got} is used by nobody', zh: '端口 {got} 未被使用' },
  port_unused_next: { en: 'Remove it, or name it at a sensor.', zh: '请删除或在传感器中引用。' },
  listen_twice: { en: '{got} is already listened on by {expected}', zh: '{got} 已由 {expected} 监听' },
  listen_twice_next: { en: 'Take another port number.', zh: '请更换端口号。' },
  listen_everywhere: { en: 'listens on {got}, which is every network', zh: '监听 {got}，即所有网络' },
  listen_everywhere_next: {
    en: 'Bind to one address or name the interface.', zh: '请绑定到一个地址或指定接口。',
  },
  allow_empty: { en: 'hears nobody: the list of sources is empty', zh: '来源列表为空：不接收任何数据' },
  allow_empty_next: { en: 'Add the address of the device to allow.', zh: '请在 allow 中加入设备地址。' },
  web_exposed: { en: 'expected a loopback address, got {got}', zh: '期望本机回环地址，实际 {got}' },
  web_exposed_next: {
    en: 'Use `lukou web share` to show it on a network for some hours.',
    zh: '需要时用 `lukou web share` 临时开放。',
  },
  url_invalid: { en: 'expected {expected}, got {got}', zh: '期望 {expected}，实际 {got}' },
  url_invalid_next: { en: 'Write mqtts://host:8883.', zh: '请写成 mqtts://主机:8883。' },
  url_secret: { en: 'holds a user or password', zh: '包含用户名或密码' },
  url_secret_next: {
    en: 'Use username and passwordEnv; this file is no place for secrets.',
    zh: '请用 username 与 passwordEnv；此文件不可存放密码。',
  },
  expression_refused: {
    en: 'the expression is refused; expected {expected}, got {got}',
    zh: '表达式不被接受；期望 {expected}，实际 {got}',
  },
  expression_refused_next: {
    en: 'Write a condition such as: cls == "truck" and speedMps > 60 km/h',
    zh: '请写成条件，例如：cls == "truck" and speedMps > 60 km/h',
  },
  url_plain: { en: '{got} is not encrypted', zh: '{got} 未加密' },
  url_plain_next: { en: 'Use mqtts:// towards anything beyond this box.', zh: '对外连接请使用 mqtts://。' },
  key_without_certificate: {
    en: 'certFile and keyFile go together', zh: 'certFile 与 keyFile 须同时填写',
  },
  key_without_certificate_next: { en: 'Give both or none.', zh: '请同时填写或同时留空。' },
  loop_period: {
    en: 'expected a rate whose period is whole milliseconds, got {got} Hz',
    zh: '期望周期为整毫秒的频率，实际 {got} Hz',
  },
  loop_period_next: { en: 'Take 5, 8, 10, 20, 25, 40 or 50.', zh: '请取 5、8、10、20、25、40 或 50。' },
  rsm_rate: {
    en: 'RSM would go at {got} Hz; the requirement is {expected} Hz',
    zh: 'RSM 频率为 {got} Hz；要求 {expected} Hz',
  },
  rsm_rate_next: {
    en: 'Set rsmEveryTicks to rateHz / 10.', zh: '请将 rsmEveryTicks 设为 rateHz / 10。',
  },
  air_trigger: {
    en: '{kind} may be triggered by {expected}, got {got}', zh: '{kind} 的触发可为 {expected}，实际 {got}',
  },
  air_trigger_next: { en: 'Take one of these words.', zh: '请选用其中之一。' },
  air_period: { en: 'expected a multiple of {expected} ms, got {got}', zh: '期望 {expected} 毫秒的整数倍，实际 {got}' },
  air_period_next: { en: 'Round it to the next multiple.', zh: '请取整数倍。' },
  air_slow: {
    en: '{kind} is required every {expected} ms at the least, got {got}',
    zh: '{kind} 要求周期不超过 {expected} 毫秒，实际 {got}',
  },
  air_slow_next: {
    en: 'Take a shorter period, or agree on the longer one with who receives it.',
    zh: '请缩短周期，或与接收方约定。',
  },
  air_twice: { en: '{got} stands in row {expected} already', zh: '{got} 已在第 {expected} 行' },
  air_twice_next: { en: 'Leave one row for each kind.', zh: '每种消息保留一行。' },
  air_ssm_unsent: { en: 'SSM is wanted, but no unit takes it', zh: '已启用 SSM，但没有单元发送它' },
  air_ssm_unsent_next: { en: 'Add SSM to `types` of a unit, and take profile P2 or D2.', zh: '请在单元的 `types` 中加入 SSM，并选用 P2 或 D2 规范。' },
  air_ssm_gate: {
    en: 'SSM is wanted, but the gate of this version does not read it and lets none pass',
    zh: '已启用 SSM，但本版本的安全闸不解读 SSM，一律不放行',
  },
  air_ssm_gate_next: {
    en: 'Turn `air.ssm` off; RSM tells of the same road users.',
    zh: '请关闭 `air.ssm`；RSM 已包含相同的交通参与者。',
  },
  sensing_v2x: {
    en: 'sensing v2x and driver rsu-receive belong together: expected {expected}, got {got}',
    zh: 'sensing v2x 与驱动 rsu-receive 须同时使用：期望 {expected}，实际 {got}',
  },
  sensing_v2x_next: {
    en: 'What road users say of themselves covers no zone and begins no track; only this pair says so.',
    zh: '自报不构成覆盖，也不生成航迹；请按此配对填写。',
  },
  no_main_sensor: {
    en: 'phaseLock is on but no enabled sensor is main', zh: '已启用 phaseLock，但没有主传感器',
  },
  no_main_sensor_next: { en: 'Mark the slowest good sensor as main.', zh: '请将最慢的可靠传感器设为 main。' },
  box_mismatch: {
    en: 'this folder is for box {got}, but this is box {expected}',
    zh: '此目录属于设备 {got}，而本机为 {expected}',
  },
  box_mismatch_next: { en: 'Take the folder of this box.', zh: '请使用本设备的目录。' },
  revision_older: {
    en: 'expected revision {expected} or newer, got {got}', zh: '期望修订号 {expected} 或更新，实际 {got}',
  },
  revision_older_next: { en: 'Rolling back needs an explicit command.', zh: '回退需使用明确的命令。' },

  sign_unknown: {
    en: 'unknown sign {got}; known here: {expected}',
    zh: '未知标志 {got}；可用：{expected}',
  },
  sign_unknown_next: { en: 'Take one of these names.', zh: '请选用其中之一。' },
  sign_without_place: {
    en: 'sign {got} names neither links nor a path',
    zh: '标志 {got} 既无路段也无路径',
  },
  sign_without_place_next: {
    en: 'Name the links that it is for, or draw a path.',
    zh: '请填写适用路段或路径。',
  },

  heading: { en: '{file} has {count} problems', zh: '{file} 有 {count} 个问题' },
  heading_one: { en: '{file} has 1 problem', zh: '{file} 有 1 个问题' },
  warning: { en: 'note: ', zh: '提示：' },
  clean: { en: '{site}: no problems', zh: '{site}：没有问题' },

  ask_id: { en: 'Name of the site (letters, digits, - and _)', zh: '站点标识（字母、数字、- 与 _）' },
  ask_name_en: { en: 'English name', zh: '英文名称' },
  ask_name_zh: { en: 'Chinese name', zh: '中文名称' },
  ask_latitude: {
    en: 'Latitude of the reference point, degrees (surveyed, not from a map)',
    zh: '参考点纬度，度（测量值，勿取自地图）',
  },
  ask_longitude: { en: 'Longitude of the reference point, degrees', zh: '参考点经度，度' },
  ask_height: { en: 'Height of the reference point above the ellipsoid, m', zh: '参考点椭球高，米' },
  ask_node: {
    en: 'Number of the junction node (0 to 255 until it goes live)', zh: '路口节点编号（上线前为 0 至 255）',
  },
  ask_lamps: { en: 'Has it traffic lamps? (yes/no)', zh: '是否有信号灯？(yes/no)' },
  ask_arms: { en: 'Number of arms (3 or 4)', zh: '进口数（3 或 4）' },
  ask_bearing: {
    en: 'Arm {arm}: bearing from the middle outwards, degrees clockwise from north',
    zh: '进口 {arm}：自中心向外的方位角，度，自北顺时针',
  },
  ask_length: { en: 'Arm {arm}: length, m', zh: '进口 {arm}：长度，米' },
  ask_lanes: {
    en: 'Arm {arm}: approach lanes from the left, each of l, s, r (for example l,s,sr)',
    zh: '进口 {arm}：自左起的进口车道，用 l、s、r 表示（如 l,s,sr）',
  },
  ask_exits: { en: 'Arm {arm}: number of exit lanes', zh: '进口 {arm}：出口车道数' },
  ask_speed: { en: 'Arm {arm}: speed limit, km/h', zh: '进口 {arm}：限速，km/h' },
  ask_again: { en: 'Not understood: {got}. Expected {expected}.', zh: '无法识别：{got}。期望 {expected}。' },
});
