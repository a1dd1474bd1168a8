/**
 * Every row of site.json. The accepted value is the model's `Site` without road and hashes; a
 * compile-time check in `src/site.ts` holds the two together.
 */
import { z } from 'zod';
import { airRow } from './air.ts';
import { choice, custom, flag, quantity, text } from './field.ts';
import type { Field } from './field.ts';
import { nodeIdRow, roadUserClassWords } from './road.ts';
import { group, list, NAME_FORM, named, orNull, variants, word } from './rows.ts';

/** The version of site.json that is written; older ones are read through `migrate`. */
export const SITE_FORMAT_VERSION = 1;

const sensingWords = ['radar', 'camera', 'lidar', 'v2x', 'loop', 'object-list'] as const;
const eventKindWords = [
  'stopped-vehicle', 'wrong-way', 'pedestrian-on-carriageway', 'queue', 'congestion',
  'object-on-road', 'roadworks', 'weather', 'emergency-vehicle', 'overspeed', 'slow-vehicle',
] as const;
const airTypeWords = ['SPAT', 'MAP', 'RSM', 'RSI', 'SSM', 'RSC', 'OTHER'] as const;

const HOST_FORM = { en: 'an address or host name', zh: '地址或主机名' };
const host = (en: string, zh: string): Field<string> =>
  text({ help: { en, zh }, maxLength: 253, pattern: /^[A-Za-z0-9.:%_-]+$/, form: HOST_FORM });
const portNumber = (en: string, zh: string): Field<number> =>
  quantity({ help: { en, zh }, min: 0, max: 65535, whole: true });
const interfaceName = text({
  help: { en: 'Network interface.', zh: '网络接口。' }, maxLength: 15, pattern: /^[A-Za-z0-9._-]+$/,
});
const boundInterface = orNull(interfaceName, {
  help: { en: 'Interface to bind to; null for the address alone.', zh: '绑定的接口；null 表示仅按地址。' },
});
const allow = list(
  text({
    help: { en: 'address or address:port', zh: '地址 或 地址:端口' },
    maxLength: 64, pattern: /^[0-9A-Fa-f.:[\]]+$/, form: {
      en: 'address or address:port', zh: '地址 或 地址:端口',
    },
  }),
  {
    help: { en: 'Sources that are heard; empty hears nobody.', zh: '允许的来源；空则不收。' },
    max: 32,
    default: [],
  },
);
const path = text({ help: { en: 'Path of the device or file.', zh: '设备或文件路径。' }, maxLength: 255 });
const baudRate = quantity({
  help: {
    en: 'Speed of the serial line.', zh: '串口速率。',
  }, unit: 'Bd', min: 300, max: 4000000, whole: true,
});
const bitrate = quantity({
  help: {
    en: 'Speed of the CAN bus.', zh: 'CAN 总线速率。',
  }, unit: 'bit/s', min: 10000, max: 1000000, whole: true,
  default: 500000,
});

