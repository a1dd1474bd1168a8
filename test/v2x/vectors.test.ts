import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { expect } from 'vitest';
import { fromHex, toHex } from '../../src/base/bytes.ts';
import { codecFor, createLineCodec, profileNames } from '../../v2x/codec.ts';
import type { ProfileName } from '../../v2x/codec.ts';
import type { MessageFrame } from '../../v2x/schemas/frame.ts';
import { shared, testWithShared } from '../shared.ts';

interface Vector {
  readonly name?: string;
  readonly profile: ProfileName;
  readonly value: MessageFrame;
  readonly hex: string;
}

const named = (): Vector[] => {
  const text = readFileSync(shared('vectors/uper-vectors.json'), 'utf8');
  return (JSON.parse(text) as { vectors: Vector[] }).vectors;
};
const random = (): Vector[] => {
  const packed = readFileSync(shared('vectors/uper-random-sample.jsonl.gz'));
  const lines = gunzipSync(packed).toString('utf8').trim().split('\n');
  return lines.map((line) => JSON.parse(line) as Vector);
};

const walk = (vectors: readonly Vector[]): void => {
  for (const { name, profile, value, hex } of vectors) {
    const codec = codecFor(profile);
    codec.checkFields(value);
    expect(toHex(codec.encode(value)), `${profile} ${name ?? hex}`).toBe(hex);
    const { frame, skippedExtensions } = codec.decode(fromHex(hex));
    expect(frame, `${profile} ${name ?? hex}`).toEqual(value);
    expect(skippedExtensions).toBe(0);
  }
};

testWithShared('each named vector of other encoders agrees in both directions', () => {
  const vectors = named();
  walk(vectors);
  expect(vectors).toHaveLength(41);
  expect(new Set(vectors.map(({ profile }) => profile))).toEqual(new Set(profileNames));
});

testWithShared('each random message of other encoders agrees in both directions', () => {
  const vectors = random();
  walk(vectors);
  expect(vectors).toHaveLength(200);
});

testWithShared('the line form turns each vector into its other form and back', () => {
  const encode = createLineCodec('encode', 'A');
  const decode = createLineCodec('decode', 'A');
  const vectors = [...named(), ...random()];
  for (const { profile, value, hex } of vectors) {
    expect(encode(JSON.stringify({ profile, value }))).toMatchObject({ ok: true, text: hex });
    const line = decode(JSON.stringify({ profile, hex }));
    expect(JSON.parse(line?.text ?? '')).toEqual(value);
  }
  expect(vectors).toHaveLength(241);
});

testWithShared('an SSM of 512 participants is fragmented twice and comes back whole', () => {
  const forty = named().find(({ name }) => name === 'ssm-40-participants');
  const ext = (forty?.value as { msgFrameExt: { messageId: number; value: unknown } }).msgFrameExt;
  const { SensorSharingMsg: ssm } = ext.value as { SensorSharingMsg: { participants: unknown[] } };
  const participants = Array.from({ length: 512 }, (_, index) => ({
    ...(ssm.participants[index % 40] as object),
    pathHistory: {
      crumbData: Array.from({ length: 5 }, (__, crumb) => ({
        llvOffset: { offsetLL: { 'position-LatLon': { lon: index, lat: crumb } } },
        timeOffset: index + 1,
      })),
    },
  }));
  const frame = {
    msgFrameExt: { messageId: 12, value: { SensorSharingMsg: { ...ssm, participants } } },
  } as unknown as MessageFrame;
  for (const profile of ['P2', 'D2'] as const) {
    const octets = codecFor(profile).encode(frame);
    // Extension bit, index 0, then the determinant of a first block of 16384 octets.
    expect(octets.length).toBeGreaterThan(16384);
    expect(toHex(octets.subarray(0, 2))).toMatch(/^80c[1-4]$/);
    expect(codecFor(profile).decode(octets).frame).toEqual(frame);
  }
});
