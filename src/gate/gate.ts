/** The last look at every message before a roadside unit. */
import type { Witness } from '../base/evidence.ts';
import { Fault } from '../base/fault.ts';
import { filledText } from '../base/text.ts';
import { gateSiteTexts } from '../base/texts/gate.ts';
import type { Stateful } from '../base/stateful.ts';
import type { Stamp } from '../base/time.ts';
import { decode, editions } from './decode.ts';
import type { WireMessage } from './decode.ts';
import type { LatchRow } from './latches.ts';
import { advance, newLevelState } from './level.ts';
import type { GateInput, GateVerdict, LevelState } from './level.ts';
import {
  judgeMap, judgeRsi, judgeRsm, judgeSpat, need, newSentState, Refused,
} from './messages.ts';
import type { Case, GateOffer, SentState } from './messages.ts';
import { rules } from './rules.ts';
import type { RuleId } from './rules.ts';
import { gateNodeKey, problemsOf } from './site.ts';
import type { Breach, GateNode, GateProfile, GateSite } from './site.ts';

export type GateResult = { readonly pass: true } | ({ readonly pass: false } & Breach);

/** A message that did not pass, kept for `lukou gate`. */
export interface Refusal extends Breach {
  readonly monoMs: number;
  readonly utcMs: number;
  readonly node: string;
  readonly type: string;
  readonly bytes: Uint8Array;
  readonly decoded: WireMessage | null;
}

export interface GateOptions {
  /** By the name that a node's `witness` gives. */
  readonly witnesses: Readonly<Record<string, Witness>>;
  /** From `decodeLatches`, read at the start. */
  readonly latches: readonly LatchRow[];
  /** The start, monotonic ms: past releases are counted from here. */
  readonly startMs: number;
}

export interface GateReport {
  /** `passed_SPAT`, `refused_R6`, `level_R1`, … */
  readonly counters: Readonly<Record<string, number>>;
  readonly refusals: readonly Refusal[];
  /** The last latch that a person opened. */
  readonly released: { readonly node: string; readonly who: string } | null;
  readonly nodes: Readonly<Record<string, GateVerdict & { readonly latch: string | null }>>;
}

interface NodeState {
  level: LevelState;
  sent: SentState;
}

interface GateState {
  nodes: Record<string, NodeState>;
  counters: Record<string, number>;
  refusals: Refusal[];
  latchVersion: number;
  released: GateReport['released'];
}

const REFUSALS_KEPT = 100;
/** Octets that are kept of each: longer than any message, shorter than what could fill memory. */
const REFUSED_OCTETS_KEPT = 4096;
const loopback = /^(::1|(::ffff:)?127\.\d{1,3}\.\d{1,3}\.\d{1,3})$/;
const lowering: ReadonlySet<RuleId> = new Set(
  rules.filter(({ action }) => action === 'unavailable').map(({ id }) => id),
);
/** A SPAT refused by these says that bytes and lamps disagree: the next cycle is unavailable. */
const disputing: ReadonlySet<RuleId> = new Set(['R5', 'R6', 'R19', 'R20']);
const judges = { SPAT: judgeSpat, MAP: judgeMap, RSM: judgeRsm, RSI: judgeRsi };
const blind: Witness = () => null;

/**
 * Builds the gate of a site.
 *
 * @throws Fault SITE_INVALID with every problem of the site as the gate sees it.
 */
export function createGate(site: GateSite, options: GateOptions): Gate {
  const problems = problemsOf(site);
  for (const { witness } of site.nodes) {
    const missing = witness !== null && !(witness in options.witnesses);
    if (missing) problems.push(filledText(gateSiteTexts.witness_missing, { witness }));
  }
  if (problems.length > 0) {
    throw new Fault('SITE_INVALID', {
      subject: 'gate',
      expected: gateSiteTexts.expected,
      got: {
        en: problems.map(({ en }) => en).join('; '),
        zh: problems.map(({ zh }) => zh).join('；'),
      },
      next: gateSiteTexts.next,
    });
  }
  return new Gate(site, options);
}

/** Made by `createGate`, which checks the site first. */
export class Gate implements Stateful {
  readonly #site: GateSite;
  readonly #options: GateOptions;
  readonly #nodes: ReadonlyMap<string, GateNode>;
  #state: GateState;

  constructor(site: GateSite, options: GateOptions) {
    this.#site = site;
    this.#options = options;
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
    this.#state = { nodes, counters: {}, refusals: [], latchVersion: 0, released: null };
  }

