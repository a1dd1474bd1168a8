import { crc32 } from 'node:zlib';
import type { SystemClock } from './base/clock.ts';
import { utcMs } from './base/time.ts';
import type { CloudStatus } from './cloud/link.ts';
import type { CommissionStatus } from './commission.ts';
import { capabilityHealth } from './health.ts';
import type { HealthCheck } from './model/health.ts';
import { nodeKey } from './model/ids.ts';
import type { Site } from './model/site.ts';
import type { PerceptionView, SignalsView } from './pipeline.ts';
import type {
  ChildStart,
  GateStatus,
  LoopStatus,
  ParentToChild,
  SendTiming,
  SentRow,
} from './processes.ts';
import type { RsuStatus } from './rsu/links.ts';
import { Shares } from './shares.ts';
import { STATUS_FORMAT, Window } from './status.ts';
import type { LampRow, MessageRow, StatusDocument, TimingRow, TrackRow } from './status.ts';

interface Sent {
  count: number;
  window: Window;
  waits: Window;
  computes: Window;
  /** The newest rows in full, oldest first. */
  timings: TimingRow[];
  aged: boolean;
  /** Counts at the last whole seconds, for the rate. */
  history: { atMs: number; count: number }[];
}

const AGE_WINDOW = 2000;
const RATE_SPAN_MS = 5000;
/** A road user of the child that is this silent is not shown, ms. */
const PERCEPTION_STALE_MS = 2000;

/** Counters of what went well or is told elsewhere; all others count something lost or refused. */
const notDrops = [
  /^(sent_|frames_|gate_level_|lane_passages|guard_sent|store_accepted|rewind$|track_)/,
  /^event_(?!watch_overflow|overflow)/,
  /^cloud_(live_sent|record_confirmed|connected|mqtt_fallback)/,
  /^rsu_sent_/,
  /^(rsm|ssm)_(told|held)_/,
  /^birth_/,
  /^web_(picture_sent|client_opened|share_opened|token_let_in)$/,
  // A bus is shared: what one driver passes over, its neighbour takes.
  /\.(alive|other_sensor|sensor_id_twice|truncated_inflated|cluster_split|heartbeat.*)$/,
];
/** Whether a counter counts something lost or refused. */
export const isDrop = (name: string): boolean => !notDrops.some((pattern) => pattern.test(name));

/** What the `main` thread knows of the whole box; builds the status document. */
export class DaemonState {
  readonly #site: Site;
  readonly #clock: SystemClock;
  readonly #start: ChildStart;
  readonly #software: string;
  perception: PerceptionView | null = null;
  signals: SignalsView | null = null;
  #commission: CommissionStatus | null = null;
  #gate: GateStatus = { nodes: [], outputs: [], latches: [], refused: 0, refusals: [] };
  #rsus: readonly RsuStatus[] = [];
  /** The units that threads of the child serve, and that the parent knows nothing of. */
  #threadUnits: readonly RsuStatus[] = [];
  #rsuChecks: readonly HealthCheck[] = [];
  readonly #loops = new Map<string, LoopStatus>();
  readonly #shares = new Shares();
  readonly #sent = new Map<string, Sent>();
  readonly city = new Map<string, number>();

  constructor(site: Site, clock: SystemClock, start: ChildStart, software: string) {
    this.#site = site;
    this.#clock = clock;
    this.#start = start;
    this.#software = software;
  }

  loop(status: LoopStatus): void {
    this.#loops.set(status.loop, status);
    if (status.loop === 'perception') this.#shares.accept(status.atMs, status.counters);
  }

  parent(message: Extract<ParentToChild, { kind: 'status' }>): void {
    this.loop(message.status);
    this.#commission = message.commission ?? null;
    this.#gate = message.gate;
    this.#rsus = message.rsus;
    this.#rsuChecks = message.checks;
  }

  units(rsus: readonly RsuStatus[]): void {
    this.#threadUnits = rsus;
  }

