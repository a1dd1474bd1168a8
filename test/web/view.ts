import { SystemClock } from '../../src/base/clock.ts';
import { silentLog } from '../../src/base/log.ts';
import type { StatusDocument } from '../../src/status.ts';
import { startWeb } from '../../src/web/server.ts';
import type { WebOptions, WebServer } from '../../src/web/server.ts';
import { demoSite, statusDocument } from './junction.ts';

/** A view on a free loopback port. */
export function startView(changes: Partial<WebOptions> = {}): Promise<WebServer> {
  const document = (): StatusDocument => statusDocument([]);
  return startWeb({
    host: '127.0.0.1', port: 0, site: demoSite, clock: new SystemClock(20), log: silentLog,
    dataFolder: '', document, metrics: () => 'lukou_up 1\n', ...changes,
  });
}
