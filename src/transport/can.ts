import type { Socket } from 'node:net';
import { filledText } from '../base/text.ts';
import { portFaultTexts as texts } from '../base/texts/ports.ts';
import type { OpenPort, PortDeps } from '../model/port.ts';
import type { PortSettings } from '../model/site.ts';
import { joinAddress } from './address.ts';
import { BasePort } from './open-port.ts';
import { encodeSlcan, SLCAN_CLOSING, slcanBitrates, SlcanDecoder, slcanOpening } from './slcan.ts';
import { openLine, serialAdvice } from './serial.ts';
import type { SerialEvents as LinkEvents } from './serial.ts';
import { openSocketCan } from './socketcan.ts';
import { connectClient, writeBounded } from './tcp.ts';

type CanSettings = Extract<PortSettings, { transport: 'can' }>;
type SlcanSettings = Exclude<CanSettings, { bus: 'socketcan' }>;

/** Opens a CAN bus: the kernel's, or an adapter that speaks SLCAN over a line or TCP. */
export function openCan(settings: CanSettings, deps: PortDeps): OpenPort<'can'> {
  return settings.bus === 'socketcan' ? openSocketCan(settings, deps) : openSlcan(settings, deps);
}

/** Bytes to and from an adapter. */
interface AdapterLink {
  write(data: Uint8Array): boolean;
  close(): Promise<void>;
}

function openSlcan(settings: SlcanSettings, deps: PortDeps): OpenPort<'can'> {
  const port = new BasePort('can', deps);
  const opening = slcanOpening(settings.bitrate);
  if (opening === null) {
    port.failed(
      new Error(`${settings.bitrate} bit/s`),
      texts.can_bitrate_next,
      filledText(texts.can_bitrate, { rates: slcanBitrates.join(', ') }),
    );
    return port;
  }
  const decoder = new SlcanDecoder(
    (frame) => port.deliver(frame),
    (name) => deps.count(name),
  );
  const advice =
    settings.bus === 'slcan-tcp'
      ? filledText(texts.check_adapter, { address: joinAddress(settings.host, settings.port) })
      : serialAdvice(settings.path);
  const events = {
    opened: () => {
      link.write(Buffer.from(opening));
      port.ready();
    },
    data: (data: Uint8Array) => decoder.accept(data),
    failed: (cause: unknown) => port.failed(cause, advice),
  };
  const link = openLink(settings, deps, events);
  let closing: Promise<void> | null = null;
  port.carry({
    send(frame) {
      const line = encodeSlcan(frame);
      if (line !== null) return link.write(Buffer.from(line));
      deps.count('can_frame_invalid');
      return false;
    },
    close() {
      return (closing ??= link.close());
    },
  });
  return port;
}

function openLink(settings: SlcanSettings, deps: PortDeps, events: LinkEvents): AdapterLink {
  if (settings.bus === 'slcan-tcp') return tcpLink(settings, deps, events);
  const { path, baudRate } = settings;
  return openLine({ path, baudRate, parity: 'none', dataBits: 8, stopBits: 1 }, deps, events);
}

function tcpLink(
  to: { readonly host: string; readonly port: number },
  deps: PortDeps,
  events: LinkEvents,
): AdapterLink {
  const socket: Socket = connectClient({ host: to.host, port: to.port }, deps, {
    connected: () => events.opened(),
    data: (data) => events.data(data),
    closed: (cause) => events.failed(cause),
  });
  return {
    write: (data) => writeBounded(socket, data, deps),
    close: () =>
      new Promise((resolve) => {
        if (socket.closed) return resolve();
        socket.once('close', () => resolve());
        // The adapter must leave the bus; the close command is the last thing that it hears.
        if (socket.writable && !socket.connecting) socket.end(SLCAN_CLOSING);
        socket.destroySoon();
      }),
  };
}
