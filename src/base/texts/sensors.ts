import { defineTexts } from '../text.ts';

/** Names of the sensor drivers. */
export const sensorTitles = defineTexts({
  radarArs408: {
    en: 'Continental ARS 408 radar on CAN',
    zh: '大陆 ARS 408 雷达（CAN）',
  },
  radarSmartmicro: {
    en: 'smartmicro UMRR or DRVEGRD radar on UDP',
    zh: 'smartmicro UMRR 或 DRVEGRD 雷达（UDP）',
  },
  cameraObjects: {
    en: 'Camera objects in the NVIDIA DeepStream schemas',
    zh: 'NVIDIA DeepStream 格式的摄像机目标',
  },
  objectList: {
    en: 'Object list as JSON lines',
    zh: 'JSON 行格式的目标列表',
  },
});

/** Counters of the ARS 408 driver. */
export const ars408Counters = defineTexts({
  other_sensor: {
    en: 'Frames of other sensors on the same bus; normal where it is shared',
    zh: '同一总线上其他传感器的帧；总线共用时属正常',
  },
  frame_kind: {
    en: 'Extended, remote or FD frames, which this radar never sends',
    zh: '扩展帧、远程帧或 FD 帧，该雷达不会发送',
  },
  frame_length: { en: 'Frames of a wrong length', zh: '长度错误的帧' },
  frame_unknown: { en: 'Frames with an id that is not used', zh: '标识符未使用的帧' },
  cluster_unused: {
    en: 'Cluster frames; the radar is not set to objects alone',
    zh: '点簇帧；雷达未设置为仅输出目标',
  },
  scan_incomplete: {
    en: 'Scans with missing frames; what came was used',
    zh: '缺帧的扫描；已到达的部分仍被使用',
  },
  object_unannounced: {
    en: 'Object frames that no status frame announced',
    zh: '未被状态帧预告的目标帧',
  },
  object_twice: { en: 'Object frames that came twice in a scan', zh: '同一扫描中重复的目标帧' },
  object_deleted: { en: 'Objects that the radar itself gave up', zh: '雷达自身已放弃的目标' },
  sensor_id_twice: {
    en: 'Scans that began too soon: two radars may have one id',
    zh: '扫描开始过早：可能有两台雷达使用同一编号',
  },
  sensor_id_differs: {
    en: 'State frames that name another sensor id than their CAN id',
    zh: '状态帧中的传感器编号与其 CAN 标识符不一致',
  },
  configuration_sent: {
    en: 'Times that the radar was set up anew',
    zh: '重新配置雷达的次数',
  },
  state_missing: {
    en: 'Times that the state frame was absent for 3 seconds',
    zh: '状态帧缺失达 3 秒的次数',
  },
});

/** Counters of the smartmicro driver. */
export const smartmicroCounters = defineTexts({
  other_sensor: { en: 'Datagrams of another source', zh: '来自其他来源的数据报' },
  frame_short: { en: 'Datagrams too short for a header', zh: '短于报头的数据报' },
  frame_start: { en: 'Datagrams that do not begin with 7E', zh: '不以 7E 开头的数据报' },
  frame_version: { en: 'Datagrams of another protocol version', zh: '协议版本不同的数据报' },
  header_length: { en: 'Headers of an unknown length', zh: '长度未知的报头' },
  header_crc: { en: 'Headers with a wrong CRC', zh: 'CRC 错误的报头' },
  payload_length: { en: 'Payloads of a wrong length', zh: '长度错误的载荷' },
  payload_crc: { en: 'Payloads with a wrong CRC', zh: 'CRC 错误的载荷' },
  application_unknown: { en: 'Messages of an unknown application', zh: '应用类型未知的报文' },
  fragment_index: { en: 'Fragments with an impossible number', zh: '序号不可能的分片' },
  fragment_twice: { en: 'Fragments that came twice', zh: '重复的分片' },
  message_incomplete: { en: 'Messages with missing fragments', zh: '缺少分片的报文' },
  message_oversize: { en: 'Messages over the size limit', zh: '超过长度上限的报文' },
  alive: { en: 'Life signs and fault reports of the radar', zh: '雷达的心跳与故障报告' },
  port_header: { en: 'Messages too short for a port header', zh: '短于端口头的报文' },
  port_unknown: { en: 'Messages of a port that is not the target list', zh: '非目标列表端口的报文' },
  list_version: { en: 'Target lists of an unsupported version', zh: '版本不受支持的目标列表' },
  body_order: { en: 'Target lists in an unsupported octet order', zh: '字节序不受支持的目标列表' },
  body_length: { en: 'Target lists of a wrong length', zh: '长度错误的目标列表' },
  target_invalid: { en: 'Targets with a number that cannot be', zh: '数值不可能的目标点' },
  cluster_split: { en: 'Groups of targets that were too long and were cut', zh: '过长而被切分的目标群' },
  observation_overflow: { en: 'Road users over the limit of one look', zh: '超过单帧上限的交通参与者' },
});

