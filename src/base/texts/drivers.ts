import { defineTexts } from '../text.ts';

/** What drivers and simulated devices cannot take, and the next step. */
export const driverFaultTexts = defineTexts({
  span: { en: '{low} to {high}', zh: '{low} 至 {high}' },
  span_next: { en: 'Give a value that the frame can carry.', zh: '请给出帧能够表示的值。' },
  homography: { en: 'nine finite numbers that can be inverted', zh: '九个有限且可逆的数值' },
  homography_next: {
    en: 'Calibrate the camera anew, or copy the nine numbers again.',
    zh: '请重新标定摄像机，或重新抄录这九个数值。',
  },
  gbt20999_lamp: {
    en: 'a number from 1 to {count} and a colour that the protocol has',
    zh: '1 至 {count} 的编号，且为协议支持的灯色',
  },
  gbt20999_lamp_next: {
    en: 'Number the lamp groups of the controller from 1 without a gap.',
    zh: '请将信号机的灯组从 1 起连续编号。',
  },
  tscbm_group: {
    en: 'phase, overlap or pedestrian with a number from 1 to 16',
    zh: 'phase、overlap 或 pedestrian 加 1 至 16 的编号',
  },
  tscbm_pedestrian: {
    en: 'red, green, flashing green or dark',
    zh: '红、绿、绿闪或灭灯',
  },
  tscbm_vehicle: { en: 'red, yellow, green or dark', zh: '红、黄、绿或灭灯' },
  tscbm_next: {
    en: 'Name lamp groups phase:1, overlap:1 or pedestrian:1, and show what the packet can say.',
    zh: '灯组请命名为 phase:1、overlap:1 或 pedestrian:1，并只显示报文能表示的灯色。',
  },
});
