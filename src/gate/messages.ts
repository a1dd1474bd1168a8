/** What MAP, RSM and RSI must hold, and what the judgement of every message needs. */
import { crc32 } from '../base/bytes.ts';
import type { GateParticipant, GateSpatEvidence, Witness } from '../base/evidence.ts';
import { siteFrame } from '../base/geodesy.ts';
import type { Stamp } from '../base/time.ts';
import { decode, editions, speedOf } from './decode.ts';
import type {
  WireAlert, WireConnection, WireMap, WireMapNode, WireMessage, WireNode, WireParticipant,
  WireRsi, WireRsm,
} from './decode.ts';
import type { LevelState } from './level.ts';
import type { GateLimits, RuleId } from './rules.ts';
import type { Breach, GateNode, GateProfile, GateSite, Shown } from './site.ts';

export interface GateOffer {
  readonly bytes: Uint8Array; readonly type: string; readonly profile: string;
  readonly nodeRegion: number; readonly nodeId: number;
  readonly validMs: number; readonly newestReceivedMs: number | null;
  readonly participants: readonly GateParticipant[];
  /** Null only where the SPAT says unavailable throughout. */
  readonly spat: GateSpatEvidence | null;
  /** CRC-32 that the encoder took of its bytes (R20); not compared where left out. */
  readonly crc?: number;
}

interface SentUser { lat: number; long: number; atMs: number; speedMps: number }

/** Of a phase: its light, whether a protected green led to it, its ends and how they slid. */
export interface SentPhase {
  shown: Shown; isProtected: boolean; minEndMs: number; maxEndMs: number;
  liveMs: number | null; slideMs: number; sinceMs: number;
}

/** What the gate remembers of a node's messages. */
export const newSentState = () => ({
  saidUnavailable: false, stampMs: -Infinity, utcOffsetMs: 0,
  phases: {} as Record<number, SentPhase>,
  users: {} as Record<number, SentUser>, userIds: [] as number[], usersMs: -Infinity,
  /** R37: by kind, id and end minute: when the alert ends on the monotonic clock. */
  alerts: {} as Record<string, number>,
  /** R2, R3, R21: count and instant of each type, at which level; newest evidence that was sent. */
  counts: {} as Record<string, number>, lastMs: {} as Record<string, number>,
  lastValid: false, receivedMs: null as number | null,
});
export type SentState = ReturnType<typeof newSentState>;

/** Everything a judgement of one offer needs; `alarm` counts what is told and not refused. */
export interface Case {
  readonly site: GateSite; readonly node: GateNode; readonly profile: GateProfile;
  readonly offer: GateOffer; readonly now: Stamp;
  readonly level: LevelState; readonly sent: SentState;
  readonly witness: Witness; readonly limits: GateLimits;
  alarm(rule: RuleId): void;
}

/** A message does not pass; the cause is its `Breach`. */
export class Refused extends Error {}

/** A figure to a thousandth: more digits of milliseconds or metres only make a person stumble. */
const readable = (value: unknown): string =>
  String(typeof value === 'number' ? Math.round(value * 1000) / 1000 : value);

/** Refuses the message unless `fine`. */
export function need(
  fine: boolean, rule: RuleId, reason: string, expected: unknown, got: unknown,
): void {
  if (fine) return;
  const cause: Breach = { rule, reason, expected: readable(expected), got: readable(got) };
  throw new Refused(reason, { cause });
}

/** Refuses the message where a figure is over its limit, or none. */
export const most = (rule: RuleId, reason: string, limit: number, got: number): void =>
  need(got <= limit, rule, reason, `${readable(limit)} or less`, got);

export const isNode = (wire: WireNode, { region, id }: GateNode): boolean =>
  (wire.region ?? 0) === region && wire.id === id;
export const nameOf = (wire: WireNode): string => `${wire.region ?? 0}-${wire.id}`;

/** The UTC year of an instant. */
export function yearOf(utcMs: number): { readonly startMs: number; readonly lengthMs: number } {
  const year = new Date(utcMs).getUTCFullYear();
  const startMs = Date.UTC(year, 0, 1);
  return { startMs, lengthMs: Date.UTC(year + 1, 0, 1) - startMs };
}

