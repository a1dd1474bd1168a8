import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { sleepUntil } from '../base/clock.ts';
import { filledText } from '../base/text.ts';
import { portFaultTexts as texts } from '../base/texts/ports.ts';
import { plusMs } from '../base/time.ts';
import type { OpenPort, PortDeps } from '../model/port.ts';
import type { PortSettings } from '../model/site.ts';
import { BasePort, epochCounter } from './open-port.ts';

type FileSettings = Extract<PortSettings, { transport: 'file' }>;

const CHUNK_OCTETS = 64 << 10;
/** How often the end of the file is looked at again. */
const POLL_MS = 100;

/**
 * Reads a file as a stream, then follows it as it grows. It begins when somebody listens.
 * A file that was cut or replaced is read from its start, as a new epoch.
 */
export function openFile(settings: FileSettings, deps: PortDeps): OpenPort<'file'> {
  const port = new BasePort('file', deps);
  const stop = new AbortController();
  let heard: () => void = () => undefined;
  const listening = new Promise<void>((resolve) => (heard = resolve));
  let running: Promise<void> = Promise.resolve();
  port.carry({
    send() {
      deps.count('send_closed');
      return false;
    },
    close() {
      stop.abort();
      heard();
      return running;
    },
    heard: () => heard(),
  });
  const place = { path: settings.path };
  running = follow(settings.path, port, deps, stop.signal, listening).catch((cause: unknown) =>
    port.failed(cause, filledText(texts.check_file, place), filledText(texts.file, place)),
  );
  return port;
}

async function follow(
  path: string,
  port: BasePort<'file'>,
  deps: PortDeps,
  signal: AbortSignal,
  listening: Promise<void>,
): Promise<void> {
  const nextEpoch = epochCounter(deps);
  let handle = await open(path, 'r');
  try {
    port.ready();
    await listening;
    let epoch = nextEpoch();
    for (let position = 0; !signal.aborted; ) {
      const read = await readChunk(handle, position);
      if (signal.aborted) return;
      if (read.length > 0) {
        port.deliver({ data: read, epoch });
        position += read.length;
        continue;
      }
      await sleepUntil(deps.clock, plusMs(deps.clock.nowMs(), POLL_MS), signal);
      const fresh = await replaced(path, handle, position);
      if (!fresh) continue;
      await handle.close();
      handle = fresh;
      deps.count('file_restarted');
      position = 0;
      epoch = nextEpoch();
    }
  } finally {
    await handle.close();
  }
}

async function readChunk(handle: FileHandle, position: number): Promise<Uint8Array> {
  const buffer = new Uint8Array(CHUNK_OCTETS);
  const { bytesRead } = await handle.read(buffer, 0, CHUNK_OCTETS, position);
  return buffer.subarray(0, bytesRead);
}

/** The file opened afresh when it is another one or shorter than what was read; else null. */
async function replaced(
  path: string,
  handle: FileHandle,
  position: number,
): Promise<FileHandle | null> {
  const fresh = await open(path, 'r');
  const [now, before] = await Promise.all([fresh.stat(), handle.stat()]);
  if (now.ino !== before.ino || now.size < position) return fresh;
  await fresh.close();
  return null;
}
