import type { Clock } from '../base/clock.ts';
import { plusMs } from '../base/time.ts';
import type { PortMessage } from '../model/port.ts';
import { createSimulation, VIRTUAL_START } from './devices.ts';
import type { Simulation, SimulationOptions, SimulationOutputs } from './devices.ts';
import type { WorldCounts } from './world.ts';

/** What a finished run has to say. */
export interface SimulationReport extends WorldCounts {
  readonly messages: number;
}

/**
 * Plays `seconds` of virtual time as fast as the machine goes and hands everything to `sink`, in
 * order of time. Messages that would arrive after the end are left out.
 */
export function simulateToSink(
  options: Omit<SimulationOptions, 'outputs'> & { readonly seconds: number },
  sink: SimulationOutputs,
): SimulationReport {
  let messages = 0;
  const simulation = createSimulation({
    ...options,
    outputs: {
      ...(sink.truth && { truth: (rows) => sink.truth?.(rows) }),
      ...(sink.lamps && { lamps: (rows) => sink.lamps?.(rows) }),
      message(message) {
        messages++;
        sink.message(message);
      },
    },
  });
  const startMs = (options.start ?? VIRTUAL_START).monoMs;
  simulation.advance(plusMs(startMs, options.seconds * 1000));
  return { ...simulation.world.counts, messages };
}

/** A simulation at a clock's pace. */
export interface LiveRun {
  readonly simulation: Simulation;
  /** What the box sends to the devices of a port. */
  receive(port: string, message: PortMessage): void;
  stop(): void;
}

/** The longest sleep of a live run, ms. */
const LIVE_SLEEP_MS = 50;

/**
 * Plays a simulation at real pace: each message leaves when the clock reaches its instant. The
 * simulation must begin at the clock's present instant (`start`). A late clock is caught up with.
 *
 * @returns how to hand in what the box sends, and how to stop.
 */
export function runLive(
  options: Omit<SimulationOptions, 'start' | 'outputs' | 'pollers'>,
  clock: Clock,
  sendToPort: (port: string, message: PortMessage) => void,
  watch: Omit<SimulationOutputs, 'message'> = {},
): LiveRun {
  const monoMs = clock.nowMs();
  const simulation = createSimulation({
    ...options,
    start: { monoMs, ...clock.utcAt(monoMs) },
    outputs: { ...watch, message: ({ port, message }) => sendToPort(port, message) },
  });
  let cancel = (): void => undefined;
  let stopped = false;
  const step = (): void => {
    simulation.advance(clock.nowMs());
    if (stopped) return;
    const nextMs = Math.min(simulation.nextMs(), clock.nowMs() + LIVE_SLEEP_MS);
    cancel = clock.at(plusMs(clock.nowMs(), nextMs - clock.nowMs()), step);
  };
  step();
  return {
    simulation,
    receive(port, message) {
      const nowMs = clock.nowMs();
      simulation.advance(nowMs);
      simulation.receive(port, message, nowMs);
      // The answer may be due before the next step was.
      cancel();
      if (!stopped) step();
    },
    stop() {
      stopped = true;
      cancel();
    },
  };
}
