import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { networkInterfaces } from 'node:os';
import type { NetworkInterfaceInfo } from 'node:os';
import type { Clock } from '../base/clock.ts';
import { Fault } from '../base/fault.ts';
import { filledText } from '../base/text.ts';
import { webFaultTexts as texts } from '../base/texts/web.ts';
import { inUrl } from './limits.ts';

/** How long a share lasts. */
export const SHARE_MS = 8 * 3_600_000;
const WRONG_PER_MINUTE_MAX = 5;
const MINUTE_MS = 60_000;
const COOKIE = '__Host-lukou';

/** What `lukou web share` prints. */
export interface Shared {
  /** Address with the token: whoever opens it first is let in. */
  readonly url: string;
  readonly token: string;
  /** QR code of `url`, lines of block characters for a terminal. */
  readonly qr: string;
  /** When it ends, ISO 8601 UTC. */
  readonly until: string;
  /** SHA-256 of the certificate, to compare with what the browser shows. */
  readonly fingerprint: string;
}

export interface Certificate {
  readonly key: string;
  readonly cert: string;
  readonly fingerprint: string;
}

/** Compares in a time that does not tell where the two differ. */
function isSame(given: string, wanted: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(wanted));
}

export type Admission = 'let-in' | 'wrong' | 'spent' | 'locked';

/**
 * Who may see a share: the first who shows the token gets a session, which is good from that
 * address alone; the token is spent then. Wrong tokens are answered five times a minute.
 */
export class Session {
  readonly token = randomBytes(24).toString('base64url');
  readonly #cookie = randomBytes(32).toString('base64url');
  readonly #clock: Clock;
  #address: string | null = null;
  #wrongMs: number[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Tries a token that came from an address. */
  tryToken(token: string, address: string): Admission {
    const nowMs = this.#clock.nowMs();
    this.#wrongMs = this.#wrongMs.filter((atMs) => nowMs - atMs < MINUTE_MS);
    if (this.#wrongMs.length >= WRONG_PER_MINUTE_MAX) return 'locked';
    if (!isSame(token, this.token)) {
      this.#wrongMs.push(nowMs);
      return 'wrong';
    }
    if (this.#address !== null) return 'spent';
    this.#address = address;
    return 'let-in';
  }

  /** The header that gives the session to the browser. */
  setCookie(): string {
    const seconds = Math.floor(SHARE_MS / 1000);
    const bounds = `Path=/; Max-Age=${seconds}; HttpOnly; Secure; SameSite=Strict`;
    return `${COOKIE}=${this.#cookie}; ${bounds}`;
  }

  /** Whether a request with this Cookie header from this address is of the session. */
  holds(cookieHeader: string | undefined, address: string): boolean {
    if (this.#address === null || address !== this.#address) return false;
    const given = (cookieHeader ?? '')
      .split(';')
      .map((part) => part.trim())
      .find((part) => part.startsWith(`${COOKIE}=`));
    return given !== undefined && isSame(given.slice(COOKIE.length + 1), this.#cookie);
  }
}

const isUsable = (info: NetworkInterfaceInfo): boolean =>
  info.family === 'IPv4' || !info.address.toLowerCase().startsWith('fe80'); // needs a zone in URLs

/**
 * The own address of a named interface, IPv4 first.
 *
 * Errors: `Fault` REFUSED that lists the interfaces there are.
 */
export function addressOf(interfaceName: string): string {
  const all = networkInterfaces();
  const found = (all[interfaceName] ?? []).filter(isUsable);
  const chosen = found.find(({ family }) => family === 'IPv4') ?? found[0];
  if (chosen) return chosen.address;
  throw new Fault('REFUSED', {
    subject: 'web share',
    expected: filledText(texts.share_expected, { names: Object.keys(all).sort().join(', ') }),
    got: interfaceName === '' ? texts.share_unnamed : interfaceName,
    next: texts.share_next,
  });
}

/** A fresh certificate for one address; key and certificate stay in memory. */
export async function freshCertificate(
  address: string,
  fromUtcMs: number,
  untilUtcMs: number,
): Promise<Certificate> {
  const dayMs = 86_400_000; // phones whose clock is a little off shall still connect
  const { generate } = await import('selfsigned'); // loaded when wanted: it is large
  const made = await generate([{ name: 'commonName', value: 'Lukou web share' }], {
    keyType: 'ec',
    curve: 'P-256',
    algorithm: 'sha256',
    notBeforeDate: new Date(fromUtcMs - dayMs),
    notAfterDate: new Date(untilUtcMs + dayMs),
    extensions: [
      { name: 'basicConstraints', cA: false },
      { name: 'keyUsage', digitalSignature: true },
      { name: 'extKeyUsage', serverAuth: true },
      { name: 'subjectAltName', altNames: [{ type: 7, ip: address }] },
    ],
  });
  const der = Buffer.from(made.cert.replace(/-----[^-]+-----|\s/g, ''), 'base64');
  const hex = createHash('sha256').update(der).digest('hex').toUpperCase();
  return { key: made.private, cert: made.cert, fingerprint: hex.match(/../g)?.join(':') ?? hex };
}

/** The address that is opened, and its QR code. */
export async function invitation(
  address: string,
  port: number,
  token: string,
): Promise<{ url: string; qr: string }> {
  const url = `https://${inUrl(address)}:${port}/?token=${token}`;
  const { toString } = await import('qrcode');
  return { url, qr: await toString(url, { type: 'utf8', errorCorrectionLevel: 'L', margin: 2 }) };
}
