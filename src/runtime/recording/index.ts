export { applyFaults, faultExample, parseFaults } from './faults.ts';
export type { ReplayFault } from './faults.ts';
export { openRecording } from './reader.ts';
export type { Recording } from './reader.ts';
export { ReplayPorts } from './replay-ports.ts';
export { RingRecorder } from './ring.ts';
export type { RingLimits } from './ring.ts';
export { fileNameOf, recordedPort } from './types.ts';
export type {
  ClockEvent, HandoverEvent, MessageEvent, PacketMatch, RecordedEvent, RecordedLoop, RecordedPort,
  RecordedState, RecordedTick, RecordingManifest, SentLine, TickEvent,
} from './types.ts';
export { createRecordingWriter } from './writer.ts';
export type { RecordingDeps, RecordingState, RecordingStatus, RecordingWriter } from './writer.ts';