const jsonCounters = defineTexts({
  json_size: { en: 'Documents over the size limit', zh: '超过长度上限的文档' },
  json_utf8: { en: 'Documents that are not UTF-8', zh: '非 UTF-8 编码的文档' },
  json_depth: { en: 'Documents nested too deeply', zh: '嵌套过深的文档' },
  json_keys: { en: 'Documents with too many keys', zh: '键过多的文档' },
  json_forbidden_key: { en: 'Documents with a forbidden key', zh: '含有禁用键的文档' },
  json_syntax: { en: 'Documents that are not JSON', zh: '不是 JSON 的文档' },
});

const stampCounters = defineTexts({
  stamp_missing: {
    en: 'Frames without a readable stamp; arrival less latency was used',
    zh: '没有可读时间戳的帧；改用到达时间减延迟',
  },
  stamp_implausible: {
    en: 'Frames whose stamp cannot be; arrival less latency was used',
    zh: '时间戳不合理的帧；改用到达时间减延迟',
  },
  stamp_clock_unknown: {
    en: 'Frames that came while our own clock was not known; arrival less latency was used',
    zh: '本机时钟未知时到达的帧；改用到达时间减延迟',
  },
  clock_step: {
    en: 'Steps of the device’s clock, over 100 ms, against ours',
    zh: '设备时钟相对本机的跳变（超过 100 ms）次数',
  },
});

/** Counters of the camera driver. */
export const cameraCounters = defineTexts({
  ...jsonCounters,
  ...stampCounters,
  other_sensor: { en: 'Messages of another camera', zh: '其他摄像机的报文' },
  schema_unknown: { en: 'Documents of neither schema', zh: '不属于任一格式的文档' },
  box_invalid: { en: 'Boxes that could not be read', zh: '无法读取的目标框' },
  box_overflow: { en: 'Boxes over the limit of one frame', zh: '超过单帧上限的目标框' },
  attributes_stripped: {
    en: 'Boxes that came with plates, makes, colours or the like; these were thrown away',
    zh: '带有车牌、品牌、颜色等属性的目标框；属性已丢弃',
  },
  personal_object: { en: 'Faces and plates, thrown away whole', zh: '人脸与车牌目标，整体丢弃' },
  part_late: { en: 'Parts that came after their frame was used', zh: '所属帧已使用后才到达的部分' },
  group_overflow: {
    en: 'Frames used early because too many waited for parts',
    zh: '等待过多而提前使用的帧',
  },
  class_no_user: { en: 'Boxes of things that are no road users', zh: '非交通参与者的目标框' },
  class_unknown: { en: 'Boxes with a label that is not known', zh: '标签未知的目标框' },
  above_horizon: { en: 'Boxes that stand above the horizon', zh: '位于地平线以上的目标框' },
  out_of_range: { en: 'Boxes far beyond the field of view', zh: '远超视场的目标框' },
  truncated_dropped: { en: 'Boxes cut by the edge of the picture, dropped', zh: '被图像边缘截断并丢弃的目标框' },
  truncated_inflated: {
    en: 'Boxes cut by the edge of the picture, used with a larger error',
    zh: '被图像边缘截断、以更大误差使用的目标框',
  },
});

/** Counters of the object-list driver. */
export const objectListCounters = defineTexts({
  ...jsonCounters,
  ...stampCounters,
  other_sensor: { en: 'Lines of another detector', zh: '其他检测器的行' },
  line_oversize: { en: 'Lines over the length limit', zh: '超过长度上限的行' },
  line_cut: { en: 'Lines cut by a lost connection', zh: '因连接中断而残缺的行' },
  frame_form: { en: 'Lines that are no frame', zh: '不是帧的行' },
  frame_time: { en: 'Lines with an impossible time', zh: '时间不可能的行' },
  frame_sequence: { en: 'Lines with an impossible number', zh: '序号不可能的行' },
  object_overflow: { en: 'Objects over the limit of one line', zh: '超过单行上限的目标' },
  object_form: { en: 'Entries that are no objects', zh: '不是目标的条目' },
  object_position: { en: 'Objects with a wrong or missing position', zh: '位置错误或缺失的目标' },
  object_velocity: { en: 'Objects with a wrong velocity', zh: '速度错误的目标' },
  object_heading: { en: 'Objects with a wrong heading', zh: '朝向错误的目标' },
  object_size: { en: 'Objects with a wrong size', zh: '尺寸错误的目标' },
  object_score: { en: 'Objects with a wrong score', zh: '置信度错误的目标' },
  object_class: { en: 'Objects of an unknown class', zh: '类别未知的目标' },
  object_id: { en: 'Objects with a wrong id', zh: '编号错误的目标' },
  object_covariance: { en: 'Objects with a matrix that is no covariance', zh: '协方差矩阵无效的目标' },
  reference_missing: {
    en: 'Objects with latitude and longitude, but no reference is set',
    zh: '带有经纬度但未设置参考点的目标',
  },
});

