/**
 * The codec beside asn1c's C, protobufjs and JSON: rounds in which each takes its turn with each
 * message, medians, ratios.
 */
import { codecFor } from '../../v2x/codec.ts';
import type { ProfileName } from '../../v2x/codec.ts';
import { oracleMissing } from '../oracle/build.ts';
import { told } from './model.ts';
import type { Bench, BenchContext, BenchRow } from './model.ts';
import { quantile } from './numbers.ts';
import { uperCases } from './uper-cases.ts';
import type { UperCase } from './uper-cases.ts';
import { protoPeer, startCPeer } from './uper-peers.ts';
import type { CPeer } from './uper-peers.ts';

/** From so many octets on the stricter goals hold. */
const LARGE_OCTETS = 80;
/** Ratios to asn1c that are wanted. */
const GOALS = { encodeLarge: 0.5, decodeLarge: 0.7, any: 1 };

/** Nanoseconds of one call by each; of C NaN where there is none. */
export interface UperTimes {
  readonly oursNs: number;
  readonly cNs: number;
  readonly protoNs: number;
  readonly jsonNs: number;
}

/** What was found of one message. */
export interface UperFinding {
  readonly message: UperCase;
  readonly encode: UperTimes;
  readonly decode: UperTimes;
  /** Octets of the heap that one encode takes beside its output. */
  readonly allocatedOctets: number;
  readonly protoOctets: number;
}

/** How long each turn lasts and how many there are. */
export interface UperEffort {
  readonly warmUpCalls: number;
  readonly rounds: number;
  readonly turnNs: number;
}
const LONG: UperEffort = { warmUpCalls: 40_000, rounds: 15, turnNs: 2_000_000 };
const SHORT: UperEffort = { warmUpCalls: 20, rounds: 1, turnNs: 20_000 };

/** One that takes turns: how long so many calls took, nanoseconds of one. */
interface Runner {
  readonly time: (calls: number) => number | Promise<number>;
  readonly samples: number[];
  calls: number;
}

let sink = 0;

function runner(operation: () => number): Runner {
  const time = (calls: number): number => {
    // Time of the processor, that of the collector's threads with it; not of the machine's others.
    const began = process.cpuUsage();
    let sum = 0;
    for (let call = 0; call < calls; call++) sum += operation();
    sink ^= sum;
    const { user, system } = process.cpuUsage(began);
    return (1000 * (user + system)) / calls;
  };
  return { time, samples: [], calls: 50 };
}

/** A runner for each of C (where it is), us, protobufjs and JSON, in both directions. */
function runnersOf(message: UperCase, peer: CPeer | null): readonly Runner[] {
  const codec = codecFor(message.profile);
  const { value, octets } = message;
  const target = new Uint8Array(octets.length);
  const proto = protoPeer(message);
  const text = JSON.stringify(value);
  const inC = (direction: 'encode' | 'decode'): Runner => ({
    time: (calls) => peer?.timeNs(direction, message, calls) ?? Number.NaN,
    samples: [],
    calls: 50,
  });
  return [
    runner(() => codec.encodeInto(value, target)),
    inC('encode'),
    runner(() => proto.encode().length),
    runner(() => JSON.stringify(value).length),
    runner(() => codec.decode(octets).skippedExtensions),
    inC('decode'),
    runner(() => (proto.decode() === null ? 0 : 1)),
    runner(() => (JSON.parse(text) === null ? 0 : 1)),
  ];
}

/** Bytes of the heap that one call takes: the least of some trials, less what asking takes. */
function allocatedOctets(operation: () => number): number {
  const calls = 200;
  const trial = (run: () => number): number => {
    const before = process.memoryUsage().heapUsed;
    for (let call = 0; call < calls; call++) sink ^= run();
    return process.memoryUsage().heapUsed - before;
  };
  const least = (run: () => number): number => {
    // A collection in between makes a trial negative; it says nothing.
    const all = Array.from({ length: 15 }, () => trial(run)).filter((octets) => octets >= 0);
    return Math.min(...all);
  };
  const idle = least(() => 0);
  return Math.max(0, least(operation) - idle) / calls;
}

function timesOf(runners: readonly Runner[]): UperTimes {
  const [oursNs, cNs, protoNs, jsonNs] = runners.map(({ samples }) => quantile(samples, 0.5));
  return { oursNs: oursNs!, cNs: cNs!, protoNs: protoNs!, jsonNs: jsonNs! };
}

/**
 * Times every message by every one in turns. Without asn1c its columns are NaN.
 * Throws when a C process ends.
 */
