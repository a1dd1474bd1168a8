/**
 * Every row of road.json. The accepted value is the model's `Road`; a compile-time check in
 * `src/site.ts` holds the two together, since `config` may not import the model.
 */
import type { z as Zod } from 'zod';
import { choice, custom, flag, quantity, text } from './field.ts';
import type { Field } from './field.ts';
import { group, list, named, orNull, variants, word } from './rows.ts';
import { z } from './zod.ts';

/** The version of road.json that is written; older ones are read through `migrate`. */
export const ROAD_FORMAT_VERSION = 1;

export const laneKindWords = [
  'motor', 'bus', 'non-motor', 'waiting-area', 'crosswalk', 'sidewalk',
] as const;
export const roadUserClassWords = [
  'unknown', 'car', 'van', 'truck', 'bus', 'motorcycle', 'bicycle', 'pedestrian',
] as const;
const manoeuvreWords = ['straight', 'left', 'right', 'u-turn'] as const;
const lampTypeWords = [
  'vehicle', 'arrow-left', 'arrow-straight', 'arrow-right', 'arrow-u-turn',
  'non-motor', 'pedestrian', 'lane', 'waiting-area', 'flashing-warning',
] as const;

type Point = readonly [number, number] | readonly [number, number, number];

/** The frame is valid to 2 km; a typing error may be told apart from a far point by the checker. */
const pointRow = custom(
  z.array(z.number()).min(2).max(3) as unknown as Zod.ZodType<Point>,
  {
    help: {
      en: 'Point of the site frame: [east, north] or [east, north, up].',
      zh: '站点坐标系中的点：[东, 北] 或 [东, 北, 高]。',
    },
    unit: 'm',
  },
);

const points = (en: string, zh: string, min: number): Field<readonly Point[]> =>
  list(pointRow, { help: { en, zh }, min, max: 200, unit: 'm' });

export const nodeIdRow = group(
  {
    region: quantity({
      help: { en: 'Region of the node; 0 is for tests only.', zh: '节点所在区域；0 仅供测试。' },
      min: 0, max: 65535, whole: true,
    }),
    id: quantity({
      help: { en: 'Number of the node in its region.', zh: '节点在区域内的编号。' },
      min: 0, max: 65535, whole: true,
    }),
  },
  { help: { en: 'A node: region and number.', zh: '节点：区域与编号。' } },
);

const condition = variants(
  'kind',
  [
    group({ kind: word('always') }),
    group({
      kind: word('calendar'),
      days: list(
        quantity({ help: { en: 'Day, 1 Monday.', zh: '星期，1 为周一。' }, min: 1, max: 7, whole: true }),
        {
          help: { en: 'Local days, 1 Monday to 7 Sunday.', zh: '当地星期，1 周一至 7 周日。' }, min: 1, max: 7,
        },
      ),
      fromMinute: quantity({
        help: { en: 'First minute of the local day.', zh: '当日起始分钟。' },
        unit: 'min', min: 0, max: 1440, whole: true,
      }),
      toMinute: quantity({
        help: { en: 'Minute of the local day at which it ends.', zh: '当日结束分钟。' },
        unit: 'min', min: 0, max: 1440, whole: true,
      }),
    }),
    group({
      kind: word('plan'),
      plans: list(
        quantity({ help: { en: 'Plan number.', zh: '方案号。' }, min: 0, max: 255, whole: true }),
        { help: { en: 'Numbers of the controller plans.', zh: '信号机方案号。' }, min: 1, max: 32 },
      ),
    }),
    group({
      kind: word('sign'),
      sign: text({ help: { en: 'Name of the sign.', zh: '标志名称。' }, maxLength: 64 }),
      state: text({ help: { en: 'State of the sign.', zh: '标志状态。' }, maxLength: 64 }),
    }),
  ],
  { help: { en: 'When it holds.', zh: '何时有效。' } },
);

const speedLimits = list(
  group({
    kind: choice({
      help: { en: 'Kind of limit.', zh: '限速类型。' },
      of: ['max', 'min', 'max-night', 'max-truck'],
    }),
    speedMps: quantity({ help: { en: 'Speed.', zh: '速度。' }, unit: 'm/s', min: 0, max: 60 }),
    when: condition,
  }),
  { help: { en: 'Speed limits.', zh: '限速。' }, max: 9, default: [] },
);

