import { defineTexts } from '../text.ts';

/** What fusion counts: drops first, then events. */
export const fusionTexts = defineTexts({
  late_frame: { en: 'Frames dropped: measured longer ago than the rewind window', zh: '丢弃的帧：测量时刻早于回溯窗口' },
  future_frame: { en: 'Frames dropped: measured after they arrived; check the clock of the sensor', zh: '丢弃的帧：测量时刻晚于到达时刻，请检查传感器时钟' },
  instant_not_usable: { en: 'Frames dropped: instant of measurement not positive', zh: '丢弃的帧：测量时刻不是正数' },
  duplicate_frame: { en: 'Frames dropped: the same frame came before', zh: '丢弃的帧：同一帧已收到' },
  frame_over_limit: { en: 'Frames dropped: too many within the rewind window', zh: '丢弃的帧：回溯窗口内帧数过多' },
  frame_not_usable: { en: 'Frames dropped: instant or number not finite', zh: '丢弃的帧：时刻或帧号不是有限数' },
  frame_frozen: { en: 'Frames dropped: the picture is frozen although something moves in it', zh: '丢弃的帧：画面有运动目标却静止不变' },
  sensor_unknown: { en: 'Frames dropped: the site has no such sensor', zh: '丢弃的帧：场地配置中没有该传感器' },
  observation_not_usable: { en: 'Observations dropped: a number is not finite or out of range', zh: '丢弃的观测：数值无效或超出范围' },
  observation_over_limit: { en: 'Observations dropped: more than 256 in one frame, the farthest went', zh: '丢弃的观测：一帧超过 256 个，舍弃最远者' },
  detection_weak_unused: { en: 'Weak detections that no track needed', zh: '没有轨迹使用的弱检测' },
  birth_inside_track: { en: 'Second echoes of a body that already has a track', zh: '已有轨迹目标的重复回波' },
  birth_over_limit: { en: 'Detections left out: the track table is full', zh: '未采用的检测：轨迹表已满' },
  track_over_limit: { en: 'Unlikely tracks removed to make room', zh: '为腾出空间而删除的低可信轨迹' },
  track_merged: { en: 'Two tracks of one road user made one', zh: '同一交通参与者的两条轨迹合并' },
  sensor_restarted: { en: 'A sensor began to count its frames anew', zh: '传感器帧计数重新开始' },
  update_not_definite: { en: 'Updates skipped: covariance not positive definite', zh: '跳过的更新：协方差非正定' },
  rewind: { en: 'Times the tracks were taken back for a late frame', zh: '因迟到帧而回溯的次数' },
});