export async function runUperBench(
  effort: UperEffort,
  withC: boolean,
  note: (line: string) => void,
): Promise<readonly UperFinding[]> {
  const cases = uperCases();
  const profiles: readonly ProfileName[] = [...new Set(cases.map(({ profile }) => profile))];
  const peers = new Map<ProfileName, CPeer>();
  for (const profile of profiles) if (withC) peers.set(profile, startCPeer(profile, note));
  const all = cases.map((message) => runnersOf(message, peers.get(message.profile) ?? null));
  note('warming up ...');
  for (let part = 0; part < 4; part++) {
    for (const runners of all) {
      for (const one of runners) await one.time(Math.ceil(effort.warmUpCalls / 4));
    }
  }
  for (let round = -1; round < effort.rounds; round++) {
    if (round >= 0) note(`round ${round + 1} of ${effort.rounds}`);
    for (const runners of all) {
      for (const one of runners) {
        const ns = await one.time(one.calls);
        if (round >= 0) one.samples.push(ns);
        one.calls = Math.max(5, Math.round(effort.turnNs / Math.max(20, ns || 1000)));
      }
    }
  }
  for (const peer of peers.values()) peer.close();
  return cases.map((message, index) => {
    const codec = codecFor(message.profile);
    const target = new Uint8Array(message.octets.length);
    return {
      message,
      encode: timesOf(all[index]!.slice(0, 4)),
      decode: timesOf(all[index]!.slice(4)),
      allocatedOctets: allocatedOctets(() => codec.encodeInto(message.value, target)),
      protoOctets: protoPeer(message).octets.length,
    };
  });
}

const ratio = (one: number, other: number): string =>
  Number.isFinite(one / other) ? `×${(one / other).toFixed(2)}` : '–';

function rowOf({ message, encode, decode }: UperFinding): BenchRow {
  const size = message.octets.length;
  const part = (name: string, { oursNs, cNs, protoNs, jsonNs }: UperTimes): string =>
    `${name} ${(oursNs / 1000).toFixed(2)} µs: ${ratio(oursNs, cNs)} asn1c, ` +
    `${ratio(oursNs, protoNs)} protobufjs, ${ratio(oursNs, jsonNs)} JSON`;
  const what = `${message.profile} ${message.name}, ${size} octets`;
  const result = `${part('encode', encode)}; ${part('decode', decode)}`;
  if (!Number.isFinite(encode.cNs)) return told(what, result);
  const large = size >= LARGE_OCTETS;
  const limits = large ? [GOALS.encodeLarge, GOALS.decodeLarge] : [GOALS.any, GOALS.any];
  const met =
    encode.oursNs <= limits[0]! * encode.cNs && decode.oursNs <= limits[1]! * decode.cNs;
  return { what, result, goal: `≤ ×${limits[0]} and ≤ ×${limits[1]} asn1c`, met };
}

function meanRow(findings: readonly UperFinding[]): BenchRow {
  const mean = (of: (finding: UperFinding) => number): number =>
    Math.exp(findings.reduce((sum, one) => sum + Math.log(of(one)), 0) / findings.length);
  const part = (name: 'encode' | 'decode'): string => {
    const to = (other: 'cNs' | 'protoNs' | 'jsonNs'): string =>
      ratio(mean((finding) => finding[name].oursNs), mean((finding) => finding[name][other]));
    return `${name} ${to('cNs')} asn1c, ${to('protoNs')} protobufjs, ${to('jsonNs')} JSON`;
  };
  return told('geometric mean of the ratios', `${part('encode')}; ${part('decode')}`);
}

function heapRow(findings: readonly UperFinding[]): BenchRow {
  const all = findings.map(({ allocatedOctets }) => allocatedOctets);
  const most = Math.max(...all);
  const { message } = findings[all.indexOf(most)]!;
  return told(
    'heap that one encode takes beside its output',
    `median ${quantile(all, 0.5).toFixed(0)} octets, most ${most.toFixed(0)} (${message.name})`,
  );
}

/** The bench of the codec, as `npm run bench` and `npm run bench:uper` know it. */
export const uperBench: Bench = {
  name: 'uper',
  title: 'UPER codec beside asn1c, protobufjs and JSON',
  async run({ short, note }: BenchContext) {
    const missing = oracleMissing();
    if (missing !== null) note(`without asn1c: ${missing}`);
    const findings = await runUperBench(short ? SHORT : LONG, missing === null, note);
    const { rounds, turnNs, warmUpCalls } = short ? SHORT : LONG;
    return {
      rows: [...findings.map(rowOf), meanRow(findings), heapRow(findings)],
      notes: [
        `Medians of ${rounds} rounds of ${turnNs / 1e6} ms for each, in turns, after ` +
          `${warmUpCalls} calls to warm up. Below ×1 is faster than the other.`,
        'Time of the processor on both sides. asn1c 0.9.28, gcc -O2, timed in C: decode frees ' +
          'what it made; a message of ' +
          'phase 2 is two steps, since its open type is an octet string there. Its values are ' +
          'numbers and memory, ours the JSON form with names and hexadecimal.',
        'protobufjs: the code it generates for the equivalent message made of the same schema.',
      ],
    };
  },
};
