import type { AirSettings } from './air.ts';
import type { Text } from '../base/text.ts';
import type { RoadEventKind } from './event.ts';
import type { CloudId, ControllerId, NodeId, RsuId, SensorId } from './ids.ts';
import type { RoadUserClass } from './roaduser.ts';
import type { Road, RoadPoint } from './road.ts';
import type { SensingKind } from './track.ts';
import type { AirMessageType } from './message.ts';

/** Where bytes come in. Listeners bind to loopback unless told otherwise; `allow` lists sources. */
export type PortSettings =
  | {
      readonly transport: 'udp';
      /** Bound address and port; port 0 lets the system choose (tests). */
      readonly listenHost: string;
      readonly listenPort: number;
      readonly remoteHost: string | null;
      readonly remotePort: number | null;
      /** Name of the network interface to bind to; null for the address alone. */
      readonly interface: string | null;
      /** Source addresses that are heard, `address` or `address:port`; empty hears nobody. */
      readonly allow: readonly string[];
    }
  | {
      readonly transport: 'tcp';
      readonly role: 'client' | 'server';
      readonly host: string;
      readonly port: number;
      readonly interface: string | null;
      readonly allow: readonly string[];
    }
  /** `socketcan`: kernel interface. `slcan-serial`: path and baud. `slcan-tcp`: host and port. */
  | { readonly transport: 'can'; readonly bus: 'socketcan'; readonly interface: string }
  | { readonly transport: 'can'; readonly bus: 'slcan-serial'; readonly path: string; readonly baudRate: number; readonly bitrate: number }
  | { readonly transport: 'can'; readonly bus: 'slcan-tcp'; readonly host: string; readonly port: number; readonly bitrate: number }
  | { readonly transport: 'serial'; readonly path: string; readonly baudRate: number; readonly parity: 'none' | 'even' | 'odd'; readonly dataBits: 7 | 8; readonly stopBits: 1 | 2 }
  | { readonly transport: 'mqtt'; readonly url: string; readonly topics: readonly string[] }
  | { readonly transport: 'file'; readonly path: string };

/** Where a sensor hangs and looks, in the site frame. */
export interface SensorPose {
  readonly eastM: number;
  readonly northM: number;
  readonly upM: number;
  /** Radians counter-clockwise from east. */
  readonly headingRad: number;
  readonly pitchRad: number;
  readonly rollRad: number;
}

/** What a sensor can see: a sector of the ground plane, or an outline. */
export interface FieldOfView {
  readonly rangeMinM: number;
  readonly rangeMaxM: number;
  /** Half the opening angle, radians. */
  readonly halfAngleRad: number;
  readonly outline: readonly RoadPoint[] | null;
}

/** One sensor of the site. */
export interface SensorSettings {
  readonly id: SensorId;
  /** Kind of the driver in `drivers/index.ts`. */
  readonly driver: string;
  readonly sensing: SensingKind;
  readonly enabled: boolean;
  readonly pose: SensorPose;
  readonly fieldOfView: FieldOfView;
  /** Classes that it can tell and find. */
  readonly classes: readonly RoadUserClass[];
  /** Name of the port in `ports`. Several sensors may share one (a CAN bus). */
  readonly port: string;
  /** Nominal period between frames, ms. */
  readonly periodMs: number;
  /** From the instant measured to the last byte, ms; driver options may refine. */
  readonly latencyMs: number;
  /** Main sensors set the phase of the tick. */
  readonly main: boolean;
  /** The driver's own section, checked by its schema. */
  readonly options: Readonly<Record<string, unknown>>;
}

/** One signal controller of the site. */
export interface ControllerSettings {
  readonly id: ControllerId;
  readonly driver: string;
  readonly enabled: boolean;
  readonly port: string;
  readonly nodes: readonly NodeId[];
  readonly options: Readonly<Record<string, unknown>>;
}

/** One roadside unit. */
export interface RsuSettings {
  readonly id: RsuId;
  /**
   * `udp-raw`: UPER as it is. `udp-carrier`: behind the 18-octet header. `udp-forward`: immediate
   * forward text of RSU 4.1. `udp-perceptron`: a vendor's protobuf of road users. `mqtt-carrier`
   * and `mqtt-json`: through a broker, with the header or as T/ITS 0117 names it.
   */
  readonly link: RsuLinkKind;
  readonly host: string;
  readonly port: number;
  readonly interface: string | null;
  /** 8 ASCII characters for the carrier. */
  readonly unitSerial: string;
  readonly types: readonly AirMessageType[];
  /** Budget: frames and octets a second, minimum gap ms. */
  readonly framesPerS: number;
  readonly octetsPerS: number;
  readonly minGapMs: number;
  /** Of a link through a broker; null for its defaults. `host` and `port` are the broker's. */
  readonly mqtt: RsuMqttSettings | null;
  /** Of `udp-forward`; null for its defaults. */
  readonly forward: RsuForwardSettings | null;
}