  #count(name: string): void {
    this.#state.counters[name] = (this.#state.counters[name] ?? 0) + 1;
  }

  #node(key: string): { node: GateNode; state: NodeState } | null {
    const node = this.#nodes.get(key);
    const state = this.#state.nodes[key];
    return node && state ? { node, state } : null;
  }

  #witnessOf(node: GateNode): Witness {
    return this.#options.witnesses[node.witness ?? ''] ?? blind;
  }

  /** Moves a node's level on; call once each 100 ms cycle, before composing its SPAT. */
  level(nodeKey: string, input: GateInput | null, now: Stamp): GateVerdict {
    const found = this.#node(nodeKey);
    if (!found) return { level: 'silent', reasons: [], withheld: [], untimed: [] };
    const { node, state } = found;
    const before = state.level.latch;
    const approved = this.#site.mode !== 'live' || this.#site.commissioned;
    const verdict = advance(
      state.level, node, this.#witnessOf(node), input, now, approved, this.#site.limits,
      (rule) => lowering.has(rule),
    );
    if (state.level.latch !== before) this.#state.latchVersion++;
    for (const id of new Set(verdict.reasons.map(({ rule }) => rule))) this.#count(`level_${id}`);
    return verdict;
  }

  /** Whether these bytes may leave, by the gate's own reading of them. */
  check(offer: GateOffer, now: Stamp): GateResult {
    const key = gateNodeKey(offer.nodeRegion, offer.nodeId);
    let decoded: WireMessage | null = null;
    try {
      const profile = this.#site.profiles.find(({ name }) => name === offer.profile);
      need(profile !== undefined, 'SIZE', 'the profile', 'one of the site', offer.profile);
      const found = this.#node(key);
      need(found !== null, 'R18', 'the node', 'one of the site', key);
      const { sizeOctets, edition } = profile as GateProfile;
      const { length } = offer.bytes;
      need(length <= sizeOctets, 'SIZE', 'octets', `${sizeOctets} or less`, length);
      const read = decode(offer.bytes, editions[edition]);
      need(read.message !== null, 'SIZE', 'the bytes', 'one whole message', read.reason);
      decoded = read.message as WireMessage;
      need(decoded.type === offer.type, 'SIZE', 'the type', offer.type, decoded.type);
      this.#judge(offer, decoded, profile as GateProfile, key, now);
    } catch (thrown) {
      return this.#refuse(thrown, offer, decoded, key, now);
    }
    this.#count(`passed_${offer.type}`);
    return { pass: true };
  }

  #judge(
    offer: GateOffer, message: WireMessage, profile: GateProfile, key: string, now: Stamp,
  ): void {
    const { node, state } = this.#node(key) as { node: GateNode; state: NodeState };
    const { limits } = this.#site;
    const ageMs = Math.abs(now.monoMs - offer.validMs);
    need(ageMs <= limits.offerAgeMs, 'R22', 'age of the offer, ms', limits.offerAgeMs, ageMs);
    const witness = this.#witnessOf(node);
    const at: Case = { site: this.#site, node, profile, offer, now, ...state, witness, limits };
    const judge = judges[message.type] as (at: Case, message: WireMessage) => void;
    judge(at, message);
    const last = state.sent.counts[message.type];
    if (last !== undefined && message.msgCnt !== (last + 1) % 128) this.#count('alarm_R21');
    state.sent.counts[message.type] = message.msgCnt;
  }

  #refuse(
    thrown: unknown, offer: GateOffer, decoded: WireMessage | null, key: string, now: Stamp,
  ): GateResult {
    if (!(thrown instanceof Refused)) throw thrown;
    const { breach } = thrown;
    const level = this.#state.nodes[key]?.level;
    if (level && offer.type === 'SPAT' && disputing.has(breach.rule)) level.dispute = breach;
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
    if (this.#site.mode === 'live') return this.#site.commissioned || loopback.test(address);
    const bench = this.#site.mode === 'bench' && this.#site.benchAddresses.includes(address);
    return bench || loopback.test(address);
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
    const nodes = Object.entries(this.#state.nodes).map(([key, { level }]) => [
      key, { ...level.verdict, latch: level.latch && `${level.latch.rule}: ${level.latch.reason}` },
    ]);
    const { counters, refusals, released } = this.#state;
    const report = { counters, refusals, released, nodes: Object.fromEntries(nodes) as unknown };
    return structuredClone(report) as GateReport;
  }

  snapshot(): unknown {
    return structuredClone(this.#state);
  }

  restore(snapshot: unknown): void {
    this.#state = structuredClone(snapshot) as GateState;
  }
}