const sigmaHelp = defineTexts({
  rangeSigmaM: {
    en: 'Deviation along the ray where the radar tells none.',
    zh: '雷达未给出时，沿视线方向的标准差。',
  },
  azimuthSigmaDeg: {
    en: 'Deviation of the direction where the radar tells none.',
    zh: '雷达未给出时，方位角的标准差。',
  },
});

/** Settings of the ARS 408. */
export const ars408Help = defineTexts({
  ...sigmaHelp,
  sensorId: {
    en: 'Number of the radar on its bus; CAN ids rise by 16 for each.',
    zh: '雷达在总线上的编号；每增加 1，CAN 标识符增加 16。',
  },
  mounting: {
    en: 'An inverted radar sees left and right exchanged.',
    zh: '倒装的雷达左右互换。',
  },
  lateral: {
    en: 'Sign of the lateral axis when upright. Check on site with somebody who walks.',
    zh: '正装时横向坐标的符号。请在现场以行人核对。',
  },
  latencyMs: {
    en: 'From the echo to the last frame; null takes the sensor’s own.',
    zh: '从回波到最后一帧的时间；为空则取传感器的延迟设置。',
  },
  configure: {
    en: 'Set the radar up when its state differs from these settings.',
    zh: '雷达状态与设置不符时自动配置。',
  },
  sendQuality: { en: 'Ask for the error and existence of each object.', zh: '请求每个目标的误差与存在概率。' },
  sendExtended: { en: 'Ask for the class and size of each object.', zh: '请求每个目标的类别与尺寸。' },
  maxDistanceM: { en: 'Largest distance that the radar is set to.', zh: '雷达设置的最大距离。' },
  existenceMin: {
    en: 'Lowest existence step (0 to 7) that the radar sends; 0 sends all.',
    zh: '雷达发送的最低存在概率等级（0 至 7）；0 表示全部发送。',
  },
  egoMotion: {
    en: 'Tell the radar all the time that it stands still.',
    zh: '持续告知雷达其处于静止状态。',
  },
  egoMotionPeriodMs: { en: 'How often it is told so.', zh: '告知静止状态的周期。' },
  speedSigmaMps: {
    en: 'Deviation of the speed along the ray where the radar tells none.',
    zh: '雷达未给出时，径向速度的标准差。',
  },
  lateralSpeedSigmaMps: {
    en: 'Deviation of the speed across the ray where the radar tells none.',
    zh: '雷达未给出时，横向速度的标准差。',
  },
});

/** Settings of the smartmicro radar. */
export const smartmicroHelp = defineTexts({
  ...sigmaHelp,
  source: {
    en: 'Address of the radar when several send to one port; empty hears all.',
    zh: '多台雷达共用端口时本雷达的地址；留空则全部接收。',
  },
  latencyMs: {
    en: 'From the echo to the last datagram; null takes the sensor’s own.',
    zh: '从回波到最后一个数据报的时间；为空则取传感器的延迟设置。',
  },
  azimuth: {
    en: 'Sign of the azimuth. Check on site with somebody who walks.',
    zh: '方位角的符号。请在现场以行人核对。',
  },
  clusterRangeM: { en: 'Largest step in range within one road user.', zh: '同一目标内径向的最大间隔。' },
  clusterAcrossM: { en: 'Largest step across the ray within one road user.', zh: '同一目标内横向的最大间隔。' },
  clusterRateMps: {
    en: 'Largest step in radial speed within one road user.',
    zh: '同一目标内径向速度的最大差值。',
  },
  clusterLengthMaxM: { en: 'Longer groups of targets are cut.', zh: '超过该长度的目标群将被切分。' },
  standingWeight: {
    en: 'What a group that does not move is worth; most are walls and signs.',
    zh: '静止目标群的权重；多数为墙体和标志。',
  },
  rateSigmaMps: { en: 'Deviation of the radial speed.', zh: '径向速度的标准差。' },
});

