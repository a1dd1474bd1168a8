/** Writes the messages of these tests bit by bit; knows nothing of the product's codec. */
export class BitWriter {
  readonly #bits: number[] = [];

  put(value: number, width: number): this {
    for (let bit = width - 1; bit >= 0; bit--) this.#bits.push(Math.floor(value / 2 ** bit) % 2);
    return this;
  }

  flags(...flags: readonly unknown[]): this {
    for (const flag of flags) this.put(flag === undefined || flag === false ? 0 : 1, 1);
    return this;
  }

  /** Nothing where the value is not there. */
  maybe(value: number | undefined, width: number): this {
    return value === undefined ? this : this.put(value, width);
  }

  bytes(): Uint8Array {
    const bytes = new Uint8Array(Math.ceil(this.#bits.length / 8));
    for (const [at, bit] of this.#bits.entries()) bytes[at >> 3]! |= bit << (7 - (at & 7));
    return bytes;
  }
}

export interface TestNode {
  readonly region?: number;
  readonly id: number;
}

export interface TestTiming {
  readonly utc?: boolean;
  readonly start: number;
  readonly minEnd?: number;
  readonly maxEnd?: number;
  readonly likelyEnd: number;
  readonly confidence?: number;
  readonly nextStart?: number;
  readonly nextEnd?: number;
}

export interface TestState {
  readonly light: number;
  readonly timing?: TestTiming;
}

export interface TestSpat {
  readonly msgCnt?: number;
  readonly moy?: number;
  readonly ms?: number;
  readonly innerMoy?: number;
  readonly innerMs?: number;
  readonly node?: TestNode;
  readonly status?: number;
  readonly timeConfidence?: number;
  readonly phases: readonly { readonly id: number; readonly states: readonly TestState[] }[];
  /** How often the intersection is in the message. */
  readonly times?: number;
}

function node(w: BitWriter, { region, id }: TestNode): void {
  w.flags(region).maybe(region, 16).put(id, 16);
}

function timing(w: BitWriter, t: TestTiming): void {
  w.flags(false, t.utc ?? false, t.minEnd, t.maxEnd, t.confidence, t.nextStart, t.nextEnd);
  w.put(t.start, 16).maybe(t.minEnd, 16).maybe(t.maxEnd, 16).put(t.likelyEnd, 16);
  w.maybe(t.confidence, 8).maybe(t.nextStart, 16).maybe(t.nextEnd, 16);
}

export function writeSpat(spat: TestSpat): Uint8Array {
  const w = new BitWriter().put(0b0011, 4);
  w.flags(false, spat.moy, spat.ms, false).put(spat.msgCnt ?? 0, 7);
  w.maybe(spat.moy, 20).maybe(spat.ms, 16);
  const times = spat.times ?? 1;
  w.put(times - 1, 5);
  for (let index = 0; index < times; index++) {
    w.flags(false, spat.innerMoy, spat.innerMs, spat.timeConfidence);
    node(w, spat.node ?? { region: 0, id: 10 });
    w.put(spat.status ?? 0, 16).maybe(spat.innerMoy, 20).maybe(spat.innerMs, 16);
    w.maybe(spat.timeConfidence, 6).put(spat.phases.length - 1, 4);
    for (const { id, states } of spat.phases) {
      w.put(id, 8).put(states.length - 1, 4);
      for (const state of states) {
        w.flags(false, state.timing, false).put(state.light, 4);
        if (state.timing) timing(w, state.timing);
      }
    }
  }
  return w.bytes();
}

export interface TestConnection {
  readonly remote: TestNode;
  readonly lane?: number;
  readonly phase?: number;
}

export interface TestMapNode {
  readonly id: TestNode;
  readonly links?: readonly {
    readonly upstream: TestNode;
    readonly movements?: readonly TestConnection[];
    readonly lanes: readonly { readonly id: number; readonly to?: readonly TestConnection[] }[];
  }[];
}

export function writeMap(
  nodes: readonly TestMapNode[], msgCnt = 0, minute?: number,
): Uint8Array {
  const w = new BitWriter().put(0b0001, 4).flags(false, minute).put(msgCnt, 7).maybe(minute, 20);
  w.put(nodes.length - 1, 6);
  for (const { id, links } of nodes) {
    w.flags(false, false, links);
    node(w, id);
    w.flags(false).put(900000000 + 311234567, 31).put(1799999999 + 1211234567, 32);
    if (!links) continue;
    w.put(links.length - 1, 5);
    for (const { upstream, movements, lanes } of links) {
      w.flags(false, false, false, false, false, movements);
      node(w, upstream);
      if (movements) {
        w.put(movements.length - 1, 5);
        for (const { remote, phase } of movements) {
          w.flags(phase);
          node(w, remote);
          w.maybe(phase, 8);
        }
      }
      w.put(lanes.length - 1, 5);
      for (const { id: lane, to } of lanes) {
        w.flags(false, false, false, false, to, false, false).put(lane, 8);
        if (!to) continue;
        w.put(to.length - 1, 4);
        for (const { remote, lane: into, phase } of to) {
          w.flags(into, phase);
          node(w, remote);
          if (into !== undefined) w.flags(false).put(into, 8);
          w.maybe(phase, 8);
        }
      }
    }
  }
  return w.bytes();
}

export interface TestUser {
  readonly type?: number;
  readonly id: number;
  readonly source?: number;
  readonly secMark: number;
  /** 1e-7 degrees from the reference. */
  readonly lat?: number;
  readonly long?: number;
  readonly speed?: number;
  readonly width?: number;
  readonly length?: number;
  readonly heading?: number;
  /** Whether it carries eight octets of a vehicle's own. */
  readonly identity?: boolean;
}

export const testLat = 311234567;
export const testLong = 1211234567;

export function writeRsm(users: readonly TestUser[], msgCnt = 0): Uint8Array {
  const w = new BitWriter().put(0b0010, 4).flags(false).put(msgCnt, 7).put(0, 64);
  w.flags(false).put(900000000 + testLat, 31).put(1799999999 + testLong, 32);
  w.put(users.length - 1, 4);
  for (const user of users) {
    w.flags(false, user.identity).put(0, 5).flags(false).put(user.type ?? 1, 3).put(user.id, 16);
    w.flags(false).put(user.source ?? 7, 3);
    if (user.identity) w.put(0x4131323334, 64);
    w.put(user.secMark, 16);
    w.flags(false).put(5, 3).put((user.long ?? 0) + 2 ** 23, 24).put((user.lat ?? 0) + 2 ** 23, 24);
    w.flags(false).put(0, 4).put(user.speed ?? 500, 13).put(user.heading ?? 0, 15);
    w.flags(false).put(user.width ?? 180, 10).put(user.length ?? 450, 12);
  }
  return w.bytes();
}

export interface TestAlert {
  readonly id: number;
  /** An event has one, a sign none. */
  readonly source?: number;
  readonly start?: number;
  readonly end?: number;
  /** Seven-bit characters, or octets where one is not ASCII. */
  readonly text?: string;
  /** Whether it has no times at all. */
  readonly timeless?: boolean;
}

function text(w: BitWriter, words: string): void {
  const wide = /[^\x20-\x7e]/.test(words);
  const codes = [...words].flatMap((letter) => {
    const code = letter.charCodeAt(0);
    return code < 128 ? [code] : [0xbe, 0xa9];
  });
  w.flags(wide).put(codes.length - (wide ? 2 : 1), 9);
  for (const code of codes) w.put(code, wide ? 8 : 7);
}

function alert(w: BitWriter, one: TestAlert): void {
  const isEvent = one.source !== undefined;
  w.put(0, isEvent ? 3 : 2).flags(one.text, !one.timeless).put(0, isEvent ? 4 : 3);
  w.put(one.id, 8).put(401, 16);
  if (isEvent) w.flags(false).put(one.source!, 3);
  if (one.text !== undefined) text(w, one.text);
  if (one.timeless) return;
  w.flags(one.start, one.end, false).maybe(one.start, 20).maybe(one.end, 20);
}

export function writeRsi(alerts: readonly TestAlert[], moy?: number): Uint8Array {
  const events = alerts.filter(({ source }) => source !== undefined);
  const signs = alerts.filter(({ source }) => source === undefined);
  const w = new BitWriter().put(0b0100, 4);
  w.flags(false, moy, events.length > 0, signs.length > 0).put(0, 7).maybe(moy, 20).put(0, 64);
  w.flags(false).put(900000000 + testLat, 31).put(1799999999 + testLong, 32);
  if (events.length > 0) w.put(events.length - 1, 3);
  for (const one of events) alert(w, one);
  if (signs.length > 0) w.put(signs.length - 1, 4);
  for (const one of signs) alert(w, one);
  return w.bytes();
}
