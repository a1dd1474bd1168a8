import { Counters } from '../../base/counters.ts';
import { Fault } from '../../base/fault.ts';
import { filledText } from '../../base/text.ts';
import { factTexts } from '../../base/texts/faults.ts';
import { recordingFaultTexts as texts } from '../../base/texts/recordings.ts';
import type { Port, PortMessage, TransportKind } from '../../model/port.ts';
import { FanOut } from '../fan-out.ts';
import type { MessageEvent } from './types.ts';

/** Stands in for the supervisor in a replay: ports that speak when the recording does. */
export class ReplayPorts {
  readonly drops = new Counters();
  readonly #ports = new Map<string, FanOut>();
  readonly #transports: ReadonlyMap<string, TransportKind>;
  readonly #sent: (port: string, message: PortMessage) => void;
  readonly #failed: (port: string, thrown: unknown) => void;

  /**
   * @param ports Every port that may be asked for: the site's, also those that were not recorded.
   * @param sent Sees what drivers say to their devices; nobody answers.
   */
  constructor(
    ports: readonly { readonly name: string; readonly transport: TransportKind }[],
    sent: (port: string, message: PortMessage) => void = () => undefined,
    failed: (port: string, thrown: unknown) => void = () => undefined,
  ) {
    this.#transports = new Map(ports.map(({ name, transport }) => [name, transport]));
    this.#sent = sent;
    this.#failed = failed;
  }

  port(name: string): Port {
    let fanOut = this.#ports.get(name);
    if (!fanOut) {
      const transport = this.#transports.get(name);
      if (!transport) {
        throw new Fault('SITE_INVALID', {
          subject: filledText(factTexts.port, { name }),
          expected: filledText(factTexts.one_of, { names: [...this.#transports.keys()].join(', ') }),
          got: name,
          next: texts.other_site_next,
        });
      }
      fanOut = new FanOut({
        transport,
        send: (message) => {
          this.#sent(name, message);
          return true;
        },
        count: (drop) => this.drops.count(drop),
        failed: (thrown) => this.#failed(name, thrown),
      });
      this.#ports.set(name, fanOut);
    }
    return fanOut.port();
  }

  /** Hands a recorded message to whoever has asked for its port. */
  deliver(event: Pick<MessageEvent, 'port' | 'message' | 'atMs'>): void {
    const fanOut = this.#ports.get(event.port);
    if (fanOut) fanOut.deliver(event.message, event.atMs);
    else this.drops.count('message_unheard');
  }
}
