import { expect, test } from 'vitest';
import { VirtualClock } from '../../src/base/clock.ts';
import { Fault } from '../../src/base/fault.ts';
import type { Log } from '../../src/base/log.ts';
import { seededRandom } from '../../src/base/random.ts';
import { monotonicMs, utcMs } from '../../src/base/time.ts';
import type { MonotonicMs } from '../../src/base/time.ts';
import type { OpenPort, PortDeps, PortMessage } from '../../src/model/port.ts';
import type { PortSettings } from '../../src/model/site.ts';
import { Histogram } from '../../src/runtime/histogram.ts';
import { runFixedRate } from '../../src/runtime/loop.ts';
import type { Phase, TickReport } from '../../src/runtime/loop.ts';
import { ReplayPorts } from '../../src/runtime/recording/replay-ports.ts';
import { Stamper } from '../../src/runtime/stamper.ts';
import { backOffMs, PortSupervisor } from '../../src/runtime/supervisor.ts';

const settings: PortSettings = { transport: 'can', bus: 'socketcan', interface: 'can0' };
const virtualClock = (): VirtualClock =>
  new VirtualClock(monotonicMs(0), { monoMs: monotonicMs(0), utcMs: utcMs(0), errorMs: 1 });
const frame = { id: 1, extended: false, remote: false, fd: false, data: Uint8Array.of(1) };
const fault = (): Fault => new Fault('PORT_LOST', { subject: 'a', expected: 'b', got: 'c', next: 'd' });
/** Lets promises that are settled be heard. */
const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 10; turn++) await Promise.resolve();
};

/** A transport whose fate the test decides; it knows how many sockets are open at once. */
function fakeTransport() {
  const ports: FakePort[] = [];
  const world = { sockets: 0, socketsMax: 0, ports, open: (_: PortSettings, deps: PortDeps): OpenPort => new FakePort(deps) };
  class FakePort implements OpenPort {
    readonly transport = 'can';
    readonly opened: Promise<void>;
    readonly deps: PortDeps;
    succeed: () => void = () => undefined;
    refuse: (fault: Fault) => void = () => undefined;
    hear: (message: PortMessage, receivedMs: MonotonicMs) => void = () => undefined;
    lose: (fault: Fault) => void = () => undefined;
    sent: PortMessage[] = [];
    constructor(deps: PortDeps) {
      this.deps = deps;
      ports.push(this);
      world.socketsMax = Math.max(world.socketsMax, ++world.sockets);
      this.opened = new Promise((resolve, reject) => {
        this.succeed = resolve;
        this.refuse = reject;
      });
    }
    onMessage(handler: typeof this.hear): void {
      this.hear = handler;
    }
    onLost(handler: typeof this.lose): void {
      this.lose = handler;
    }
    send(message: PortMessage): boolean {
      this.sent.push(message);
      return true;
    }
    close(): Promise<void> {
      world.sockets--;
      return Promise.resolve();
    }
    address(): null {
      return null;
    }
  }
  return world;
}

function supervised(changes: Partial<ConstructorParameters<typeof PortSupervisor>[0]> = {}) {
  const clock = virtualClock();
  const world = fakeTransport();
  const lines: string[] = [];
  const say = (event: string): void => void lines.push(event);
  const log: Log = { debug: say, info: say, warn: say, error: say };
  const supervisor = new PortSupervisor({
    clock, log, random: seededRandom(1), open: world.open, ports: { bus: settings }, ...changes,
  });
  return { clock, world, lines, supervisor };
}

test('waits double from half a second to thirty, spread by a quarter, never outside', () => {
  const random = seededRandom(3);
  for (let attempt = 0; attempt < 100; attempt++) {
    const plain = Math.min(30_000, 500 * 2 ** Math.min(attempt, 10));
    const waitMs = backOffMs(attempt, random);
    expect(waitMs).toBeGreaterThanOrEqual(Math.max(500, plain * 0.75));
    expect(waitMs).toBeLessThanOrEqual(Math.min(30_000, plain * 1.25));
  }
  const spread = new Set(Array.from({ length: 20 }, () => backOffMs(3, random)));
  expect(spread.size).toBe(20);
});

