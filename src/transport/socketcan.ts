import { TextError } from '../base/fault.ts';
import { filledText } from '../base/text.ts';
import { portFaultTexts as texts } from '../base/texts/ports.ts';
import type { CanFrame, OpenPort, PortDeps } from '../model/port.ts';
import type { PortSettings } from '../model/site.ts';
import { BasePort } from './open-port.ts';

/** What we use of the package `node-can`; its own types import a file that is not shipped. */
interface RawChannel {
  start(): void;
  stop(): void;
  addListener(event: 'onMessage', listener: (message: RawMessage) => void): void;
  addListener(event: 'onStopped', listener: () => void): void;
  send(message: RawMessage): number;
  sendFD(message: RawMessage): number;
}
interface RawMessage {
  id: number;
  data: Uint8Array;
  ext?: boolean;
  rtr?: boolean;
  err?: boolean;
}
interface NodeCan {
  createRawChannelWithOptions(
    channel: string,
    options: { readonly timestamps?: boolean; readonly non_block_send?: boolean },
  ): RawChannel;
}

type SocketCanSettings = Extract<PortSettings, { transport: 'can'; bus: 'socketcan' }>;

/** An FD frame is not marked on receive by the package; only FD carries more than 8 octets. */
const CLASSIC_MAX = 8;

/**
 * Opens an interface of the kernel's CAN. The package is native and is loaded only here.
 *
 * Its limits: it marks no FD frame on receive, knows no bit-rate switch, and stops without a word
 * when the interface is deleted; silence is then seen by the driver's own watch.
 */
export function openSocketCan(settings: SocketCanSettings, deps: PortDeps): OpenPort<'can'> {
  const port = new BasePort('can', deps);
  const name = settings.interface;
  let channel: RawChannel | null = null;
  let stopped = false;
  const start = async (): Promise<void> => {
    // A name that the compiler does not follow: the types of the package do not compile.
    const packageName: string = 'node-can';
    const module = (await import(packageName)) as { readonly default: NodeCan };
    if (stopped) return;
    channel = module.default.createRawChannelWithOptions(name, { non_block_send: true });
    channel.addListener('onMessage', (message) => {
      if (stopped) return;
      if (message.err) deps.count('can_error_frame');
      else port.deliver(toFrame(message));
    });
    channel.addListener('onStopped', () =>
      port.failed(new TextError(texts.can_stopped), filledText(texts.can_stopped_next, { name })),
    );
    channel.start();
    port.ready();
  };
  start().catch((cause: unknown) => {
    port.failed(
      cause,
      filledText(texts.can_set_up, { name }),
      filledText(texts.can_interface, { name }),
    );
  });
  port.carry({
    send(frame) {
      const raw = fromFrame(frame);
      const sent = ((frame.fd ? channel?.sendFD(raw) : channel?.send(raw)) ?? -1) >= 0;
      if (!sent) deps.count('send_failed');
      return sent;
    },
    close() {
      if (!stopped) {
        stopped = true;
        try {
          channel?.stop();
        } catch (cause) {
          deps.log.warn('can_stop_failed', { port: deps.name, cause: String(cause) });
        }
      }
      return Promise.resolve();
    },
  });
  return port;
}

function toFrame(message: RawMessage): CanFrame {
  return {
    id: message.id,
    extended: message.ext ?? false,
    remote: message.rtr ?? false,
    fd: message.data.length > CLASSIC_MAX,
    data: Uint8Array.from(message.data),
  };
}

function fromFrame(frame: CanFrame): RawMessage {
  const { id, extended, remote, data } = frame;
  return { id, ext: extended, rtr: remote, data: Buffer.from(data) };
}
