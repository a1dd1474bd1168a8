/**
 * The one catalogue of texts that people meet (CLI, web, errors, handbook), in English and
 * Simplified Chinese. One file an area; add yours here.
 */
import type { Text } from '../text.ts';
import { checkTexts } from './check.ts';
import { demoTexts } from './demo.ts';
import { cliTexts } from './cli.ts';
import { counterTexts } from './counters.ts';
import { cityFaultTexts } from './city.ts';
import { commissionTexts } from './commission.ts';
import { daemonFaultTexts } from './daemon.ts';
import { driverFaultTexts } from './drivers.ts';
import { factTexts, faultTexts } from './faults.ts';
import { fusionTexts } from './fusion.ts';
import { gateSiteTexts, gateTexts } from './gate.ts';
import { gateShortTexts } from './gateshort.ts';
import { mapTexts } from './map.ts';
import { portFaultTexts } from './ports.ts';
import { recordingFaultTexts } from './recordings.ts';
import { runtimeTexts } from './runtime.ts';
import { rsuReceiveCounters, rsuReceiveHelp, selfReportTitles } from './selfreports.ts';
import { sensorTexts } from './sensors.ts';
import { signalTexts } from './signals.ts';
import { scoreFaultTexts } from './score.ts';
import { systemTexts } from './system.ts';
import { v2xTexts } from './v2x.ts';
import { webCounterTexts, webFaultTexts, webTexts } from './web.ts';

export const catalogue: Readonly<Record<string, Readonly<Record<string, Text>>>> = {
  check: checkTexts,
  demo: demoTexts,
  cli: cliTexts,
  commission: commissionTexts,
  counters: counterTexts,
  faults: faultTexts,
  facts: factTexts,
  system: systemTexts,
  score: scoreFaultTexts,
  map: mapTexts,
  ports: portFaultTexts,
  recordings: recordingFaultTexts,
  daemon: daemonFaultTexts,
  drivers: driverFaultTexts,
  city: cityFaultTexts,
  fusion: fusionTexts,
  gate: gateTexts,
  gateSite: gateSiteTexts,
  gateShort: gateShortTexts,
  runtime: runtimeTexts,
  ...sensorTexts,
  selfReportTitles,
  rsuReceiveCounters,
  rsuReceiveHelp,
  signals: signalTexts,
  v2x: v2xTexts,
  web: webTexts,
  webCounters: webCounterTexts,
  webFaults: webFaultTexts,
};