  /** All units, in the order of the site. */
  #units(): readonly RsuStatus[] {
    if (this.#threadUnits.length === 0) return this.#rsus;
    const order = this.#site.rsus.map(({ id }) => id as string);
    const place = ({ id }: RsuStatus): number => order.indexOf(id);
    return [...this.#rsus, ...this.#threadUnits].sort((a, b) => place(a) - place(b));
  }

  sent(rows: readonly SentRow[]): void {
    for (const row of rows) {
      let sent = this.#sent.get(row.type);
      if (!sent) {
        sent = {
          count: 0,
          window: new Window(AGE_WINDOW),
          waits: new Window(AGE_WINDOW),
          computes: new Window(AGE_WINDOW),
          timings: [],
          aged: false,
          history: [],
        };
        this.#sent.set(row.type, sent);
      }
      sent.count++;
      if (row.ageMs !== null) {
        sent.window.add(row.ageMs);
        sent.aged = true;
      }
      if (row.timing) this.#timed(sent, row, row.timing);
      const last = sent.history.at(-1);
      if (!last || row.atMs - last.atMs >= 1000) {
        sent.history.push({ atMs: row.atMs, count: sent.count });
        while (sent.history.length > 1 && row.atMs - sent.history[0]!.atMs > RATE_SPAN_MS) sent.history.shift();
      }
    }
  }

  #timed(sent: Sent, { atMs, ageMs, bytes }: SentRow, timing: SendTiming): void {
    if (timing.waitMs !== null) {
      sent.waits.add(timing.waitMs);
      sent.computes.add(timing.computeMs);
    }
    sent.timings.push({ crc: crc32(bytes), atMs, ageMs, ...timing });
    // Cut in pieces: shifting one row for each message would copy the list each time.
    if (sent.timings.length >= 2 * AGE_WINDOW) sent.timings = sent.timings.slice(-AGE_WINDOW);
  }

  /** The newest messages of one type (at least 2000 once there are that many), oldest first. */
  timings(type: string): readonly TimingRow[] {
    return this.#sent.get(type)?.timings ?? [];
  }

  /** Counts a city message by its topic. */
  cityTopic(topic: string): void {
    this.city.set(topic, (this.city.get(topic) ?? 0) + 1);
  }

