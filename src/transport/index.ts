import type { OpenPort, PortDeps } from '../model/port.ts';
import type { PortSettings } from '../model/site.ts';
import { openCan } from './can.ts';
import { openFile } from './file.ts';
import { openMqtt } from './mqtt.ts';
import { openSerial } from './serial.ts';
import { openSerialApart } from './serialapart.ts';
import { openTcp } from './tcp.ts';
import { openUdp } from './udp.ts';

/**
 * Opens a port once. It never throws: what fails rejects `opened`, with the next step in the Fault.
 * Watching and reopening are the supervisor's (`src/runtime/supervisor.ts`).
 */
export function openTransport(settings: PortSettings, deps: PortDeps): OpenPort {
  switch (settings.transport) {
    case 'udp':
      return openUdp(settings, deps) as OpenPort;
    case 'tcp':
      return openTcp(settings, deps) as OpenPort;
    case 'can':
      return openCan(settings, deps) as OpenPort;
    case 'serial':
      return openSerial(settings, deps) as OpenPort;
    case 'mqtt':
      return openMqtt(settings, deps) as OpenPort;
    case 'file':
      return openFile(settings, deps) as OpenPort;
  }
}

/** The same for a process that loads no native package: a serial line is held by one of its own. */
export function openTransportApart(settings: PortSettings, deps: PortDeps): OpenPort {
  return settings.transport === 'serial'
    ? (openSerialApart(settings, deps) as OpenPort)
    : openTransport(settings, deps);
}