const portRow = variants(
  'transport',
  [
    group({
      transport: word('udp'),
      listenHost: host('Address that the box listens on.', '本机监听地址。'),
      listenPort: portNumber(
        'Port that the box listens on; 0 lets the system choose.', '本机监听端口；0 由系统选择。',
      ),
      remoteHost: orNull(host('Address of the device.', '设备地址。'), {
        help: { en: 'Address of the device, where it is asked.', zh: '设备地址（需主动查询时）。' },
      }),
      remotePort: orNull(portNumber('Port of the device.', '设备端口。'), {
        help: { en: 'Port of the device, where it is asked.', zh: '设备端口（需主动查询时）。' },
      }),
      interface: boundInterface,
      allow,
    }),
    group({
      transport: word('tcp'),
      role: choice({ help: { en: 'Who connects.', zh: '连接方。' }, of: ['client', 'server'] }),
      host: host('Address to connect to, or to listen on.', '连接或监听地址。'),
      port: portNumber('Port to connect to, or to listen on.', '连接或监听端口。'),
      interface: boundInterface,
      allow,
    }),
    variants(
      'bus',
      [
        group({ transport: word('can'), bus: word('socketcan'), interface: interfaceName }),
        group({ transport: word('can'), bus: word('slcan-serial'), path, baudRate, bitrate }),
        group({
          transport: word('can'),
          bus: word('slcan-tcp'),
          host: host('Address of the adapter.', '适配器地址。'),
          port: portNumber('Port of the adapter.', '适配器端口。'),
          bitrate,
        }),
      ],
      { help: { en: 'A CAN bus.', zh: 'CAN 总线。' } },
    ),
    group({
      transport: word('serial'),
      path,
      baudRate,
      parity: choice(
        { help: { en: 'Parity.', zh: '校验。' }, of: ['none', 'even', 'odd'], default: 'none' },
      ),
      dataBits: custom(z.union([z.literal(7), z.literal(8)]), {
        help: { en: 'Data bits.', zh: '数据位。' }, default: 8,
      }),
      stopBits: custom(z.union([z.literal(1), z.literal(2)]), {
        help: { en: 'Stop bits.', zh: '停止位。' }, default: 1,
      }),
    }),
    group({
      transport: word('mqtt'),
      url: text({ help: { en: 'Broker.', zh: '代理地址。' }, maxLength: 300 }),
      topics: list(text({ help: { en: 'Topic.', zh: '主题。' }, maxLength: 200 }), {
        help: { en: 'Topics that are heard.', zh: '订阅的主题。' }, min: 1, max: 32,
      }),
    }),
    group({ transport: word('file'), path }),
  ],
  { help: { en: 'Where bytes come in.', zh: '数据入口。' } },
);
export type PortFile = z.output<typeof portRow>;

const angle = (en: string, zh: string): Field<number> =>
  quantity({ help: { en, zh }, unit: 'rad', min: -6.2832, max: 6.2832 });
const coordinate = (en: string, zh: string): Field<number> =>
  quantity({ help: { en, zh }, unit: 'm', min: -2000, max: 2000 });

const options = custom(z.record(z.string().max(64), z.unknown()), {
  help: { en: 'Settings of the driver, see its own table.', zh: '驱动自身的设置，见其表格。' },
});
const enabled = flag({ help: { en: 'Whether it is used.', zh: '是否启用。' }, default: true });
const portName = text({
  help: { en: 'Name of its port in `ports`.', zh: '`ports` 中的端口名。' }, maxLength: 64,
});
const driver = text({
  help: { en: 'Kind of the driver; `lukou drivers` lists them.', zh: '驱动类型；`lukou drivers` 可列出。' },
  maxLength: 64,
});

const pointRow = custom(
  z.array(z.number()).min(2).max(3) as unknown as z.ZodType<
    readonly [number, number] | readonly [number, number, number]
  >,
  { help: { en: 'Point of the site frame.', zh: '站点坐标系中的点。' }, unit: 'm' },
);

const sensor = group({
  id: named('sensor', { help: { en: 'Name of the sensor.', zh: '传感器名称。' } }),
  driver,
  sensing: choice({ help: { en: 'What it is.', zh: '传感器种类。' }, of: sensingWords }),
  enabled,
  pose: group({
    eastM: coordinate('East of the reference point.', '相对参考点向东。'),
    northM: coordinate('North of the reference point.', '相对参考点向北。'),
    upM: quantity(
      {
        help: { en: 'Height over the reference point.', zh: '相对参考点的高度。' },
        unit: 'm',
        min: -100,
        max: 100,
      },
    ),
    headingRad: angle('Where it looks, counter-clockwise from east.', '朝向，自东逆时针。'),
    pitchRad: angle('Pitch, up is positive.', '俯仰，向上为正。'),
    rollRad: angle('Roll.', '横滚。'),
  }),
  fieldOfView: group({
    rangeMinM: quantity({ help: { en: 'Nearest.', zh: '最近距离。' }, unit: 'm', min: 0, max: 500 }),
    rangeMaxM: quantity({ help: { en: 'Farthest.', zh: '最远距离。' }, unit: 'm', min: 0.1, max: 2000 }),
    halfAngleRad: quantity(
      { help: { en: 'Half the opening angle.', zh: '半张角。' }, unit: 'rad', min: 0.01, max: 3.1416 },
    ),
    outline: orNull(list(pointRow, { help: { en: 'Outline.', zh: '轮廓。' }, min: 3, max: 200 }), {
      help: { en: 'Outline in the site frame instead of a sector.', zh: '以站点坐标轮廓代替扇形。' },
    }),
  }),
  classes: list(choice({ help: { en: 'Road user.', zh: '交通参与者。' }, of: roadUserClassWords }), {
    help: { en: 'Road users that it finds.', zh: '能检出的参与者。' }, max: 8,
  }),
  port: portName,
  periodMs: quantity(
    { help: { en: 'Time between frames.', zh: '帧周期。' }, unit: 'ms', min: 5, max: 10000 },
  ),
  latencyMs: quantity({
    help: { en: 'From the instant measured to the last byte.', zh: '测量时刻至末字节的时延。' },
    unit: 'ms', min: 0, max: 500,
  }),
  main: flag(
    { help: { en: 'Main sensors set the phase of the tick.', zh: '主传感器决定节拍相位。' }, default: false },
  ),
  options,
});