  /** Leaf checks of all parts. */
  checks(clouds: readonly CloudStatus[], storeFault: string | null): readonly HealthCheck[] {
    const nowMs = this.#clock.nowMs();
    const perceptionAgeMs = this.perception ? nowMs - this.perception.atMs : Infinity;
    const { errorMs } = this.#clock.utcAt();
    const check = (name: string, ok: boolean, reason: string, sinceMs = 0): HealthCheck => ({
      name,
      level: ok ? 'ok' : 'failed',
      reason: ok ? '' : reason,
      detail: {},
      sinceMs,
    });
    return [
      ...(this.signals?.checks ?? []),
      ...(this.perception?.checks ?? []),
      ...this.#rsuChecks,
      ...this.#threadUnits.map(({ id, fault, lastSentMs }) =>
        check(`rsu:${id}`, fault === null, fault ?? '', lastSentMs ?? 0)),
      ...clouds.map((cloud) =>
        check(`cloud:${cloud.id}`, cloud.connected, cloud.fault ?? 'not_connected', cloud.sinceMs),
      ),
      check('store', storeFault === null, storeFault ?? ''),
      check('child', perceptionAgeMs < PERCEPTION_STALE_MS, 'perception_silent'),
      check('clock', errorMs <= 100, 'untrusted'),
      ...this.#commissionChecks(),
    ];
  }

  /** A live site must have been confirmed at the junction (rule R25). */
  #commissionChecks(): readonly HealthCheck[] {
    if (this.#site.mode !== 'live' || !this.#commission) return [];
    const { state } = this.#commission;
    const ok = state === 'commissioned';
    const reason = ok ? '' : state === 'none' ? 'not_commissioned' : `commissioning_${state}`;
    return [{ name: 'commission', level: ok ? 'ok' : 'failed', reason, detail: {}, sinceMs: 0 }];
  }

  #tracks(): TrackRow[] {
    const view = this.perception;
    if (!view || this.#clock.nowMs() - view.atMs > PERCEPTION_STALE_MS) return [];
    return view.tracks.tracks.map((track) => ({
      id: track.id,
      cityId: track.cityId,
      cls: track.cls,
      eastM: track.eastM,
      northM: track.northM,
      headingRad: track.headingRad,
      speedMps: track.speedMps,
      lengthM: track.extent.lengthM,
      widthM: track.extent.widthM,
      existence: track.existence,
      unseen: track.unseen,
      sensors: track.sensors,
      laneId: track.laneId,
      ageMs: track.valid.monoMs - track.measured.monoMs,
      covariance: [track.covariance[0] ?? 0, track.covariance[1] ?? 0, track.covariance[5] ?? 0],
    }));
  }

  #lamps(): LampRow[] {
    const groups = new Map(this.#site.road.signalGroups.map((group) => [group.id, group]));
    return (this.signals?.states ?? []).flatMap((state) =>
      state.groups.map((group) => {
        const end = group.timing?.likelyEnd ?? group.timing?.minEnd ?? null;
        const settings = groups.get(group.signalGroup);
        return {
          node: nodeKey(state.node),
          signalGroup: group.signalGroup,
          lampGroup: settings?.lampGroup ?? '',
          phase: settings?.phase ?? 0,
          colour: group.aspect.colour,
          flashing: group.aspect.flashing,
          remainingS: end ? Math.max(0, (end.atMs - this.#clock.nowMs()) / 1000) : null,
          availability: state.availability,
        };
      }),
    );
  }

  #messages(): MessageRow[] {
    return [...this.#sent].map(([type, sent]) => {
      const first = sent.history[0];
      const last = sent.history.at(-1);
      const spanMs = first && last ? last.atMs - first.atMs : 0;
      return {
        type,
        sent: sent.count,
        perS: first && last && spanMs > 0 ? ((last.count - first.count) * 1000) / spanMs : 0,
        ageMs: sent.aged ? sent.window.percentiles() : null,
        waitMs: sent.waits.percentiles(),
        computeMs: sent.computes.percentiles(),
      };
    });
  }

  /** What was lost, by name, from every part that counts; units and clouds are summed. */
  #drops(more: readonly Readonly<Record<string, number>>[]): Record<string, number> {
    const drops: Record<string, number> = {};
    const add = ([name, count]: [string, number]): void => {
      if (count > 0 && isDrop(name)) drops[name] = (drops[name] ?? 0) + count;
    };
    const loops = [...this.#loops.values()].map(({ counters }) => counters);
    const units = this.#units().map(({ sent }) => sent);
    for (const counters of [...loops, ...units, ...more]) Object.entries(counters).forEach(add);
    return drops;
  }

  /** The whole document as of now. */
  document(parts: {
    readonly clouds: readonly CloudStatus[];
    readonly store: StatusDocument['store'];
    readonly counters: Readonly<Record<string, number>>;
    readonly recording: StatusDocument['recording'];
    readonly web: StatusDocument['web'];
  }): StatusDocument {
    const { clouds, store, recording, web } = parts;
    const checks = this.checks(clouds, store.fault);
    const { errorMs, utcMs: now } = this.#clock.utcAt();
    const site = this.#site;
    return {
      formatVersion: STATUS_FORMAT,
      site: { id: site.id, name: site.name, mode: site.mode, hash: site.hash, profile: site.profile },
      software: this.#software,
      node: process.versions.node,
      pid: { parent: this.#start.parentPid, child: process.pid },
      startedUtcMs: utcMs(this.#start.startedUtcMs),
      utcMs: now,
      monoMs: this.#clock.nowMs(),
      clockErrorMs: Number.isFinite(errorMs) ? errorMs : null,
      capabilities: capabilityHealth({
        site,
        checks,
        gate: this.#gate.nodes,
        coverage: this.perception?.coverage ?? null,
      }),
      checks,
      gate: this.#gate,
      commission: this.#commission,
      lamps: this.#lamps(),
      tracks: this.#tracks(),
      events: this.perception?.events ?? [],
      messages: this.#messages(),
      shares: this.#shares.rows(),
      rsus: this.#units(),
      clouds,
      city: Object.fromEntries(this.city),
      store,
      loops: [...this.#loops.values()],
      drops: this.#drops([parts.counters, ...clouds.map(({ counters }) => counters)]),
      recording,
      web,
    };
  }
}
