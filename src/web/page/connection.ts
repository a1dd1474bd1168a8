import type { Junction, Status } from './document.ts';

/** No picture for this long: what is shown is not live any more. */
const STALE_MS = 1500;
const RETRY_FIRST_MS = 500;
const RETRY_LAST_MS = 5000;
const WATCH_MS = 250;
const RATE_SPAN_MS = 3000;

export type LinkState = 'connecting' | 'live' | 'stale' | 'lost' | 'refused';

/** Reads the site once. Errors: one that says which status the server gave. */
export async function fetchJunction(): Promise<Junction> {
  const response = await fetch('/api/site', { cache: 'no-store' });
  if (!response.ok) throw new Error(String(response.status));
  return (await response.json()) as Junction;
}

/**
 * The stream of documents. It connects again for as long as the page is open; each document is
 * acknowledged when it was taken, so that the server sends the newest and never a backlog.
 */
export class Connection {
  #socket: WebSocket | null = null;
  #retryMs = RETRY_FIRST_MS;
  #lastAtMs: number | null = null;
  #lastMonoMs = -1;
  #arrivals: number[] = [];
  #state: LinkState = 'connecting';
  readonly #onStatus: (status: Status) => void;
  readonly #onState: (state: LinkState) => void;

  constructor(onStatus: (status: Status) => void, onState: (state: LinkState) => void) {
    this.#onStatus = onStatus;
    this.#onState = onState;
  }

  start(): void {
    this.#open();
    setInterval(() => this.#watch(), WATCH_MS);
  }

  get state(): LinkState {
    return this.#state;
  }

  /** Pictures a second, over the last seconds. */
  get rateHz(): number {
    const [first] = this.#arrivals;
    const last = this.#arrivals.at(-1);
    if (first === undefined || last === undefined || last === first) return 0;
    return ((this.#arrivals.length - 1) * 1000) / (last - first);
  }

  /** How long ago the newest picture came, ms; null before the first. */
  get ageMs(): number | null {
    return this.#lastAtMs === null ? null : performance.now() - this.#lastAtMs;
  }

  #open(): void {
    const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
    const socket = new WebSocket(`${scheme}://${location.host}/api/stream`);
    this.#socket = socket;
    socket.addEventListener('message', (event) => this.#message(socket, event.data));
    socket.addEventListener('close', () => this.#closed(socket));
    socket.addEventListener('open', () => (this.#retryMs = RETRY_FIRST_MS));
  }

  #message(socket: WebSocket, data: unknown): void {
    if (socket !== this.#socket || typeof data !== 'string') return;
    const status = JSON.parse(data) as Status;
    socket.send('1');
    // A document that does not go on is old however often it is sent.
    if (status.monoMs === this.#lastMonoMs) return;
    this.#lastMonoMs = status.monoMs;
    this.#lastAtMs = performance.now();
    this.#arrivals.push(this.#lastAtMs);
    this.#set('live');
    this.#onStatus(status);
  }

  #closed(socket: WebSocket): void {
    if (socket !== this.#socket) return;
    this.#socket = null;
    this.#set('lost');
    const waitMs = this.#retryMs;
    this.#retryMs = Math.min(RETRY_LAST_MS, waitMs * 2);
    setTimeout(() => this.#open(), waitMs);
  }

  #watch(): void {
    const nowMs = performance.now();
    this.#arrivals = this.#arrivals.filter((atMs) => nowMs - atMs < RATE_SPAN_MS);
    const ageMs = this.ageMs;
    if (this.#state === 'live' && ageMs !== null && ageMs > STALE_MS) this.#set('stale');
    else this.#onState(this.#state);
  }

  #set(state: LinkState): void {
    this.#state = state;
    this.#onState(state);
  }
}
