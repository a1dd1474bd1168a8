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

  check_gnss: {
    en: 'Where a GNSS receiver puts the box: tells whether the reference point came from a map '
      + '(GCJ-02).',
    zh: 'GNSS 接收机给出的设备位置：用于判断参考点是否取自地图（GCJ-02）。',
  },
  usage_gnss: {
    en: '--gnss takes latitude,longitude in degrees, got {got}.',
    zh: '--gnss 需为以度表示的 纬度,经度，实际 {got}。',
  },

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

  import_summary: {
    en: 'Make a site from a map: OpenDRIVE (.xodr) or Lanelet2 (.osm).',
    zh: '由地图生成站点：OpenDRIVE（.xodr）或 Lanelet2（.osm）。',
  },
  import_details: {
    en: 'Reads the junctions of the map with their approaches, exits, ways across and crossings '
      + 'into a new site folder for the bench, and says what it left out. Lamps, conflicts and '
      + 'sensors are no part of such maps: the last lines say what is yours to add.',
    zh: '读取地图中的路口及其进口、出口、转向与横道，写入新的 bench 站点目录，并列出未采用的内容。'
      + '此类地图不含信号灯、冲突与传感器：末尾几行列出须由您补充的内容。',
  },
  import_file: { en: 'The map file.', zh: '地图文件。' },
  import_out: { en: 'New or empty folder for the site.', zh: '站点目录，须为新目录或空目录。' },
  import_reference: {
    en: 'Latitude, longitude and height of the origin, for a map that does not say where it lies.',
    zh: '原点的纬度、经度与高度；用于未注明位置的地图。',
  },
  import_junction: {
    en: 'Junctions to take, by id, apart by commas; all without it.',
    zh: '要采用的路口编号，以逗号分隔；缺省为全部。',
  },
  import_reach: { en: 'How far links reach from a junction.', zh: '路段自路口延伸的距离。' },
  import_done: {
    en: '{folder}: {junctions} junctions, {links} links, {lanes} lanes, {movements} movements, '
      + '{crossings} crossings',
    zh: '{folder}：{junctions} 个路口，{links} 条路段，{lanes} 条车道，{movements} 个转向，'
      + '{crossings} 条横道',
  },
  import_skipped: { en: 'left out: {what}', zh: '未采用：{what}' },
  import_next: { en: 'Yours to add before this site can speak:', zh: '上线前须由您补充：' },
  import_todo_lamps: {
    en: 'signal groups, phases, conflicts and clearance times in road.json, the controller in both '
      + 'files (the map names {lamps} lamps)',
    zh: 'road.json 中的信号组、相位、冲突与清空时间，以及两个文件中的信号机（地图中有 {lamps} 个灯）',
  },
  import_todo_place: {
    en: 'the surveyed reference point with its height, datum and epoch in site.json (now {latDeg}, '
      + '{lonDeg}, {heightM} m)',
    zh: 'site.json 中测量所得的参考点、高度、基准与历元（现为 {latDeg}、{lonDeg}、{heightM} 米）',
  },
  import_todo_ids: {
    en: 'region and node numbers of the authority, for going live',
    zh: '上线所需的主管部门区域号与节点号',
  },
  import_todo_sensors: {
    en: 'sensors and coverage zones; signs; stop lines, where they are not at the end of the road',
    zh: '传感器与覆盖区、标志；以及不在道路端点处的停止线',
  },
  import_todo_lanes: {
    en: 'lanes by hour or plan, waiting areas, speed limits that the map does not name',
    zh: '按时段或方案变化的车道、待行区，以及地图未注明的限速',
  },
  fault_map_kind: { en: 'an OpenDRIVE or Lanelet2 map', zh: 'OpenDRIVE 或 Lanelet2 地图' },
  fault_map_root: { en: 'a file of <{name}>', zh: '<{name}> 文件' },
  fault_map_root_next: { en: 'Give a .xodr or .osm file.', zh: '请给出 .xodr 或 .osm 文件。' },
  fault_map_place: { en: 'a map that says where it lies', zh: '注明位置的地图' },
  fault_map_place_got: {
    en: 'no geoReference of a transverse Mercator projection, nor points with latitude and longitude',
    zh: '既无横轴墨卡托投影的 geoReference，也无带经纬度的点',
  },
  fault_map_place_next: {
    en: 'Give --reference with the place of the origin.', zh: '请用 --reference 给出原点位置。',
  },
  fault_map_junctions: { en: 'one to {most} junctions', zh: '1 至 {most} 个路口' },
  fault_map_junctions_got: { en: '{count} in this file: {names}', zh: '文件中有 {count} 个：{names}' },
  fault_map_junctions_next: { en: 'Name them with --junction.', zh: '请用 --junction 指定。' },
  fault_map_roads: {
    en: 'one to {most} ends of roads with lanes at the junction',
    zh: '路口处 1 至 {most} 个带车道的道路端点',
  },
  fault_map_roads_none: { en: 'no road with lanes that leads there', zh: '没有带车道的道路通向该处' },
  fault_map_roads_more: { en: 'more than these', zh: '超出该数' },
  fault_map_roads_next: {
    en: 'Look at the lanes and links of its roads in the map, or take another junction with --junction.',
    zh: '请检查地图中其道路的车道与连接，或用 --junction 选择其他路口。',
  },
  fault_reference: {
    en: 'latitude,longitude[,height] such as 31.2841,121.1712,14.2',
    zh: '纬度,经度[,高度]，如 31.2841,121.1712,14.2',
  },
  fault_reference_next: { en: 'Give degrees and metres.', zh: '请以度与米填写。' },

  xml_expected: { en: 'XML of elements and attributes', zh: '由元素与属性组成的 XML' },
  xml_got: { en: 'line {line}: {why}', zh: '第 {line} 行：{why}' },
  xml_next: {
    en: 'Export the map again, without document type and entities.',
    zh: '请重新导出地图，不含文档类型与实体。',
  },
  xml_ended: { en: 'the file ends too early', zh: '文件过早结束' },
  xml_entity: { en: 'unknown entity {got}', zh: '未知实体 {got}' },
  xml_attribute: { en: 'a bad or doubled attribute at {name}', zh: '{name} 处的属性有误或重复' },
  xml_doctype: { en: 'a document type or mark that is not taken', zh: '含不接受的文档类型或标记' },
  xml_large: { en: 'more than {most} characters, elements or levels', zh: '字符、元素或层级超过 {most}' },
  xml_outside: { en: 'text or elements outside the root', zh: '根元素之外有内容' },
  xml_name: { en: 'an element without a name', zh: '元素缺少名称' },
  xml_close: { en: 'an end tag that closes nothing: {name}', zh: '结束标签不匹配：{name}' },

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