const controller = group({
  id: named('controller', { help: { en: 'Name of the controller.', zh: '信号机名称。' } }),
  driver,
  enabled,
  port: portName,
  nodes: list(nodeIdRow, { help: { en: 'Nodes that it runs.', zh: '控制的节点。' }, min: 1, max: 16 }),
  options,
});

/** A topic with places for type and unit. */
const topic = (
  help: { readonly en: string; readonly zh: string }, value: string,
): Field<string> => text({
  help, unverified: true, maxLength: 200, pattern: /^[\w./{}-]+$/, default: value,
  form: { en: 'a topic; {type} and {rsu} are filled in', zh: '主题；{type} 与 {rsu} 会被代入' },
});
/** Source of the topics: rsu-interface, section 4; T/ITS 0117 fixes none. */
const rsuMqtt = group({
  tls: flag({ help: { en: 'TLS to the broker.', zh: '到代理使用 TLS。' }, default: false }),
  username: orNull(text({ help: { en: 'User.', zh: '用户名。' }, maxLength: 128 }), {
    help: { en: 'User; null for none.', zh: '用户名；无则为 null。' },
  }),
  passwordEnv: orNull(
    text({ help: { en: 'Variable.', zh: '变量名。' }, maxLength: 64, pattern: /^[A-Z_][A-Z0-9_]*$/ }),
    { help: { en: 'Environment variable that holds the password.', zh: '存放密码的环境变量名。' } },
  ),
  topicDown: topic(
    { en: 'Topic to the unit.', zh: '发往单元的主题。' }, 'V2X.RSU.{type}.{rsu}.DOWN',
  ),
  topicAck: topic(
    { en: 'Topic of its acknowledgements.', zh: '其应答的主题。' }, 'V2X.RSU.{type}.{rsu}.DOWN.ACK',
  ),
  alertS: quantity({
    help: {
      en: 'Life of an alert that is not told again (mqtt-json).',
      zh: '未再次下发的告警的有效时间（mqtt-json）。',
    },
    unit: 's', min: 2, max: 3600, whole: true, default: 10, unverified: true,
  }),
  countdownMaxMs: quantity({
    help: {
      en: 'A count-down older than this goes without times (mqtt-json).',
      zh: '倒计时早于此值时不带时间下发（mqtt-json）。',
    },
    unit: 'ms', min: 10, max: 300, default: 150,
  }),
});
/** Source: rsu-interface, section 6. */
const rsuForward = group({
  txMode: choice({
    help: { en: 'TxMode of the text.', zh: '文本中的 TxMode。' }, of: ['CONT', 'ALT'], default: 'CONT',
  }),
  txChannel: quantity({
    help: { en: 'TxChannel of the text.', zh: '文本中的 TxChannel。' },
    min: 1, max: 255, whole: true, default: 183,
  }),
  signature: flag({
    help: { en: 'Whether the unit signs.', zh: '是否由单元签名。' }, default: true,
  }),
});