test('a port that is refused ten thousand times has one socket at a time and one log line', async () => {
  const { clock, world, lines, supervisor } = supervised();
  supervisor.port('bus');
  for (let attempt = 0; attempt < 10_000; attempt++) {
    world.ports[attempt]!.refuse(fault());
    await settle();
    clock.advanceTo(monotonicMs(clock.nowMs() + supervisor.status()[0]!.waitMs!));
  }
  expect(world.ports.length).toBe(10_001);
  expect(world.socketsMax).toBe(1);
  expect(lines).toEqual(['port_lost']);
  expect(supervisor.status()[0]).toMatchObject({ state: 'opening', losses: 10_000, opens: 0 });
  expect(clock.nowMs()).toBeGreaterThan(10_000 * 20_000);
  world.ports.at(-1)!.succeed();
  await settle();
  expect(lines).toEqual(['port_lost', 'port_open']);
  expect(supervisor.status()[0]).toMatchObject({ state: 'open', waitMs: null, fault: { code: 'PORT_LOST' } });
  await supervisor.close();
  expect(world.sockets).toBe(0);
});

test('after ten seconds of peace the wait is short again; a flapping port waits longer', async () => {
  const { clock, world, supervisor } = supervised();
  supervisor.port('bus');
  const waits: number[] = [];
  for (const openForMs of [1000, 1000, 1000, 1000, 10_000, 1000]) {
    world.ports.at(-1)!.succeed();
    await settle();
    clock.advanceTo(monotonicMs(clock.nowMs() + openForMs));
    world.ports.at(-1)!.lose(fault());
    await settle();
    const { waitMs } = supervisor.status()[0]!;
    waits.push(waitMs!);
    clock.advanceTo(monotonicMs(clock.nowMs() + waitMs!));
  }
  expect(waits[3]).toBeGreaterThanOrEqual(3000);
  expect(waits[4]).toBeLessThanOrEqual(625);
  expect(waits[5]).toBeLessThanOrEqual(1250);
  await supervisor.close();
});

test('an opening without an answer is given up and tried again', async () => {
  const { clock, world, supervisor } = supervised();
  supervisor.port('bus');
  clock.advanceTo(monotonicMs(15_000));
  await settle();
  expect(supervisor.status()[0]).toMatchObject({ state: 'lost', fault: { facts: { got: 'nothing within 15000 ms' } } });
  clock.advanceTo(monotonicMs(16_000));
  expect(world.ports.length).toBe(2);
  world.ports[0]!.hear(frame, monotonicMs(16_000)); // what the old one still says is not heard
  expect(supervisor.status()[0]).toMatchObject({ received: 0 });
  await supervisor.close();
});

test('users of one bus all hear each frame; one that fails is left out and the others hear on', async () => {
  const failed: string[] = [];
  const tapped: number[] = [];
  const { world, supervisor, lines } = supervised({
    failed: (port, thrown) => failed.push(`${port}: ${String(thrown)}`),
    tap: {
      received: (_, __, receivedMs) => tapped.push(receivedMs),
      sent: (port) => failed.push(`sent ${port}`),
    },
  });
  const [first, second] = [supervisor.port('bus'), supervisor.port('bus')];
  world.ports[0]!.succeed();
  await settle();
  world.ports[0]!.hear(frame, monotonicMs(1));
  const heard: string[] = [];
  first.onMessage((_, receivedMs) => {
    heard.push(`first ${receivedMs}`);
    throw new Error('mistake');
  });
  second.onMessage((_, receivedMs) => void heard.push(`second ${receivedMs}`));
  world.ports[0]!.hear(frame, monotonicMs(1));
  world.ports[0]!.hear(frame, monotonicMs(1));
  expect(heard).toEqual(['first 1.001', 'second 1.001', 'second 1.002']);
  expect(second.send(frame)).toBe(true);
  expect(failed).toEqual(['bus: Error: mistake', 'sent bus']);
  expect(tapped).toEqual([1, 1.001, 1.002]);
  expect(lines).toEqual(['port_open', 'port_user_failed']);
  expect(world.ports.length).toBe(1);
  expect(supervisor.status()[0]).toMatchObject({ received: 3, sent: 1, lastReceivedMs: 1.002, drops: { handler_failed: 1, message_unheard: 1 } });
  await supervisor.close();
  expect(first.send(frame)).toBe(false);
  expect(supervisor.status()[0]).toMatchObject({ drops: { send_closed: 1 } });
});

test('connections are numbered over all openings, and an unknown port is refused', async () => {
  const { clock, world, supervisor } = supervised();
  supervisor.port('bus');
  expect(world.ports[0]!.deps.nextEpoch!()).toBe(1);
  world.ports[0]!.refuse(fault());
  await settle();
  clock.advanceTo(monotonicMs(1000));
  expect(world.ports[1]!.deps.nextEpoch!()).toBe(2);
  expect(() => supervisor.port('none')).toThrow('expected one of bus, got none');
  await supervisor.close();
});