const level = quantity({
  help: { en: 'Level, for road over road; 0 is the ground.', zh: '层级（上下层道路）；0 为地面。' },
  min: -9, max: 9, whole: true, default: 0,
});
const widthM = (max: number): Field<number> =>
  quantity({ help: { en: 'Width.', zh: '宽度。' }, unit: 'm', min: 0.1, max });

const nodeName = text({
  help: {
    en: 'Name on air: 1 to 63 ASCII characters, or empty to send none.',
    zh: '空口名称：1 至 63 个 ASCII 字符；留空则不发送。',
  },
  maxLength: 200,
});

const linkId = named('link', { help: { en: 'Name of the link.', zh: '路段名称。' } });
const laneId = named('lane', { help: { en: 'Name of the lane.', zh: '车道名称。' } });
const movementId = named('movement', { help: { en: 'Name of the movement.', zh: '转向名称。' } });
const zoneId = named('zone', { help: { en: 'Name of the zone.', zh: '区域名称。' } });
const controllerId = named('controller', { help: { en: 'Name of the controller.', zh: '信号机名称。' } });
const rsuId = named('rsu', { help: { en: 'Name of the roadside unit.', zh: '路侧单元名称。' } });
const signalGroupId = named('signal-group', {
  help: { en: 'Name of the signal group.', zh: '信号组名称。' },
});
const lampGroupId = text({
  help: {
    en: 'Lamp group as the controller names it: `3`, `phase:2`.',
    zh: '信号机内的灯组编号：`3`、`phase:2`。',
  },
  maxLength: 64, pattern: /^[A-Za-z0-9:._-]+$/,
}) as unknown as Field<string & { readonly __id: 'lamp-group' }>;

const node = group({
  id: nodeIdRow,
  name: nodeName,
  reference: pointRow,
  controllerId: orNull(controllerId, {
    help: { en: 'Its controller; null for a node without lamps.', zh: '所属信号机；无灯节点为 null。' },
  }),
  area: points('Outline of the conflict area; empty for a plain point.', '冲突区轮廓；普通节点可为空。', 0),
  level,
});

const link = group({
  id: linkId,
  name: nodeName,
  upstream: nodeIdRow,
  downstream: nodeIdRow,
  points: points(
    'Centre line, upstream to downstream; the last point is the middle of the stop line.',
    '中心线，自上游至下游；末点为停止线中点。', 2,
  ),
  widthM: widthM(100),
  speedLimits,
});

const lane = group({
  id: laneId,
  linkId,
  number: quantity({
    help: { en: 'Number on air, 1 from the left along travel.', zh: '空口车道号，沿行驶方向自左起为 1。' },
    min: 1, max: 254, whole: true,
  }),
  kind: choice({
    help: { en: 'Kind of lane.', zh: '车道类型。' },
    of: laneKindWords,
  }),
  widthM: widthM(100),
  points: points(
    'Centre line, upstream to downstream; of an approach lane the last point is on the stop line.',
    '中心线，自上游至下游；进口车道末点在停止线上。', 2,
  ),
  uses: list(
    group({
      manoeuvres: list(
        choice({ help: { en: 'Manoeuvre.', zh: '转向。' }, of: manoeuvreWords }),
        { help: { en: 'Manoeuvres allowed.', zh: '允许的转向。' }, max: 4 },
      ),
      classes: list(
        choice({ help: { en: 'Road user.', zh: '交通参与者。' }, of: roadUserClassWords }),
        { help: { en: 'Road users allowed.', zh: '允许的交通参与者。' }, max: 8 },
      ),
      when: condition,
    }),
    { help: { en: 'What may be done, by whom, when.', zh: '谁在何时可做什么。' }, max: 16 },
  ),
  speedLimits,
  level,
});

