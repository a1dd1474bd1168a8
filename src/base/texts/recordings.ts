import { defineTexts } from '../text.ts';

/** What is wrong with a recording or its replay, and the next step. */
export const recordingFaultTexts = defineTexts({
  black_box: { en: 'black box {folder}', zh: '黑匣子 {folder}' },
  folder: { en: 'recording {folder}', zh: '录制 {folder}' },
  black_box_next: {
    en: 'Free some space; the black box goes on in memory.',
    zh: '请腾出空间；黑匣子继续在内存中记录。',
  },
  write_next: {
    en: 'Free some space or choose another folder, then record again.',
    zh: '请腾出空间或换一个目录，然后重新录制。',
  },
  recording: { en: 'a recording', zh: '一份录制' },
  missing: { en: 'nothing there', zh: '路径不存在' },
  missing_next: { en: 'Check the path.', zh: '请检查路径。' },
  single_file: { en: 'a single file', zh: '单个文件' },
  single_file_next: {
    en: 'Name the port and the transport of what it holds.',
    zh: '请说明其内容属于哪个端口与传输方式。',
  },
  folder_next: {
    en: 'A recording is a folder that `record` has written.',
    zh: '录制是由 `lukou record` 写出的目录。',
  },
  version_next: {
    en: 'This version reads formatVersion 1; use the version that wrote it.',
    zh: '本版本读取 formatVersion 1；请使用写出该录制的版本。',
  },
  ports_unclear: { en: 'ports that are not understood', zh: '无法理解的 ports' },
  ports_unclear_next: {
    en: 'Each needs name, transport, file and loop.',
    zh: '每个端口须有 name、transport、file 与 loop。',
  },
  port_file_next: {
    en: 'Each port of the manifest has a file.',
    zh: '清单中的每个端口都应有一个文件。',
  },
  loop_period: {
    en: 'a period of {min} to {max} ms and a phase',
    zh: '{min} 至 {max} 毫秒的周期与一个相位',
  },
  loop_got: {
    en: 'loops.{loop}: periodMs {periodMs}, phaseMs {phaseMs}',
    zh: '循环 loops.{loop}：periodMs {periodMs}，phaseMs {phaseMs}',
  },
  loop_period_next: {
    en: 'Correct the loop in the manifest, or leave it out.',
    zh: '请更正清单中的该循环，或将其删除。',
  },
  silence: {
    en: 'stamps at most {minutes} min apart (the recording holds no ticks)',
    zh: '相邻时间戳间隔不超过 {minutes} 分钟（该录制不含节拍）',
  },
  silence_got: { en: '{at} after {before}', zh: '{before} 之后为 {at}' },
  silence_next: {
    en: 'Cut the capture at the gap, or mend the stamp.',
    zh: '请在间断处截断抓包，或修正该时间戳。',
  },
  state_next: { en: 'Replay from another recording.', zh: '请改用其他录制回放。' },
  file: { en: 'a file of a recording', zh: '录制中的文件' },
  file_next: { en: 'Check the path and the permissions.', zh: '请检查路径与权限。' },
  other_site_next: {
    en: 'Replay with the site that the recording was made at.',
    zh: '请使用录制时的站点回放。',
  },
  replay_faults: { en: 'faults "{part}"', zh: '注入故障 "{part}"' },
  replay_faults_range: { en: '{name} from {min} to {max}', zh: '{name} 为 {min} 至 {max}' },
  replay_faults_next: { en: 'For example: {example}', zh: '例如：{example}' },
});