/** R2, R3, R20, R21, R22: what holds for every message, before its own rules. */
export function judgeAny({ offer, now, limits, sent, alarm, node }: Case): void {
  most('R22', 'age of the offer, ms', limits.offerAgeMs, Math.abs(now.monoMs - offer.validMs));
  const crc = offer.crc === undefined ? offer.crc : crc32(offer.bytes);
  need(crc === offer.crc, 'R20', 'checksum of the encoder', offer.crc, crc);
  const { newestReceivedMs } = offer;
  if (offer.type !== 'SPAT' || newestReceivedMs === null) return;
  const waitedMs = now.monoMs - newestReceivedMs;
  if (newestReceivedMs !== sent.receivedMs && waitedMs > limits.budgetMs) alarm('R3');
  if (!node.slow && waitedMs > limits.normalAgeMs) alarm('R1');
}

/** R2, R21: what is only told of a message that passed. */
export function noteSent(
  { offer, now, limits, sent, level, profile, alarm }: Case, { type, msgCnt }: WireMessage,
): void {
  const gapMs = now.monoMs - (sent.lastMs[type] ?? now.monoMs);
  const valid = level.verdict.level === 'valid';
  const mayMs = valid && sent.lastValid ? limits.gapMs : limits.longGapMs;
  if (type === 'SPAT' && gapMs > mayMs) alarm('R2');
  if (type === 'MAP' && gapMs > limits.mapGapMs) alarm('R38');
  const step = (msgCnt - (sent.counts[type] ?? msgCnt - 1) + 128) % 128;
  if (step !== 1 && !(step === 0 && profile.countsChanges)) alarm('R21');
  sent.counts[type] = msgCnt;
  sent.lastMs[type] = now.monoMs;
  if (type !== 'SPAT') return;
  sent.lastValid = valid;
  sent.receivedMs = offer.newestReceivedMs;
}

const connectionText = ({ remote, lane, phase }: WireConnection): string =>
  `${nameOf(remote)}.${lane?.id ?? 'any'}=${phase ?? 'none'}`;

/** The lanes of a node with their phases, as text: what a commissioning pins (rule R18). */
export function laneTable(node: WireMapNode): string {
  const textOf = (list: readonly WireConnection[]): string => list.map(connectionText).join(' ');
  return node.links.flatMap(({ upstream, movements, lanes }) => [
    `from ${nameOf(upstream)}: ${textOf(movements)}`,
    ...lanes.map(({ id, connections }) => `${id}: ${textOf(connections)}`),
  ]).join('\n');
}

/** R38: the bytes of a MAP without its count and minute, in hexadecimal. Null if it is none. */
export function pinOf(bytes: Uint8Array, edition: GateProfile['edition']): string | null {
  const { message, countAt, moyAt } = decode(bytes, editions[edition]);
  if (message?.type !== 'MAP') return null;
  const copy = bytes.slice();
  const clear = (from: number, width: number): void => {
    for (let bit = from; bit < from + width; bit++) copy[bit >> 3]! &= ~(0x80 >> (bit & 7));
  };
  clear(countAt, 7);
  for (const at of moyAt) clear(at, 20);
  return Array.from(copy, (octet) => octet.toString(16).padStart(2, '0')).join('');
}

/** R17 for a stamp of minutes. Gives the minute of the clock, and how many its year has. */
function judgeMinute({ now }: Case, moy: number | null): { minute: number; year: number } {
  const { startMs, lengthMs } = yearOf(now.utcMs);
  const [minute, year] = [Math.floor((now.utcMs - startMs) / 60_000), lengthMs / 60_000];
  const apart = (moy ?? minute) < year ? Math.abs((moy ?? minute) - minute) : Infinity;
  most('R17', 'minutes between stamp and clock', 1, Math.min(apart, Math.abs(year - apart)));
  return { minute, year };
}

