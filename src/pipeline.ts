/**
 * The two loops in which stages meet. A *loop* is a set of stages that share one event loop:
 * `signals` (controllers, SPAT, MAP, gate; `signalsloop.ts`) and `perception` (sensors, fusion,
 * events, statistics, RSM, RSI; `perceptionloop.ts`). Which process or thread runs a loop is the table
 * below; replay and tests run both in one thread under a virtual clock. Loops exchange plain
 * cloneable messages and nothing else.
 */
export { SignalsLoop } from './signalsloop.ts';
export { PerceptionLoop } from './perceptionloop.ts';
export type { GateView, LoopDeps, PerceptionView, PortHub, SentMessage, SignalsView, Tick } from './loops.ts';

/** Which loop runs where. `main` and `store` are threads of the child; see `child.ts`. */
export const placement = {
  live: { signals: 'parent', perception: 'child', main: 'child-thread', store: 'child-thread' },
  replay: { signals: 'here', perception: 'here', main: 'here', store: 'none' },
} as const;
export type LoopName = 'signals' | 'perception';