/** Ways to a unit. */
export type RsuLinkKind =
  | 'udp-raw' | 'udp-carrier' | 'udp-forward' | 'udp-perceptron' | 'mqtt-carrier' | 'mqtt-json';

/** How a unit behind a broker is spoken to. */
export interface RsuMqttSettings {
  readonly tls: boolean;
  readonly username: string | null;
  /** Name of the environment variable that holds the password; null for none. */
  readonly passwordEnv: string | null;
  /** Topic towards the unit; `{type}` and `{rsu}` stand for the message type and the unit. */
  readonly topicDown: string;
  /** Topic of its acknowledgements. */
  readonly topicAck: string;
  /** How long an alert lives in the unit unless it is told again, s (`mqtt-json`). */
  readonly alertS: number;
  /** A count-down that is older than this goes without times, ms (`mqtt-json`). */
  readonly countdownMaxMs: number;
}

/** Lines of the immediate forward text that no message tells. */
export interface RsuForwardSettings {
  readonly txMode: 'CONT' | 'ALT';
  readonly txChannel: number;
  /** Whether the unit signs. */
  readonly signature: boolean;
}

/** One cloud. */
export interface CloudSettings {
  readonly id: CloudId;
  readonly url: string;
  readonly rscuSerial: string;
  readonly username: string | null;
  /** Name of the environment variable that holds the password; null for none. */
  readonly passwordEnv: string | null;
  readonly caFile: string | null;
  readonly certFile: string | null;
  readonly keyFile: string | null;
  /** How payloads go on the wire; the outbox and recordings hold JSON in any case. */
  readonly encoding: 'json' | 'protobuf';
  readonly liveHz: number;
  readonly runStatusS: number;
  /** The highest privacy class that leaves for this cloud. */
  readonly privacy: 'public' | 'pseudonymous' | 'personal';
}

/** An event of the site's own: an expression over one road user. */
export interface EventSettings {
  readonly id: string;
  readonly title: Text;
  readonly kind: RoadEventKind;
  /** In the language of `config/expression.ts`. */
  readonly when: string;
  readonly afterS: number;
  readonly graceS: number;
  readonly radiusM: number;
  readonly priority: number;
}

/** site.json with everything that it names, checked and frozen. */
export interface Site {
  readonly formatVersion: number;
  readonly revision: number;
  readonly id: string;
  readonly name: { readonly en: string; readonly zh: string };
  /** `demo` and `bench` refuse RSUs outside loopback (rule R25) and use region 0, node 0..255. */
  readonly mode: 'demo' | 'bench' | 'live';
  readonly box: string;
  readonly frame: {
    readonly datum: 'CGCS2000' | 'WGS-84';
    readonly epoch: number;
    readonly heightSystem: 'ellipsoid' | 'normal';
    readonly north: 'true' | 'grid';
    readonly reference: { readonly latDeg: number; readonly lonDeg: number; readonly heightM: number };
    /** Height of the ground over the reference point: a plane, metres per metre. */
    readonly ground: { readonly upM: number; readonly slopeEast: number; readonly slopeNorth: number };
    /** Six-digit division code and city code for the cloud; free text. */
    readonly divisionCode: string;
  };
  readonly profile: string;
  readonly ports: Readonly<Record<string, PortSettings>>;
  readonly sensors: readonly SensorSettings[];
  readonly controllers: readonly ControllerSettings[];
  readonly rsus: readonly RsuSettings[];
  readonly clouds: readonly CloudSettings[];
  readonly air: AirSettings;
  readonly events: readonly EventSettings[];
  readonly loop: {
    /** Fusion rate, Hz; RSM goes every `rsmEveryTicks`. */
    readonly rateHz: number;
    readonly rsmEveryTicks: number;
    readonly rewindMs: number;
    /** Whether the tick follows the slowest main sensor. */
    readonly phaseLock: boolean;
    /** Whether SPAT is made in the middle between two packets of the controller. */
    readonly signalPhaseLock: boolean;
    /** From the tick to the air, added to the valid instant, ms. */
    readonly sendDelayMs: number;
  };
  readonly web: { readonly host: string; readonly port: number };
  readonly dataFolder: string;
  readonly log: { readonly level: 'debug' | 'info' | 'warn' | 'error' };
  /** Where calendars of lane uses and speed limits are read, as IANA names it. */
  readonly timeZone: string;
  readonly timeSource: { readonly kind: 'system' | 'chrony'; readonly assumedErrorMs: number };
  readonly road: Road;
  /** SHA-256 over the canonical JSON of the whole site, and of its safety part. */
  readonly hash: string;
  readonly safetyHash: string;
}

/** Name and transport of every port of a site. */
export const portKinds = (
  site: Pick<Site, 'ports'>,
): readonly { readonly name: string; readonly transport: PortSettings['transport'] }[] =>
  Object.entries(site.ports).map(([name, { transport }]) => ({ name, transport }));
