import type { PortDeps, PortLimits } from '../model/port.ts';

/**
 * Bounds that hold unless the integrator sets others. 9000 octets is the largest datagram that the
 * sensors of the site send in one piece; 5000 datagrams a second is ten times the densest of them.
 */
const defaults: PortLimits = {
  messageOctetsMax: 9000,
  sourcePerS: 5000,
  receiveBufferOctets: 4 << 20,
  sendOctetsMax: 256 << 10,
};

/** One limit of a port. */
export function limitOf(deps: PortDeps, name: keyof PortLimits, fallback = defaults[name]): number {
  return deps.limits?.[name] ?? fallback;
}

/** Tells whether a source may send now: a token bucket holding one second of its rate. */
export class TokenBucket {
  readonly #perS: number;
  #tokens: number;
  #atMs: number;

  constructor(perS: number, nowMs: number) {
    this.#perS = perS;
    this.#tokens = perS;
    this.#atMs = nowMs;
  }

  /** Takes one token; false when there is none. */
  take(nowMs: number): boolean {
    const grown = this.#tokens + ((nowMs - this.#atMs) * this.#perS) / 1000;
    this.#tokens = Math.min(this.#perS, grown);
    this.#atMs = nowMs;
    if (this.#tokens < 1) return false;
    this.#tokens--;
    return true;
  }
}
