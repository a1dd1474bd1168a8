import { defineTexts } from '../text.ts';

/** What the simulator tells people. */
export const simulateTexts = defineTexts({
  summary: {
    en: '{seconds} s simulated: {messages} messages of devices, {spawned} road users came, {left} left.',
    zh: '已仿真 {seconds} 秒：设备报文 {messages} 条，进入 {spawned} 个交通参与者，离开 {left} 个。',
  },
  red_crossings: {
    en: '{redCrossings} road users ran a red light, as asked for.',
    zh: '按要求有 {redCrossings} 个交通参与者闯红灯。',
  },
  unknotted: {
    en: '{unknotted} road users blocked one another and were taken out; their tracks end on the road.',
    zh: '{unknotted} 个交通参与者互相阻塞，已被移除；其轨迹在路上终止。',
  },
  rule_red_runners: { en: 'a vehicle runs a red light', zh: '车辆闯红灯' },
  rule_wrong_way: { en: 'a vehicle drives against the traffic', zh: '车辆逆行' },
  rule_jaywalkers: { en: 'a pedestrian walks on the carriageway', zh: '行人进入机动车道' },
  rule_stopped_vehicle: { en: 'a vehicle stops in its lane', zh: '车辆在车道内停车' },
});
