/** Whether a self-report may be used (rule R39): its age, place, speed, and its sender's last one. */
import type { Stamp } from '../../src/base/time.ts';
import type { RoadUserClass } from '../../src/model/roaduser.ts';
import type { SelfReport } from '../../src/model/selfreport.ts';
import { wrapRad } from '../../src/base/units.ts';
import type { RsuReceiveOptions } from './options.ts';

/** Why a report is not handed on. */
export type ReportDrop =
  | 'report_clock_unknown' | 'report_stamp_unknown' | 'report_future' | 'report_old'
  | 'report_too_late' | 'report_outside' | 'report_speed' | 'report_jump' | 'report_heading'
  | 'report_order' | 'report_unproven' | 'sender_overflow';

/** A report that may be used: how old it was when it came, and its sender's number here. */
export interface SoundReport {
  readonly ageMs: number;
  readonly sender: number;
}

/** Beyond this error of our own UTC the age of a report cannot be judged, ms. */
const CLOCK_ERROR_MAX_MS = 100;
const MINUTE_MS = 60_000;
/** A sender that was silent this long begins anew, ms. */
const SENDER_MS = 2000;
/** Senders followed at once. */
const SENDERS_MAX = 1024;
/** Rule R32: faster is none of its kind, m/s; and none changes its speed faster, m/s². */
const speedMaxMps: Readonly<Record<RoadUserClass, number>> = {
  unknown: 60, car: 60, van: 60, truck: 60, bus: 60, motorcycle: 60, bicycle: 15, pedestrian: 8,
};
const ACCELERATION_MAX = 12;
/** What satellite positioning may jump between two reports, metres. */
const JUMP_SLACK_M = 3;
/** Over these a way says a direction: speed, metres. */
const DIRECTION_MPS = 3;
const DIRECTION_M = 2;
const DIRECTION_RAD = Math.PI / 3;
/** A way is held against the speeds over this, ms; on a bend it is this much shorter. */
const ANCHOR_MS = 1000;
const TURNING = 0.6;

/** A place of a sender, and between which speeds it said to drive since then. */
interface Anchor {
  readonly atUtcMs: number;
  readonly eastM: number;
  readonly northM: number;
  readonly leastMps: number;
  readonly mostMps: number;
}

interface Sender {
  readonly number: number;
  /** UTC ms that its newest report is for, and our clock when it came. */
  readonly atUtcMs: number;
  readonly heardMs: number;
  readonly eastM: number;
  readonly northM: number;
  readonly speedMps: number | null;
  /** About a second back: over it a place shows whether the speed is true. */
  readonly anchor: Anchor;
}

/** Follows the senders of one port. Pure: no port, clock or log. */
export class ReportCheck {
  readonly #options: Pick<RsuReceiveOptions, 'futureMaxMs' | 'ageMaxMs' | 'useMaxMs'>;
  readonly #isInside: (eastM: number, northM: number) => boolean;
  #senders = new Map<string, Sender>();
  #next = 1;

  constructor(
    options: Pick<RsuReceiveOptions, 'futureMaxMs' | 'ageMaxMs' | 'useMaxMs'>,
    isInside: (eastM: number, northM: number) => boolean,
  ) {
    this.#options = options;
    this.#isInside = isInside;
  }