test('ports of a replay speak when the recording does, and nobody answers', () => {
  const said: string[] = [];
  const ports = new ReplayPorts([{ name: 'bus', transport: 'can' }], (port) => said.push(port));
  const event = { kind: 'message', atMs: monotonicMs(5), port: 'bus', loop: 'perception', transport: 'can', message: frame } as const;
  ports.deliver(event);
  const port = ports.port('bus');
  const heard: number[] = [];
  port.onMessage((_, receivedMs) => heard.push(receivedMs));
  ports.deliver(event);
  expect([port.send(frame), heard, said]).toEqual([true, [5], ['bus']]);
  expect(ports.drops.toJSON()).toEqual({ message_unheard: 1 });
  expect(() => ports.port('none')).toThrow('Replay with the site that the recording was made at');
});

test('stamps rise strictly, by whole microseconds, and keep what already does', () => {
  const stamper = new Stamper(virtualClock());
  const stamps = [1, 1, 1, 0.5, 1.0021, 7.25].map((ms) => stamper.next(monotonicMs(ms)));
  expect(stamps).toEqual([1, 1.001, 1.002, 1.003, 1.004, 7.25]);
});

/** Runs a loop on a virtual clock; `busy` says how long each turn takes. */
async function loopFor(untilMs: number, busy: (tick: number) => number, phase?: () => Phase | null): Promise<TickReport[]> {
  const clock = virtualClock();
  const stop = new AbortController();
  const reports: TickReport[] = [];
  const running = runFixedRate(
    50, clock, stop.signal,
    (_, { tick }) => clock.advanceTo(monotonicMs(clock.nowMs() + busy(tick))),
    (report) => reports.push(report),
    phase ? { phase } : {},
  );
  for (let atMs = 0; atMs <= untilMs; atMs += 0.25) {
    if (atMs > clock.nowMs()) clock.advanceTo(monotonicMs(atMs));
    await settle();
  }
  stop.abort();
  await running;
  return reports;
}

test('a loop is due at multiples of its period, serves the newest and counts what it missed', async () => {
  const reports = await loopFor(500, (tick) => (tick === 2 ? 170 : 1));
  expect(reports.map(({ tick, dueMs, beganMs, skipped }) => [tick, dueMs, beganMs, skipped])).toEqual([
    [1, 50, 50, 0], [2, 100, 100, 0], [5, 250, 270.25, 2], [6, 300, 300, 0], [7, 350, 350, 0], [8, 400, 400, 0], [9, 450, 450, 0], [10, 500, 500, 0],
  ]);
});

test('a loop moves to the phase that it is given, half a millisecond a turn, the shorter way round', async () => {
  const reports = await loopFor(500, () => 0, () => ({ atMs: 48, turns: 1 }));
  expect(reports.map(({ dueMs }) => dueMs).slice(0, 6)).toEqual([49.5, 99, 148.5, 198, 248, 298]);
  expect(reports.map(({ tick }) => tick)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
});

test('a phase on a cycle of two turns is reached by the even ones, the shorter way round', async () => {
  const settled = async (atMs: number): Promise<number[]> => {
    const reports = await loopFor(6000, () => 0, () => ({ atMs, turns: 2 }));
    const { tick, dueMs } = reports.at(-1)!;
    return [tick % 2 === 0 ? dueMs % 100 : (dueMs - 50) % 100, reports.length];
  };
  expect(await settled(30)).toEqual([30, 119]);
  expect(await settled(80)).toEqual([80, 120]);
});

test('a mistake in a turn ends the loop and is thrown', async () => {
  await expect(loopFor(100, () => { throw new Error('mistake'); })).rejects.toThrow('mistake');
});

test('a histogram tells quantiles within five percent and the exact maximum', () => {
  const histogram = new Histogram();
  expect(histogram.toJSON()).toEqual({ count: 0, meanMs: 0, p50Ms: 0, p99Ms: 0, maxMs: 0 });
  for (let index = 1; index <= 1000; index++) histogram.add(index / 10);
  histogram.add(-1);
  const { p50Ms, p99Ms, maxMs } = histogram.toJSON();
  expect(Math.abs(p50Ms / 50 - 1)).toBeLessThan(0.05);
  expect(Math.abs(p99Ms / 99 - 1)).toBeLessThan(0.05);
  expect(maxMs).toBe(100);
});
