/** The last look at every message before a roadside unit. */
import type { Witness } from '../base/evidence.ts';
import type { Stateful } from '../base/stateful.ts';
import type { Stamp } from '../base/time.ts';
import { decode, editions } from './decode.ts';
import type { WireMessage } from './decode.ts';
import type { LatchRow } from './latches.ts';
import { advance, newLevelState } from './level.ts';
import type { GateInput, GateVerdict, LevelState } from './level.ts';
import {
  judgeAny, judgeMap, judgeRsi, judgeRsm, most, need, newSentState, noteSent, Refused,
} from './messages.ts';
import type { Case, GateOffer, SentState } from './messages.ts';
import type { RuleId } from './rules.ts';
import { commissioningOf, gateNodeKey } from './site.ts';
import type { Breach, GateNode, GateProfile, GateSite } from './site.ts';
import { judgeSpat } from './spat.ts';

export type GateResult = { readonly pass: true } | ({ readonly pass: false } & Breach);

/** A message that did not pass, kept for `lukou gate`. */
export interface Refusal extends Breach {
  readonly monoMs: number; readonly utcMs: number; readonly node: string; readonly type: string;
  readonly bytes: Uint8Array; readonly decoded: WireMessage | null;
}

export interface GateOptions {
  /** By the name that a node's `witness` gives; a node without reads nothing and shows nothing. */
  readonly witnesses: Readonly<Record<string, Witness>>;
  /** From `decodeLatches`, read at the start, monotonic ms: past releases are counted from it. */
  readonly latches: readonly LatchRow[]; readonly startMs: number;
}

/** Counters `passed_SPAT`, `refused_R6`, `level_R1`, `alarm_R21`; who opened the last latch. */
export interface GateReport {
  readonly counters: Readonly<Record<string, number>>;
  readonly refusals: readonly Refusal[];
  readonly released: { readonly node: string; readonly who: string } | null;
  readonly nodes: Readonly<Record<string, GateVerdict & { readonly latch: string | null }>>;
}

interface NodeState { level: LevelState; sent: SentState }
const newState = (nodes: Record<string, NodeState>) => ({
  nodes, counters: {} as Record<string, number>, refusals: [] as Refusal[], latchVersion: 0,
  released: null as GateReport['released'],
});
type GateState = ReturnType<typeof newState>;

const REFUSALS_KEPT = 100;
/** Octets that are kept of each: longer than any message, shorter than what could fill memory. */
const REFUSED_OCTETS_KEPT = 4096;
const loopback = /^(::1|(::ffff:)?127\.\d{1,3}\.\d{1,3}\.\d{1,3})$/;
/** A SPAT refused by these says that bytes and lamps disagree: the next cycle is unavailable. */
const disputing: ReadonlySet<RuleId> = new Set(['R5', 'R6', 'R19', 'R20']);
const judges = { SPAT: judgeSpat, MAP: judgeMap, RSM: judgeRsm, RSI: judgeRsi };
const witnessOf = ({ witnesses }: GateOptions, { witness }: GateNode): Witness =>
  witnesses[witness ?? ''] ?? (() => null);

/** Builds the gate of a site that was looked at before. */
export const createGate = (site: GateSite, options: GateOptions): Gate => new Gate(site, options);

export class Gate implements Stateful {
  readonly #site: GateSite;
  readonly #options: GateOptions;
  readonly #nodes: ReadonlyMap<string, GateNode>;
  /** Whether SPAT is said in absolute times. */
  readonly #absolute: boolean;
  #state: GateState;

  constructor(site: GateSite, options: GateOptions) {
    this.#site = site;
    this.#options = options;
    const { profiles } = site;
    const own = profiles.find(({ name }) => name === site.profile) ?? profiles[0];
    this.#absolute = own?.absolute === true;
    this.#nodes = new Map(site.nodes.map((node) => [gateNodeKey(node.region, node.id), node]));
    const nodes: Record<string, NodeState> = {};
    for (const [key, node] of this.#nodes) {
      nodes[key] = { level: newLevelState(node), sent: newSentState() };
    }
    for (const { node, latch, releaseAgesMs } of options.latches) {
      const level = nodes[node]?.level;
      if (!level) continue;
      level.latch = latch === null ? null : { ...latch, anchor: null, greens: 0 };
      level.releases = releaseAgesMs.map((ageMs) => options.startMs - ageMs);
    }
    this.#state = newState(nodes);
  }