  accept(report: SelfReport, received: Stamp): SoundReport | ReportDrop {
    if (!(received.errorMs <= CLOCK_ERROR_MAX_MS)) return 'report_clock_unknown';
    if (report.msInMinute === null) return 'report_stamp_unknown';
    const behindMs = (received.utcMs - report.msInMinute) % MINUTE_MS;
    const ageMs = behindMs > MINUTE_MS / 2 ? behindMs - MINUTE_MS : behindMs;
    if (ageMs < -this.#options.futureMaxMs) return 'report_future';
    if (ageMs > this.#options.ageMaxMs) return 'report_old';
    if (!this.#isInside(report.eastM, report.northM)) return 'report_outside';
    if ((report.speedMps ?? 0) > speedMaxMps[report.cls]) return 'report_speed';
    const sender = this.#follow(report, received.utcMs - ageMs, received.monoMs);
    if (typeof sender === 'string') return sender;
    return ageMs > this.#options.useMaxMs ? 'report_too_late' : { ageMs, sender };
  }

  /** The sender's number when this report agrees with its last one; its memory is renewed. */
  #follow(report: SelfReport, atUtcMs: number, heardMs: number): number | ReportDrop {
    const key = report.senderId;
    const last = this.#senders.get(key);
    const { eastM, northM, speedMps } = report;
    const fresh = { atUtcMs, heardMs, eastM, northM, speedMps };
    const anchor = {
      atUtcMs, eastM, northM, leastMps: speedMps ?? 0, mostMps: speedMps ?? speedMaxMps[report.cls],
    };
    if (!last || heardMs - last.heardMs > SENDER_MS) {
      if (!last && this.#senders.size >= SENDERS_MAX && !this.#forget(heardMs)) {
        return 'sender_overflow';
      }
      this.#senders.set(key, { number: this.#next++, ...fresh, anchor });
      return 'report_unproven';
    }
    const spanMs = atUtcMs - last.atUtcMs;
    if (spanMs < 1) return 'report_order';
    const since: Anchor = {
      ...last.anchor,
      leastMps: Math.min(last.anchor.leastMps, anchor.leastMps),
      mostMps: Math.max(last.anchor.mostMps, anchor.mostMps),
    };
    const isLong = atUtcMs - since.atUtcMs >= ANCHOR_MS;
    const why = disagreement(last, report, spanMs / 1000) ?? (isLong ? drift(since, anchor) : null);
    // Where it is now is what the next is held against.
    this.#senders.set(key, { ...last, ...fresh, anchor: isLong || why ? anchor : since });
    return why ?? last.number;
  }

  /** Forgets who was silent; false where nobody was. */
  #forget(nowMs: number): boolean {
    const before = this.#senders.size;
    for (const [key, { heardMs }] of this.#senders) {
      if (nowMs - heardMs > SENDER_MS) this.#senders.delete(key);
    }
    return this.#senders.size < before;
  }

  snapshot(): unknown {
    return structuredClone({ senders: [...this.#senders], next: this.#next });
  }

  restore(snapshot: unknown): void {
    const state = structuredClone(snapshot) as { senders: [string, Sender][]; next: number };
    this.#senders = new Map(state.senders);
    this.#next = state.next;
  }
}

/** Whether the way over about a second belies the speeds that were said; null where it does not. */
function drift(from: Anchor, to: Anchor): ReportDrop | null {
  const spanS = (to.atUtcMs - from.atUtcMs) / 1000;
  const movedM = Math.hypot(to.eastM - from.eastM, to.northM - from.northM);
  const near = movedM >= from.leastMps * spanS * TURNING - JUMP_SLACK_M;
  return near && movedM <= from.mostMps * spanS + JUMP_SLACK_M ? null : 'report_jump';
}

/** What two reports of one sender disagree in; null where they agree. */
function disagreement(last: Sender, now: SelfReport, spanS: number): ReportDrop | null {
  const east = now.eastM - last.eastM;
  const north = now.northM - last.northM;
  const movedM = Math.hypot(east, north);
  const unsaid = speedMaxMps[now.cls];
  const mostMps = Math.max(last.speedMps ?? unsaid, now.speedMps ?? unsaid);
  if (movedM > (mostMps + ACCELERATION_MAX * spanS) * spanS + JUMP_SLACK_M) return 'report_jump';
  if (now.headingRad === null || movedM < DIRECTION_M) return null;
  if ((now.speedMps ?? 0) < DIRECTION_MPS || (last.speedMps ?? 0) < DIRECTION_MPS) return null;
  const off = Math.abs(wrapRad(Math.atan2(north, east) - now.headingRad));
  // Backwards is a way to drive as well.
  const aslant = off > DIRECTION_RAD && off < Math.PI - DIRECTION_RAD;
  return aslant && movedM > JUMP_SLACK_M ? 'report_heading' : null;
}