const movement = group({
  id: movementId,
  fromLane: laneId,
  toLink: linkId,
  toLane: orNull(laneId, {
    help: { en: 'The lane it ends in; null for any of the link.', zh: '到达车道；null 表示任一车道。' },
  }),
  manoeuvre: choice({ help: { en: 'Manoeuvre.', zh: '转向。' }, of: manoeuvreWords }),
  signalGroup: orNull(signalGroupId, {
    help: { en: 'The group that governs it; null for a free turn.', zh: '控制它的信号组；不受控为 null。' },
  }),
  points: points('Path from the stop line to the exit.', '自停止线至出口的轨迹。', 2),
  waitingArea: orNull(group({ laneId, signalGroup: signalGroupId }), {
    help: { en: 'Waiting area in front of the stop line.', zh: '停止线前的待转区或待行区。' },
  }),
});

const crossing = group({
  id: laneId,
  linkId,
  number: quantity({
    help: { en: 'Number on air, unique in its link.', zh: '空口编号，在路段内唯一。' },
    min: 1, max: 254, whole: true,
  }),
  points: points('Centre line from kerb to kerb.', '自路缘至路缘的中心线。', 2),
  widthM: widthM(20),
  signalGroup: orNull(signalGroupId, {
    help: { en: 'The group that governs it; null without lamps.', zh: '控制它的信号组；无灯为 null。' },
  }),
});

const zone = group({
  id: zoneId,
  kind: choice({
    help: {
      en: 'coverage: RSM only while a healthy sensor covers it; area: outer bound of RSM; '
        + 'entry: where road users appear.',
      zh: 'coverage：有健康传感器覆盖时才发 RSM；area：RSM 外边界；entry：参与者出现处。',
    },
    of: ['coverage', 'area', 'entry'],
  }),
  outline: points('Outline.', '轮廓。', 3),
  level,
});

const seconds = (en: string, zh: string, max: number): Field<number> =>
  quantity({ help: { en, zh }, unit: 's', min: 0, max });

const signalGroup = group({
  id: signalGroupId,
  node: nodeIdRow,
  controllerId,
  lampGroup: lampGroupId,
  lampType: choice({ help: { en: 'What lamps it has.', zh: '灯具类型。' }, of: lampTypeWords }),
  phase: quantity({
    help: { en: 'Number on air, 1 to 16 per node.', zh: '空口相位号，每节点 1 至 16。' },
    min: 1, max: 16, whole: true,
  }),
  hasFlashingGreen: flag({ help: { en: 'Green flashes before it ends.', zh: '绿灯结束前闪烁。' } }),
  hasRedYellow: flag({
    help: { en: 'Red and yellow together before green.', zh: '绿灯前红黄同亮。' }, default: false,
  }),
  mayGoDark: flag({
    help: { en: 'The head may be dark in ordinary running.', zh: '正常运行中可灭灯。' }, default: false,
  }),
  minGreenS: seconds('Shortest green.', '最短绿灯。', 300),
  yellowS: seconds('Yellow; 0 for pedestrian heads.', '黄灯；行人灯为 0。', 10),
  permissive: flag({
    help: { en: 'Green gives way to others.', zh: '绿灯时须让行。' }, default: false,
  }),
});

const pair = custom(
  z.tuple([signalGroupId, signalGroupId]).readonly() as unknown as Zod.ZodType<
    readonly [Zod.output<typeof signalGroupId>, Zod.output<typeof signalGroupId>]
  >,
  { help: { en: 'Two signal groups.', zh: '两个信号组。' } },
);

const conflicts = group(
  {
    conflicting: list(pair, {
      help: { en: 'Pairs that never both have right of way.', zh: '绝不能同时放行的信号组对。' }, max: 2048,
    }),
    yielding: list(pair, {
      help: { en: 'Pairs of which one gives way.', zh: '可同时放行、其一让行的信号组对。' }, max: 2048,
    }),
    intergreens: list(
      group({
        from: signalGroupId,
        to: signalGroupId,
        clearanceS: seconds('From the end of yellow to the green of the other.', '黄灯结束至对方绿灯。', 30),
      }),
      { help: { en: 'Clearance times.', zh: '清空时间。' }, max: 4096 },
    ),
  },
  { help: { en: 'Which groups exclude one another.', zh: '信号组间的冲突关系。' } },
);