const rsu = group({
  id: named('rsu', { help: { en: 'Name of the roadside unit.', zh: '路侧单元名称。' } }),
  link: choice({
    help: {
      en: 'udp-raw: UPER as it is; udp-carrier and mqtt-carrier: behind an 18-octet header; '
        + 'udp-forward: immediate forward text of RSU 4.1; udp-perceptron: a vendor’s protobuf, '
        + 'RSM alone; mqtt-json: T/ITS 0117.',
      zh: 'udp-raw：裸 UPER；udp-carrier 与 mqtt-carrier：带 18 字节头；udp-forward：RSU 4.1 '
        + '立即转发文本；udp-perceptron：厂商 protobuf，仅 RSM；mqtt-json：T/ITS 0117。',
    },
    of: [
      'udp-raw', 'udp-carrier', 'udp-forward', 'udp-perceptron', 'mqtt-carrier', 'mqtt-json',
    ],
  }),
  host: host('Address of the unit, or of its broker.', '单元或其代理的地址。'),
  port: quantity(
    { help: { en: 'Port of the unit.', zh: '单元端口。' }, min: 1, max: 65535, whole: true },
  ),
  interface: boundInterface,
  unitSerial: text({
    help: { en: 'Eight ASCII characters for the carrier.', zh: '承载头中的 8 个 ASCII 字符。' },
    maxLength: 8, pattern: /^[\x20-\x7e]{8}$/,
    form: { en: 'eight ASCII characters', zh: '8 个 ASCII 字符' },
  }),
  types: list(choice({ help: { en: 'Message type.', zh: '消息类型。' }, of: airTypeWords }), {
    help: { en: 'Messages that it is sent.', zh: '发送的消息类型。' }, min: 1, max: 7,
  }),
  framesPerS: quantity(
    {
      help: { en: 'Most frames a second.', zh: '每秒最多帧数。' },
      unit: '1/s',
      min: 1,
      max: 2000,
      default: 150,
    },
  ),
  octetsPerS: quantity({
    help: {
      en: 'Most octets a second.', zh: '每秒最多字节。',
    }, unit: 'B/s', min: 1000, max: 10000000, default: 150000,
  }),
  minGapMs: quantity(
    {
      help: { en: 'Shortest gap between frames.', zh: '帧间最小间隔。' },
      unit: 'ms',
      min: 0,
      max: 100,
      default: 3,
    },
  ),
  mqtt: orNull(rsuMqtt, {
    help: { en: 'Of mqtt-carrier and mqtt-json.', zh: '用于 mqtt-carrier 与 mqtt-json。' },
  }),
  forward: orNull(rsuForward, { help: { en: 'Of udp-forward.', zh: '用于 udp-forward。' } }),
});

const optionalPath = (en: string, zh: string): Field<string | null> => orNull(
  path, { help: { en, zh } },
);
const cloud = group({
  id: named('cloud', { help: { en: 'Name of the cloud.', zh: '云平台名称。' } }),
  url: text(
    {
      help: { en: 'Broker, mqtt:// or mqtts://.', zh: '代理地址，mqtt:// 或 mqtts://。' }, maxLength: 300,
    },
  ),
  rscuSerial: text({
    help: {
      en: 'Serial number in the topics.', zh: '主题中的设备序列号。',
    }, maxLength: 64, pattern: /^[A-Za-z0-9_-]+$/, form: NAME_FORM,
  }),
  username: orNull(text({ help: { en: 'User.', zh: '用户名。' }, maxLength: 128 }), {
    help: { en: 'User; null for none.', zh: '用户名；无则为 null。' },
  }),
  passwordEnv: orNull(
    text({ help: { en: 'Variable.', zh: '变量名。' }, maxLength: 64, pattern: /^[A-Z_][A-Z0-9_]*$/ }),
    { help: { en: 'Environment variable that holds the password.', zh: '存放密码的环境变量名。' } },
  ),
  caFile: optionalPath('Certificate of the authority.', 'CA 证书文件。'),
  certFile: optionalPath('Own certificate.', '本机证书文件。'),
  keyFile: optionalPath('Own key.', '本机私钥文件。'),
  encoding: choice({
    help: {
      en: 'Payloads as JSON, or as protobuf by docs/rscu.proto, which the platform must be given.',
      zh: '负载编码：JSON，或按 docs/rscu.proto 的 protobuf（须将该文件交给平台）。',
    },
    of: ['json', 'protobuf'], default: 'json',
  }),
  liveHz: quantity(
    {
      help: { en: 'Rate of the live class.', zh: '实时数据频率。' },
      unit: 'Hz',
      min: 0.1,
      max: 20,
      default: 10,
    },
  ),
  runStatusS: quantity(
    {
      help: { en: 'Period of the run status.', zh: '运行状态周期。' },
      unit: 's',
      min: 1,
      max: 3600,
      default: 60,
    },
  ),
  privacy: choice({
    help: { en: 'Highest privacy class that leaves for it.', zh: '允许外发的最高隐私级别。' },
    of: ['public', 'pseudonymous', 'personal'], default: 'pseudonymous',
  }),
});