export function judgeMap(at: Case, map: WireMap): void {
  const { node, site, level } = at;
  judgeMinute(at, map.minute);
  const real = map.nodes.find(({ id: { region, id } }) => (region ?? 0) !== 0 || id > 255)?.id;
  need(site.mode === 'live' || !real, 'R25', 'a node in test', 'region 0, id 0 to 255', real?.id);
  const ours = map.nodes.filter(({ id }) => isNode(id, node));
  need(ours.length === 1, 'R18', `node ${node.region}-${node.id}`, 'once', ours.length);
  const own = ours[0] as WireMapNode;
  const table = laneTable(own);
  need(node.lanes.includes(table), 'R18', 'lanes and phases', 'a pinned variant', table);
  const uses = own.links.flatMap(({ movements, lanes }) =>
    [movements, ...lanes.map(({ connections }) => connections)].flat());
  const named = uses.flatMap(({ phase }) => phase ?? []);
  const alien = named.find((phase) => !node.groups.some((group) => group.phase === phase));
  need(alien === undefined, 'R18', 'a phase of a lane', 'one of the signal groups', alien);
  const bare = node.groups.find(({ phase, inMap }) => inMap && !named.includes(phase));
  need(!bare, 'R18', `phase ${bare?.phase} of ${bare?.id}`, 'on a lane', 'none');
  const pin = pinOf(at.offer.bytes, at.profile.edition) as string;
  const pinned = !node.pins || node.pins.includes(pin);
  need(pinned, 'R38', 'the content', 'a pinned variant', 'other octets');
  if (level.pin !== null && level.pin !== pin) {
    level.switching = level.lanes === table ? 'updated' : 'lanes-changed';
  }
  Object.assign(level, { pin, lanes: table, badMap: null });
}

/** R31: how old the last measurement may be. */
function ageLimitMs(row: GateParticipant, nowMs: number, limits: GateLimits): number {
  if (row.unseen === 'queued') {
    return (row.greenMs ?? nowMs) + limits.afterGreenMs >= nowMs ? Infinity : 0;
  }
  if (row.unseen === 'seen' || row.unseen === 'missed') return limits.missedMs;
  return row.vulnerable ? limits.hiddenVulnerableMs : limits.hiddenMs;
}

/** Metres from one place to another, both in 1e-7 degrees. */
function apartM(a: { lat: number; long: number }, b: { lat: number; long: number }): number {
  const eastM = (a.long - b.long) * 0.01113 * Math.cos((b.lat * Math.PI) / 1.8e9);
  return Math.hypot((a.lat - b.lat) * 0.01113, eastM);
}

/** R32 and R34 for one road user against where it was last said to be. */
function judgeJump(at: Case, wire: WireParticipant, row: GateParticipant, speedMps: number): void {
  const before = at.sent.users[wire.id];
  const { limits, offer } = at;
  const spanMs = offer.validMs - (before?.atMs ?? -Infinity);
  if (!before || spanMs > restMs(at)) return;
  const spanS = Math.abs(spanMs) / 1000;
  const mayM = Math.max(speedMps, before.speedMps) * spanS + 2 * row.bound95M + limits.jumpFloorM;
  // Who was away and is back elsewhere is another one under the same id.
  const rule = spanMs > limits.missedMs ? 'R34' : 'R32';
  most(rule, `id ${wire.id} jumps, m`, mayM, apartM(wire.pos, before));
  const mayMps = limits.accelMps2 * spanS + limits.speedNoiseMps;
  most('R32', `id ${wire.id} gains, m/s`, mayMps, Math.abs(speedMps - before.speedMps));
}

/** R34: how long an id rests. */
const restMs = ({ profile, limits }: Case): number =>
  profile.idCeiling <= 255 ? limits.strictReuseMs : limits.reuseMs;

/** Participant type on air by class. */
const typeOf: Readonly<Record<string, number>> = {
  unknown: 0, car: 1, van: 1, truck: 1, bus: 1, motorcycle: 1, bicycle: 2, pedestrian: 3,
};