  #count(name: string): void {
    this.#state.counters[name] = (this.#state.counters[name] ?? 0) + 1;
  }

  /** Moves a node's level on; call once each 100 ms cycle, before composing its SPAT. */
  level(nodeKey: string, input: GateInput | null, now: Stamp): GateVerdict {
    const node = this.#nodes.get(nodeKey);
    if (!node) return { level: 'silent', reasons: [], withheld: [], untimed: [] };
    const { level } = this.#state.nodes[nodeKey] as NodeState;
    const before = level.latch;
    const site = this.#site.mode === 'live' ? commissioningOf(this.#site) : 'yes';
    const around = { site, absolute: this.#absolute } as const;
    const witness = witnessOf(this.#options, node);
    const verdict = advance(level, node, witness, input, now, around, this.#site.limits);
    if (level.latch !== before) this.#state.latchVersion++;
    for (const id of new Set(verdict.reasons.map(({ rule }) => rule))) this.#count(`level_${id}`);
    return verdict;
  }

  /** A node's verdict as it stands: after a refusal it may allow less than `level` gave. */
  verdict(nodeKey: string): GateVerdict | null {
    return this.#state.nodes[nodeKey]?.level.verdict ?? null;
  }

  /** Whether these bytes may leave, by the gate's own reading of them. */
  check(offer: GateOffer, now: Stamp): GateResult {
    const key = gateNodeKey(offer.nodeRegion, offer.nodeId);
    let decoded: WireMessage | null = null;
    try {
      const profile = this.#site.profiles.find(({ name }) => name === offer.profile);
      need(profile !== undefined, 'SIZE', 'the profile', 'one of the site', offer.profile);
      need(this.#nodes.has(key), 'R18', 'the node', 'one of the site', key);
      const { sizeOctets, edition } = profile as GateProfile;
      most('SIZE', 'octets', sizeOctets, offer.bytes.length);
      const read = decode(offer.bytes, editions[edition]);
      need(read.message !== null, 'SIZE', 'the bytes', 'one whole message', read.reason);
      decoded = read.message as WireMessage;
      need(decoded.type === offer.type, 'SIZE', 'the type', offer.type, decoded.type);
      const { limits } = this.#site;
      const node = this.#nodes.get(key) as GateNode;
      const at: Case = {
        site: this.#site, node, profile: profile as GateProfile, offer, now, limits,
        ...(this.#state.nodes[key] as NodeState), witness: witnessOf(this.#options, node),
        alarm: (rule) => this.#count(`alarm_${rule}`),
      };
      judgeAny(at);
      (judges[decoded.type] as (at: Case, message: WireMessage) => void)(at, decoded);
      noteSent(at, decoded);
    } catch (thrown) {
      return this.#refuse(thrown, offer, decoded, key, now);
    }
    this.#count(`passed_${offer.type}`);
    return { pass: true };
  }

  #refuse(
    thrown: unknown, offer: GateOffer, decoded: WireMessage | null, key: string, now: Stamp,
  ): GateResult {
    if (!(thrown instanceof Refused)) throw thrown;
    const breach = thrown.cause as Breach;
    const level = this.#state.nodes[key]?.level;
    if (level && offer.type === 'SPAT' && disputing.has(breach.rule)) level.dispute = breach;
    const isMap = offer.type === 'MAP' && (breach.rule === 'R18' || breach.rule === 'R38');
    if (level && isMap) level.badMap = breach;
    this.#count(`refused_${breach.rule}`);
    const { refusals } = this.#state;
    refusals.push({
      ...breach, monoMs: now.monoMs, utcMs: now.utcMs, node: key, type: offer.type,
      bytes: offer.bytes.slice(0, REFUSED_OCTETS_KEPT), decoded,
    });
    if (refusals.length > REFUSALS_KEPT) refusals.shift();
    return { pass: false, ...breach };
  }

  /** R25: whether messages may go to a unit at this literal address. */
  mayReach(address: string): boolean {
    const { mode, benchAddresses } = this.#site;
    if (loopback.test(address)) return true;
    if (mode === 'live') return commissioningOf(this.#site) === 'yes';
    return mode === 'bench' && benchAddresses.includes(address);
  }

  /** For the local, audited command line alone. False where nothing was latched. */
  releaseLatch(nodeKey: string, who: string): boolean {
    const level = this.#state.nodes[nodeKey]?.level;
    if (!level?.latch || who === '') return false;
    level.latch = null;
    level.conflicts = 0;
    this.#state.latchVersion++;
    this.#state.released = { node: nodeKey, who };
    this.#count('latch_released');
    return true;
  }

  /** What must be stored whenever `latchVersion` changed. */
  latches(nowMs: number): readonly LatchRow[] {
    return Object.entries(this.#state.nodes).map(([node, { level }]) => ({
      node,
      latch: level.latch && { rule: level.latch.rule, reason: level.latch.reason },
      releaseAgesMs: level.releases.map((at) => nowMs - at),
    }));
  }

  latchVersion(): number {
    return this.#state.latchVersion;
  }

  report(): GateReport {
    const { counters, refusals, released } = this.#state;
    const nodes = Object.entries(this.#state.nodes).map(([key, { level: { latch, verdict } }]) => [
      key, { ...verdict, latch: latch && `${latch.rule}: ${latch.reason}` },
    ]);
    return structuredClone({ counters, refusals, released, nodes: Object.fromEntries(nodes) });
  }

  snapshot(): unknown {
    return structuredClone(this.#state);
  }

  /** What a snapshot of an older gate does not have stays as it is. */
  restore(snapshot: unknown): void {
    const { nodes, ...rest } = structuredClone(snapshot) as GateState;
    Object.assign(this.#state, rest);
    for (const [key, { level, sent }] of Object.entries(this.#state.nodes)) {
      Object.assign(level, nodes[key]?.level);
      Object.assign(sent, nodes[key]?.sent);
    }
  }
}