/** An event of the site's own: `config/expression.ts` says what `when` may hold. */
const event = group({
  id: named('event', {
    help: { en: 'Name of the row.', zh: '该行名称。' },
  }) as unknown as Field<string>,
  title: group({
    en: text({ help: { en: 'English title.', zh: '英文标题。' }, maxLength: 60 }),
    zh: text({ help: { en: 'Chinese title; goes on air.', zh: '中文标题，随消息发送。' }, maxLength: 60 }),
  }),
  kind: choice({
    help: { en: 'What it is told as.', zh: '对外事件类型。' }, of: eventKindWords,
  }),
  when: text({
    help: {
      en: 'Condition on one road user, such as `cls == "truck" and speedMps > 60 km/h`. SI units; '
        + 'm, km, s, h, deg are factors. Symbols: see `lukou check` on an unknown one.',
      zh: '对单个参与者的条件，如 `cls == "truck" and speedMps > 60 km/h`。国际单位制；'
        + 'm、km、s、h、deg 为换算系数。可用符号见 `lukou check` 对未知符号的提示。',
    },
    maxLength: 200,
  }),
  afterS: quantity({
    help: { en: 'It must hold this long before it is told.', zh: '持续满足多久后才上报。' },
    unit: 's', min: 0, max: 3600,
  }),
  graceS: quantity({
    help: { en: 'A break up to this long does not end it.', zh: '中断不超过此时长则不结束。' },
    unit: 's', min: 0, max: 600,
  }),
  radiusM: quantity({
    help: { en: 'Around the road user.', zh: '以参与者为中心的半径。' },
    unit: 'm', min: 1, max: 1000,
  }),
  priority: quantity({
    help: { en: '0 (lowest) to 7.', zh: '0（最低）至 7。' }, min: 0, max: 7, whole: true,
  }),
});

const frame = group({
  datum: choice({ help: { en: 'Datum.', zh: '坐标基准。' }, of: ['CGCS2000', 'WGS-84'] }),
  epoch: quantity(
    { help: { en: 'Epoch of the datum.', zh: '坐标历元。' }, unit: 'year', min: 1980, max: 2100 },
  ),
  heightSystem: choice(
    { help: { en: 'Height system.', zh: '高程系统。' }, of: ['ellipsoid', 'normal'] },
  ),
  north: choice({ help: { en: 'North of the frame.', zh: '坐标北向。' }, of: ['true', 'grid'] }),
  reference: group({
    latDeg: quantity({ help: { en: 'Latitude.', zh: '纬度。' }, unit: 'deg', min: -90, max: 90 }),
    lonDeg: quantity({ help: { en: 'Longitude.', zh: '经度。' }, unit: 'deg', min: -180, max: 180 }),
    heightM: quantity({ help: { en: 'Height.', zh: '高度。' }, unit: 'm', min: -500, max: 9000 }),
  }),
  ground: group({
    upM: quantity(
      {
        help: { en: 'Ground over the reference point.', zh: '地面相对参考点的高度。' },
        unit: 'm',
        min: -50,
        max: 50,
      },
    ),
    slopeEast: quantity(
      { help: { en: 'Rise to the east.', zh: '向东坡度。' }, unit: 'm/m', min: -0.3, max: 0.3 },
    ),
    slopeNorth: quantity(
      { help: { en: 'Rise to the north.', zh: '向北坡度。' }, unit: 'm/m', min: -0.3, max: 0.3 },
    ),
  }),
  divisionCode: text({
    help: { en: 'Division code for the city.', zh: '行政区划代码。' }, maxLength: 32,
  }),
});