/** R20 and R36: the bytes say what the track is, and `unavailable` for what is not known. */
function judgeMeaning(at: Case, who: string, wire: WireParticipant, row: GateParticipant): void {
  const { limits, node } = at;
  if (row.cls !== undefined) {
    need(wire.type === typeOf[row.cls], 'R20', `${who}: type`, row.cls, wire.type);
  }
  if (node.reference && row.eastM !== undefined && row.northM !== undefined) {
    const place = { eastM: row.eastM, northM: row.northM, upM: 0 };
    const { latDeg, lonDeg } = siteFrame(node.reference).toGeodetic(place);
    const offM = apartM(wire.pos, { lat: latDeg * 1e7, long: lonDeg * 1e7 });
    most('R20', `${who}: place, m off`, limits.placeM, offM);
  }
  for (const [what, code, known, unit, none, turn] of [
    ['heading', wire.heading, row.headingDeg, 0.0125, 28_800, 360],
    ['length', wire.size.length, row.lengthM, 0.01, 0, Infinity],
    ['width', wire.size.width, row.widthM, 0.01, 0, Infinity],
  ] as const) {
    const off = Math.abs(code * unit - (known ?? Number.NaN));
    const same = code !== none && Math.min(off, turn - off) <= unit * 0.51;
    if (known === null) need(code === none, 'R36', `${who}: ${what}`, 'unavailable', code);
    else if (known !== undefined) need(same, 'R20', `${who}: ${what}`, known, code * unit);
  }
}

function judgeUser(at: Case, wire: WireParticipant, row: GateParticipant): SentUser {
  const { limits, now, node } = at;
  const who = `id ${wire.id}`;
  need(wire.id === row.airId, 'R31', 'the rows beside the message', row.airId, wire.id);
  need(wire.type !== 4, 'R34', `${who}: type`, 'a road user', 'a roadside unit');
  most('R34', who, at.profile.idCeiling, wire.id);
  need(wire.bsmId === null, 'R40', who, 'no identity of a vehicle', 'one');
  need(wire.source !== 0, 'R33', `${who}: source`, 'what saw it', 'unknown');
  most('R33', `${who}: doubt of its existence`, 1 - limits.existence, 1 - (row.existence ?? 1));
  const ageMs = now.monoMs - row.measuredMs;
  if (!row.covered) most('R30', `${who}: its zone is not covered, ms`, limits.uncoveredMs, ageMs);
  most('R31', `${who}: ${row.unseen}, ms`, ageLimitMs(row, now.monoMs, limits), ageMs);
  most('R31', `${who}: bound, m`, limits.bound95M, row.bound95M);
  const { latMin, latMax, longMin, longMax } = node.area;
  const { lat, long } = wire.pos;
  const inside = lat >= latMin && lat <= latMax && long >= longMin && long <= longMax;
  need(inside, 'R32', `${who}: position`, 'on the map', `${lat} ${long}`);
  const mostMps = limits.speedMps[wire.type] as number;
  const speedMps = speedOf(wire.speed) ?? mostMps;
  most('R32', `${who}: speed, m/s`, mostMps, speedMps);
  const told = speedOf(wire.speed) === null || Math.abs(speedMps - row.speedMps) <= limits.speedOffMps;
  need(told, 'R20', `${who}: speed, m/s`, row.speedMps, speedMps);
  most('R32', `${who}: length, cm`, limits.lengthCm[wire.type] as number, wire.size.length);
  most('R32', `${who}: width, cm`, limits.widthCm[wire.type] as number, wire.size.width);
  judgeMeaning(at, who, wire, row);
  judgeJump(at, wire, row, speedMps);
  return { lat, long, atMs: at.offer.validMs, speedMps };
}

