import type { Coverage } from './model/coverage.ts';
import { capabilities } from './model/health.ts';
import type { Capability, HealthCheck, HealthLevel } from './model/health.ts';
import type { Site } from './model/site.ts';
import type { GateView } from './pipeline.ts';

/** What the box can do for others now, and which leaf checks it hangs on. */
export interface CapabilityHealth {
  readonly capability: Capability;
  readonly level: HealthLevel;
  /** Names of the checks that hold it back. */
  readonly because: readonly string[];
}

/** What the graph is computed from. */
export interface HealthInput {
  readonly site: Site;
  readonly checks: readonly HealthCheck[];
  readonly gate: readonly GateView[];
  readonly coverage: Coverage | null;
}

const worse = (a: HealthLevel, b: HealthLevel): HealthLevel => {
  const order: readonly HealthLevel[] = ['ok', 'unknown', 'degraded', 'failed'];
  return order.indexOf(a) >= order.indexOf(b) ? a : b;
};

/** Leaf checks → capabilities. A capability is as good as what it cannot do without. */
export function capabilityHealth(input: HealthInput): readonly CapabilityHealth[] {
  return capabilities.map((capability) => judge(capability, input));
}

function judge(capability: Capability, input: HealthInput): CapabilityHealth {
  const because: string[] = [];
  let level: HealthLevel = 'ok';
  const hold = (name: string, found: HealthLevel): void => {
    if (found === 'ok') return;
    level = worse(level, found);
    because.push(name);
  };
  const leaves = (prefix: string): readonly HealthCheck[] =>
    input.checks.filter(({ name }) => name.startsWith(prefix));
  const all = (prefix: string): void => {
    for (const check of leaves(prefix)) hold(check.name, check.level);
  };
  /** One of several is enough; losing some degrades. */
  const any = (prefix: string): void => {
    const found = leaves(prefix);
    const bad = found.filter((check) => check.level !== 'ok');
    if (found.length > 0 && bad.length === found.length) hold(prefix.slice(0, -1), 'failed');
    else for (const check of bad) hold(check.name, 'degraded');
  };
  if (capability !== 'city') any('rsu:');
  switch (capability) {
    case 'spat':
      all('controller:');
      for (const { node, level: gate } of input.gate) {
        if (gate !== 'valid') hold(`gate:${node}`, gate === 'colour-only' ? 'degraded' : 'failed');
      }
      all('commission');
      hold('clock', leaves('clock')[0]?.level ?? 'unknown');
      break;
    case 'map':
      break;
    case 'rsm': {
      any('sensor:');
      const seen = input.coverage?.zones.some((zone) => zone.sensors.length > 0) ?? false;
      if (!seen) hold('coverage', 'failed');
      all('child');
      break;
    }
    case 'rsi':
      any('sensor:');
      all('child');
      break;
    case 'city':
      all('cloud:');
      all('store');
      break;
  }
  return { capability, level, because };
}