/** The rows of site.json. */
export const siteSection = {
  formatVersion: quantity({
    help: { en: 'Version of this file format.', zh: '文件格式版本。' },
    min: SITE_FORMAT_VERSION, max: SITE_FORMAT_VERSION, whole: true,
  }),
  revision: quantity({
    help: { en: 'Counts the changes of this file; goes up with each.', zh: '文件修订号，每次修改递增。' },
    min: 0, max: 1e9, whole: true,
  }),
  id: named('site', { help: { en: 'Name of the site.', zh: '站点标识。' } }) as unknown as Field<string>,
  name: group({
    en: text({ help: { en: 'English name.', zh: '英文名称。' }, maxLength: 100 }),
    zh: text({ help: { en: 'Chinese name.', zh: '中文名称。' }, maxLength: 100 }),
  }),
  mode: choice({
    help: {
      en: 'demo and bench send to loopback only and use region 0.',
      zh: 'demo 与 bench 只发往本机并使用区域 0。',
    },
    of: ['demo', 'bench', 'live'],
  }),
  box: named(
    'box', { help: { en: 'Name of the box that this folder is for.', zh: '本目录所属设备。' } },
  ) as unknown as Field<string>,
  frame,
  profile: text({ help: { en: 'Message profile.', zh: '消息规范。' }, maxLength: 32, default: 'A' }),
  ports: custom(
    z.record(z.string().regex(/^[A-Za-z0-9_-]{1,64}$/), portRow) as unknown as z.ZodType<
      Readonly<Record<string, PortFile>>
    >,
    { help: { en: 'Ports by name.', zh: '端口表。' } },
  ),
  sensors: list(sensor, { help: { en: 'Sensors.', zh: '传感器。' }, max: 64, default: [] }),
  controllers: list(
    controller, { help: { en: 'Signal controllers.', zh: '信号机。' }, max: 16, default: [] },
  ),
  rsus: list(rsu, { help: { en: 'Roadside units.', zh: '路侧单元。' }, max: 16, default: [] }),
  clouds: list(cloud, { help: { en: 'Clouds.', zh: '云平台。' }, max: 8, default: [] }),
  air: airRow,
  events: list(event, {
    help: { en: 'Events of the site’s own.', zh: '站点自定义事件。' }, max: 32, default: [],
  }),
  loop: group({
    rateHz: quantity(
      { help: { en: 'Fusion rate.', zh: '融合频率。' }, unit: 'Hz', min: 5, max: 50, whole: true },
    ),
    rsmEveryTicks: quantity(
      { help: { en: 'Ticks between RSM.', zh: 'RSM 间隔节拍数。' }, min: 1, max: 50, whole: true },
    ),
    rewindMs: quantity(
      { help: { en: 'How late a sample may be.', zh: '样本可迟到的时间。' }, unit: 'ms', min: 0, max: 2000 },
    ),
    phaseLock: flag({ help: { en: 'Follow the slowest main sensor.', zh: '跟随最慢的主传感器。' } }),
    signalPhaseLock: flag({
      help: {
        en: 'Make SPAT midway between two packets of the first controller that speaks unasked.',
        zh: '在首个主动上报的信号机两个数据包的中点生成 SPAT。',
      },
      default: true,
    }),
    sendDelayMs: quantity(
      { help: { en: 'From the tick to the air.', zh: '节拍至空口的时延。' }, unit: 'ms', min: 0, max: 200 },
    ),
  }),
  web: group({
    host: host('Address of the web view.', '网页监听地址。'),
    port: portNumber('Port of the web view; 0 lets the system choose.', '网页端口；0 由系统选择。'),
  }),
  dataFolder: text(
    { help: { en: 'Folder for the store and recordings.', zh: '数据目录。' }, maxLength: 255 },
  ),
  log: group({
    level: choice(
      {
        help: { en: 'Least level that is written.', zh: '日志级别。' },
        of: ['debug', 'info', 'warn', 'error'],
      },
    ),
  }),
  timeZone: text({
    help: {
      en: 'Time zone of calendars in road.json, as IANA names it.',
      zh: 'road.json 中时段所用的时区（IANA 名称）。',
    },
    maxLength: 64, pattern: /^[A-Za-z0-9_+/-]+$/, default: 'Asia/Shanghai',
  }),
  timeSource: group({
    kind: choice(
      {
        help: { en: 'Where the error of UTC is known from.', zh: '时间误差来源。' },
        of: ['system', 'chrony'],
      },
    ),
    assumedErrorMs: quantity({
      help: {
        en: 'Error where it cannot be asked.', zh: '无法查询时假定的误差。',
      }, unit: 'ms', min: 0, max: 60000,
    }),
  }),
};
export const siteSchema = group(siteSection);
/** site.json, accepted. */
export type SiteFile = z.output<typeof siteSchema>;
