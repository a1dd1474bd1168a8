import { defineTexts } from '../text.ts';

/** What the `map` commands say, and the words in a drawn map. */
export const mapTexts = defineTexts({
  family_map: {
    en: 'What vehicles are told of the road: size, picture, import.',
    zh: '告知车辆的道路信息：大小、图示与导入。',
  },
  option_node: {
    en: 'Node as region-number; without it the first that is served.',
    zh: '节点（区域-编号）；缺省为首个服务节点。',
  },
  option_profile: { en: 'Message profile; without it the one of the site.', zh: '消息规范；缺省为站点所用。' },

  size_summary: {
    en: 'Print how large the MAP of each node is, by link, and its variants.',
    zh: '显示各节点 MAP 的大小（按路段）及其变体。',
  },
  size_details: {
    en: 'A MAP over the limit of the profile is simplified by the smallest step that fits, up to '
      + '0.3 m; beyond that the site is refused. Variants are worked out ahead from calendars, '
      + 'plans and lane lamps; the gate lets nothing else leave.',
    zh: '超过上限的 MAP 以能容纳的最小误差简化，至多 0.3 米；仍超限则拒绝该站点。'
      + '变体由时段、方案与车道灯预先算出；安全闸不放行其他内容。',
  },
  size_node: {
    en: '{node} {name}: {octets} of {most} octets, lines simplified by {errorM} m',
    zh: '{node} {name}：{octets} / {most} 字节，线简化 {errorM} 米',
  },
  size_link: {
    en: 'link {link}: {octets} octets, {points} points, {lanes} lanes and crossings',
    zh: '路段 {link}：{octets} 字节，{points} 点，{lanes} 条车道与横道',
  },
  size_variant: {
    en: 'variant {index}, revision {revision}, {hash}: {octets} octets, when {keys}',
    zh: '变体 {index}，修订 {revision}，{hash}：{octets} 字节，条件 {keys}',
  },
  size_too_many: {
    en: 'more variants than are worked out ahead; see `lukou check`',
    zh: '变体数超出预算上限；见 `lukou check`',
  },

  draw_summary: {
    en: 'Draw a node as an SVG: lanes, stop lines, crossings, movements with their phases.',
    zh: '将节点绘制为 SVG：车道、停止线、横道、转向及其相位。',
  },
  draw_details: {
    en: 'Dots are the points that go on air, rings those that simplification left out. With --from '
      + 'the lanes of a MAP message are laid over the road file: what vehicles really get.',
    zh: '实心点为空口发送的点，空心圈为简化时舍去的点。使用 --from 时将 MAP 消息中的车道叠加在路网上：'
      + '即车辆实际收到的内容。',
  },
  draw_out: { en: 'File to write; without it the output.', zh: '写入的文件；缺省输出到终端。' },
  draw_variant: {
    en: 'Number of the variant as `map size` prints it.', zh: '变体序号，见 `map size`。',
  },
  draw_from: {
    en: 'Octets of a MAP message in hexadecimal, or a file that holds them.',
    zh: 'MAP 消息的十六进制字节，或含有它的文件。',
  },
  draw_radius: {
    en: 'How far around the node is drawn.', zh: '绘制范围（距节点）。',
  },
  draw_done: { en: '{file}: {octets} octets of SVG', zh: '{file}：SVG {octets} 字节' },
  fault_node: { en: 'one of {nodes}', zh: '以下之一：{nodes}' },
  fault_node_next: { en: 'Give --node as `map size` prints it.', zh: '请按 `map size` 的显示给出 --node。' },
  fault_variant: { en: 'a variant from 1 to {most}', zh: '1 至 {most} 的变体' },
  fault_variant_next: { en: 'See `lukou map size`.', zh: '请见 `lukou map size`。' },
  fault_hex: { en: 'a MAP message in hexadecimal', zh: '十六进制的 MAP 消息' },
  fault_hex_other: { en: 'a {type} message', zh: '{type} 消息' },
  fault_hex_node: { en: 'a MAP of other nodes: {nodes}', zh: '其他节点的 MAP：{nodes}' },
  fault_hex_next: {
    en: 'Take a line of `rsu.jsonl`, or name the node or profile that it is of.',
    zh: '请取 `rsu.jsonl` 中的一行，或指明其所属节点或消息规范。',
  },

  legend_lane: { en: 'motor lane', zh: '机动车道' },
  legend_bus: { en: 'bus lane', zh: '公交车道' },
  legend_non_motor: { en: 'non-motor lane', zh: '非机动车道' },
  legend_waiting: { en: 'waiting area', zh: '待行区' },
  legend_closed: { en: 'closed in this variant', zh: '本变体中关闭' },
  legend_crossing: { en: 'crossing', zh: '人行横道' },
  legend_stop: { en: 'stop line', zh: '停止线' },
  legend_link: { en: 'line of the link', zh: '路段中心线' },
  legend_kept: { en: 'point on air', zh: '空口点' },
  legend_dropped: { en: 'point left out', zh: '舍去的点' },
  legend_message: { en: 'from the message', zh: '来自消息' },
  legend_straight: { en: 'straight', zh: '直行' },
  legend_left: { en: 'left', zh: '左转' },
  legend_right: { en: 'right', zh: '右转' },
  legend_u_turn: { en: 'U-turn', zh: '掉头' },
  legend_free: { en: 'no lamp', zh: '无灯控制' },
  legend_phase: { en: 'phase', zh: '相位' },
  legend_metres: { en: 'm', zh: '米' },
  draw_title: {
    en: '{name} {node}: MAP variant {index} ({key}), {octets} octets, {hash}',
    zh: '{name} {node}：MAP 变体 {index}（{key}），{octets} 字节，{hash}',
  },
});
