/** Where the segments of the black box lie: in memory, or in a folder that outlives the process. */
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { open, writeFile } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import { inflateRawSync } from 'node:zlib';
import { makeFolder } from '../../base/folder.ts';
import { Fault, textOf } from '../../base/fault.ts';
import { filledText } from '../../base/text.ts';
import { factTexts } from '../../base/texts/faults.ts';
import { recordingFaultTexts as texts } from '../../base/texts/recordings.ts';
import { RecordingEncoder } from './encode.ts';
import { FILES, stateFile } from './types.ts';
import type { RecordingManifest } from './types.ts';

/** A stretch of time, readable by itself. The bytes are packed (raw deflate). */
export interface Segment {
  readonly toMs: number;
  readonly files: readonly (readonly [file: string, bytes: Buffer])[];
  readonly states: readonly (readonly [loop: string, bytes: Buffer])[];
}

/** A segment that was put away. */
export interface KeptSegment {
  readonly toMs: number;
  readonly octets: number;
  /** Throws where it cannot be read any more. */
  read(): Segment;
  drop(): void;
}

export interface SegmentShelf {
  /** Throws where there is no room: the segment is lost then. */
  put(segment: Segment): KeptSegment;
}

const octetsOf = ({ files, states }: Segment): number =>
  [...files, ...states].reduce((sum, [, bytes]) => sum + bytes.length, 0);

/** Segments in the memory of the process: they are lost with it. */
export const memoryShelf = (): SegmentShelf => ({
  put: (segment) => ({
    toMs: segment.toMs,
    octets: octetsOf(segment),
    read: () => segment,
    drop: () => undefined,
  }),
});

const ENDING = '.segment';

function readSegment(path: string): Segment {
  const { toMs, files, states } = deserialize(readFileSync(path)) as Segment;
  // What is read back are views of another kind in some versions of Node.
  const buffers = (list: Segment['files']): Segment['files'] =>
    list.map(([name, bytes]) => [name, Buffer.from(bytes)] as const);
  return { toMs, files: buffers(files), states: buffers(states) };
}

/**
 * Segments as files of a folder that lies in memory (tmpfs): a write there waits for no disk and
 * wears none, and what is there is still there when the process has crashed. Takes the folder over.
 */
export function folderShelf(folder: string, manifest: RecordingManifest): SegmentShelf {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { mode: 0o700 });
  writeFileSync(join(folder, FILES.manifest), JSON.stringify(manifest), { mode: 0o600 });
  let next = 0;
  return {
    put(segment) {
      const path = join(folder, `${String(next++).padStart(9, '0')}${ENDING}`);
      const bytes = serialize(segment);
      try {
        writeFileSync(path, bytes, { mode: 0o600 });
      } catch (error) {
        rmSync(path, { force: true }); // half a segment is none
        throw error;
      }
      return {
        toMs: segment.toMs,
        octets: bytes.length,
        read: () => readSegment(path),
        drop: () => rmSync(path, { force: true }),
      };
    },
  };
}

/** What a process that is gone has left in a folder; null where there is nothing. */
export function leftSegments(
  folder: string,
): { readonly manifest: RecordingManifest; readonly segments: readonly KeptSegment[] } | null {
  try {
    const text = readFileSync(join(folder, FILES.manifest), 'utf8');
    const manifest = JSON.parse(text) as RecordingManifest;
    const names = readdirSync(folder).filter((name) => name.endsWith(ENDING)).sort();
    const segments = names.map((name): KeptSegment => ({
      toMs: 0,
      octets: 0,
      read: () => readSegment(join(folder, name)),
      drop: () => rmSync(join(folder, name), { force: true }),
    }));
    return segments.length === 0 ? null : { manifest, segments };
  } catch {
    return null;
  }
}

/** Open files of a recording that is put together, each begun with its header. */
class Parts {
  octets = 0;
  readonly #folder: string;
  readonly #handles = new Map<string, FileHandle>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  async add(file: string, bytes: Buffer): Promise<void> {
    let handle = this.#handles.get(file);
    if (!handle) this.#handles.set(file, (handle = await open(join(this.#folder, file), 'w')));
    await handle.writeFile(bytes);
    this.octets += bytes.length;
  }

  async close(): Promise<void> {
    for (const handle of this.#handles.values()) await handle.close();
  }
}

/**
 * Writes segments as a recording, one at a time: a black box is many times what may lie in memory.
 * A segment that left meanwhile, or is broken, is passed over and counted.
 * @throws Fault STORE_FAILED (as rejection).
 */
export async function writeSegments(
  folder: string, manifest: RecordingManifest, segments: readonly KeptSegment[],
): Promise<{ readonly octets: number; readonly segments: number; readonly unreadable: number }> {
  const parts = new Parts(folder);
  let written = 0;
  try {
    makeFolder(folder);
    for (const [file, bytes] of new RecordingEncoder(manifest, () => undefined).headers()) {
      await parts.add(file, bytes);
    }
    const stated = new Set<string>();
    for (const kept of segments) {
      const segment = readable(kept);
      if (!segment) continue;
      written++;
      for (const [file, bytes] of segment.files) await parts.add(file, inflateRawSync(bytes));
      for (const [loop, bytes] of segment.states) {
        if (stated.has(loop)) continue;
        stated.add(loop);
        await parts.add(stateFile(loop), inflateRawSync(bytes));
      }
    }
    // The manifest last: a folder with one is a whole recording.
    await writeFile(join(folder, FILES.manifest), `${JSON.stringify(manifest, null, 2)}\n`);
  } catch (cause) {
    const facts = { subject: filledText(texts.black_box, { folder }), expected: factTexts.room_to_write };
    const told = { ...facts, got: textOf(cause), next: texts.black_box_next };
    throw new Fault('STORE_FAILED', told, { cause });
  } finally {
    await parts.close();
  }
  return { octets: parts.octets, segments: written, unreadable: segments.length - written };
}

function readable(kept: KeptSegment): Segment | null {
  try {
    return kept.read();
  } catch {
    return null;
  }
}