export function judgeRsm(at: Case, rsm: WireRsm): void {
  const { offer, now, limits, sent } = at;
  const newestMs = now.monoMs - (offer.newestReceivedMs ?? -Infinity);
  most('R30', 'the newest evidence, ms', limits.silentMs, newestMs);
  const validUtcMs = now.utcMs + offer.validMs - now.monoMs;
  for (const { id, type, source, secMark } of rsm.participants) {
    const apartMs = secMark - (validUtcMs % 60_000);
    const errorMs = apartMs - Math.round(apartMs / 60_000) * 60_000;
    const right = secMark < 60_000 && Math.abs(errorMs) <= limits.stampMs;
    need(right, 'R31', `id ${id}: secMark less the valid instant, ms`, limits.stampMs, errorMs);
    const self = id !== 0 || (type === 4 && source === 1);
    need(self, 'R34', 'id 0', 'the roadside unit itself', `type ${type}, source ${source}`);
  }
  const wires = rsm.participants.filter(({ id }) => id !== 0);
  const rows = offer.participants.filter(({ airId }) => airId !== 0);
  need(wires.length === rows.length, 'R31', 'rows beside', wires.length, rows.length);
  most('R34', 'participants', limits.participants, rsm.participants.length);
  // Messages of one time base are one picture: an id stands in it once.
  const isNew = offer.validMs !== sent.usersMs;
  const ids = isNew ? [] : [...sent.userIds];
  const users: [number, SentUser][] = [];
  for (const [index, wire] of wires.entries()) {
    need(!ids.includes(wire.id), 'R34', `id ${wire.id}`, 'once', 'twice');
    ids.push(wire.id);
    users.push([wire.id, judgeUser(at, wire, rows[index] as GateParticipant)]);
  }
  if (isNew && offer.validMs - sent.usersMs < limits.pictureMs) at.alarm('R35');
  const young = Object.entries(sent.users)
    .filter(([, { atMs }]) => offer.validMs - atMs <= restMs(at));
  sent.users = Object.fromEntries([...young, ...users]);
  sent.userIds = ids;
  sent.usersMs = offer.validMs;
}

/** R40: a number plate, whatever its province (three digits at least), or a network address. */
const identities =
  [/(?<![A-Z\d])[A-Z][·. ]?(?=([A-Z]*\d){3})[A-Z\d]{5,6}(?![A-Z\d])/, /([\dA-F]{2}[:-]){5}/i];

/** R37 for one alert of a kind; gives the key that it is remembered by, and its end. */
function judgeAlert(
  { now, limits, sent }: Case, kind: string, alert: WireAlert, minute: number, year: number,
): [string, number] {
  const after = (from: number, to: number): number => (to - from + year) % year;
  const who = `alert ${alert.id}`;
  need(alert.source !== 0, 'R37', `${who}: source`, 'known', 'unknown');
  const named = identities.some((identity) => identity.test(alert.text ?? ''));
  need(!named, 'R40', `${who}: text`, 'no plate or address', 'one');
  const { start, end } = alert.times ?? { start: null, end: null };
  need(start !== null && end !== null, 'R37', who, 'a start and an end', `${start}, ${end}`);
  const left = after(minute, end as number);
  most('R37', `${who}: life, min`, limits.alertLifeMin, after(start as number, end as number));
  most('R37', `${who}: to its end, min`, limits.alertLifeMin, left);
  // A clock that was set back does not give an alert a second life.
  const key = `${kind} ${alert.id} ${end}`;
  const leftMs = (left + 1) * 60_000;
  const endMs = Math.min(sent.alerts[key] ?? Infinity, now.monoMs + leftMs);
  most('R37', `${who}: over by the monotonic clock, ms`, endMs, now.monoMs);
  return [key, endMs];
}

export function judgeRsi(at: Case, rsi: WireRsi): void {
  const { now, limits, sent } = at;
  const { minute, year } = judgeMinute(at, rsi.moy);
  need(rsi.events.length + rsi.signs.length > 0, 'R37', 'alerts', 'one or more', 0);
  const told: [string, number][] = [];
  for (const [kind, alerts] of [['event', rsi.events], ['sign', rsi.signs]] as const) {
    const ids = new Set(alerts.map(({ id }) => id));
    need(ids.size === alerts.length, 'R34', 'ids of alerts', alerts.length, ids.size);
    told.push(...alerts.map((alert) => judgeAlert(at, kind, alert, minute, year)));
  }
  // Kept for as long as an alert may live, so that a clock set back finds them again.
  const kept = Object.entries(sent.alerts)
    .filter(([, endMs]) => now.monoMs - endMs <= limits.alertLifeMin * 60_000).slice(-ALERTS_KEPT);
  sent.alerts = Object.fromEntries([...kept, ...told]);
}

const ALERTS_KEPT = 1000;