const stage = group({
  number: quantity({ help: { en: 'Stage number.', zh: '阶段号。' }, min: 1, max: 64, whole: true }),
  green: list(signalGroupId, { help: { en: 'Groups that are green.', zh: '放行的信号组。' }, max: 64 }),
  greenS: seconds('Green time.', '绿灯时间。', 600),
});

const sign = group({
  id: quantity(
    {
      help: { en: 'Number of the sign, RSI rtsId.', zh: '标志编号（RSI rtsId）。' },
      min: 0,
      max: 255,
      whole: true,
    },
  ),
  kind: text({
    help: { en: 'Name in the sign table of the profile.', zh: '在标志表中的名称。' },
    maxLength: 64, pattern: /^[a-z0-9-]+$/,
  }),
  point: pointRow,
  linkIds: list(
    linkId, { help: { en: 'Links that it is for.', zh: '适用路段。' }, max: 16, default: [] },
  ),
  path: points('Path that it is for; may be empty.', '适用路径；可为空。', 0),
  radiusM: quantity(
    { help: { en: 'Half width of the path.', zh: '路径半宽。' }, unit: 'm', min: 0, max: 1000 },
  ),
  description: text({ help: { en: 'Text on air.', zh: '空口文字。' }, maxLength: 256, default: '' }),
  priority: quantity({
    help: { en: 'Priority, 0 lowest to 7.', zh: '优先级，0 最低至 7。' }, min: 0, max: 7, whole: true,
  }),
});

/** The rows of road.json. */
export const roadSection = {
  formatVersion: quantity({
    help: { en: 'Version of this file format.', zh: '文件格式版本。' },
    min: ROAD_FORMAT_VERSION, max: ROAD_FORMAT_VERSION, whole: true,
  }),
  revision: quantity({
    help: { en: 'Counts the changes of this file; goes up with each.', zh: '文件修订号，每次修改递增。' },
    min: 0, max: 1e9, whole: true,
  }),
  nodes: list(node, { help: { en: 'Nodes of the network.', zh: '路网节点。' }, min: 1, max: 63 }),
  links: list(link, { help: { en: 'Directed road sections.', zh: '有向路段。' }, max: 512 }),
  lanes: list(lane, { help: { en: 'Lanes.', zh: '车道。' }, max: 2048 }),
  movements: list(
    movement, { help: { en: 'From a lane into another link.', zh: '车道至路段的转向。' }, max: 2048 },
  ),
  crossings: list(crossing, { help: { en: 'Pedestrian crossings.', zh: '人行横道。' }, max: 256 }),
  zones: list(zone, { help: { en: 'Zones.', zh: '区域。' }, max: 256 }),
  signalGroups: list(signalGroup, {
    help: {
      en: 'Lamp group, signal group and phase: safety part.', zh: '灯组、信号组与相位：安全部分。',
    }, max: 256,
  }),
  ignoredLampGroups: list(
    group({
      controllerId,
      lampGroup: lampGroupId,
      reason: text({ help: { en: 'Why.', zh: '原因。' }, maxLength: 200 }),
    }),
    {
      help: { en: 'Lamp groups that are reported and not used.', zh: '上报但不使用的灯组。' },
      max: 256,
      default: [],
    },
  ),
  conflicts,
  stages: list(
    stage, { help: { en: 'Stages of the fixed plan.', zh: '固定方案的阶段。' }, max: 64, default: [] },
  ),
  signs: list(
    sign,
    { help: { en: 'Signs that are sent in RSI.', zh: '以 RSI 发送的标志。' }, max: 256, default: [] },
  ),
  rsuAreas: list(
    group({
      rsuId,
      nodes: list(nodeIdRow, { help: { en: 'Nodes that it serves.', zh: '服务的节点。' }, max: 63 }),
    }),
    { help: { en: 'Which unit serves which node.', zh: '路侧单元服务的节点。' }, max: 64, default: [] },
  ),
};
export const roadSchema = group(roadSection);
/** road.json, accepted. */
export type RoadFile = Zod.output<typeof roadSchema>;