/** Settings of the camera. */
export const cameraHelp = defineTexts({
  deviceId: {
    en: 'The camera by its own name in the messages; empty hears all.',
    zh: '报文中该摄像机的名称；留空则全部接收。',
  },
  topic: {
    en: 'MQTT topic of this camera; empty hears all of the port.',
    zh: '该摄像机的 MQTT 主题；留空则接收端口全部主题。',
  },
  homography: {
    en: 'Nine numbers, row by row: pixel of the muxer’s picture to metres east and north.',
    zh: '逐行九个数：由复用器图像像素到东、北方向米数。',
  },
  widthPx: { en: 'Width of the muxer’s picture.', zh: '复用器图像宽度。' },
  heightPx: { en: 'Height of the muxer’s picture.', zh: '复用器图像高度。' },
  useStamp: {
    en: 'Believe the stamps of the camera where they are plausible.',
    zh: '时间戳合理时采信摄像机的时间戳。',
  },
  latencyMs: {
    en: 'From exposure to arrival, where no stamp is plausible; null takes the sensor’s own.',
    zh: '无合理时间戳时，从曝光到到达的时间；为空则取传感器的延迟设置。',
  },
  stampLatencyMs: {
    en: 'From exposure to the stamp; depends on what the analytics stamps.',
    zh: '从曝光到打上时间戳的时间；取决于分析软件。',
  },
  stampAgeMaxMs: { en: 'Older stamps are not believed.', zh: '更旧的时间戳不予采信。' },
  groupWaitMs: {
    en: 'How long a frame of the full schema waits for its parts.',
    zh: '完整格式的一帧等待其各部分的时间。',
  },
  pixelSigmaPx: { en: 'Deviation of a box edge.', zh: '目标框边缘的标准差。' },
  boxSigmaShare: {
    en: 'Deviation of a box edge as a share of the box.',
    zh: '目标框边缘标准差占框尺寸的比例。',
  },
  groundSigmaM: { en: 'Error of the calibration on the ground.', zh: '标定在地面上的误差。' },
  truncated: {
    en: 'What becomes of boxes cut by the edge of the picture.',
    zh: '被图像边缘截断的目标框如何处理。',
  },
  edgePx: { en: 'A box this near to the edge counts as cut.', zh: '距边缘小于该值即视为截断。' },
  qualityDefault: { en: 'Confidence of boxes that tell none.', zh: '未给出置信度的目标框的取值。' },
  classMap: {
    en: 'Labels of this camera and the class that each stands for, beside the usual ones.',
    zh: '除常用标签外，该摄像机的标签及其对应类别。',
  },
});

/** Settings of the object list. */
export const objectListHelp = defineTexts({
  deviceId: {
    en: 'The detector by its own name in the lines; empty hears all.',
    zh: '行中该检测器的名称；留空则全部接收。',
  },
  stamps: {
    en: 'What `t` means: UTC, a pace from the first line on, or nothing.',
    zh: '`t` 的含义：UTC、自首行起的相对时间，或忽略。',
  },
  latencyMs: {
    en: 'From looking to arrival, where no stamp is plausible; null takes the sensor’s own.',
    zh: '无合理时间戳时，从测量到到达的时间；为空则取传感器的延迟设置。',
  },
  stampAgeMaxMs: { en: 'Older stamps are not believed.', zh: '更旧的时间戳不予采信。' },
  reference: {
    en: 'Latitude, longitude and height of the site’s reference point, for lines with lat and lon.',
    zh: '站点参考点的纬度、经度和高程，用于含 lat、lon 的行。',
  },
  referencePoint: { en: 'Which point of a road user the position is for.', zh: '位置对应交通参与者的哪个点。' },
  processing: { en: 'Whether the detector filters over time.', zh: '检测器是否进行时间滤波。' },
  positionSigmaM: { en: 'Deviation of positions that tell none.', zh: '未给出时位置的标准差。' },
  speedSigmaMps: { en: 'Deviation of speeds that tell none.', zh: '未给出时速度的标准差。' },
  headingSigmaDeg: { en: 'Deviation of headings.', zh: '朝向的标准差。' },
  qualityDefault: { en: 'Score of objects that tell none.', zh: '未给出分值的目标的取值。' },
  classTrust: { en: 'How far the detector’s class is believed.', zh: '对检测器类别的信任程度。' },
  form: {
    en: 'Form of positions that the simulated detector writes.',
    zh: '模拟检测器写出的位置形式。',
  },
});

/** All of the above for the catalogue, by area. */
export const sensorTexts = {
  sensorTitles,
  ars408Counters,
  smartmicroCounters,
  cameraCounters,
  objectListCounters,
  ars408Help,
  smartmicroHelp,
  cameraHelp,
  objectListHelp,
};
