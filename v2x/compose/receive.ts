/** Received messages → self-reports, and back for the simulator; what of them may be kept. */
import { siteFrame } from '../../src/base/geodesy.ts';
import type { SiteFrame } from '../../src/base/geodesy.ts';
import { headingRadToNorthDeg, degToRad, wrapRad } from '../../src/base/units.ts';
import type { RoadUserClass } from '../../src/model/roaduser.ts';
import type { Pseudonym, ReportMiss, SelfReport, SelfReportCodec } from '../../src/model/selfreport.ts';
import type { Site } from '../../src/model/site.ts';
import { UperError, codecFor } from '../codec.ts';
import type { FrameCodec, ProfileName } from '../codec.ts';
import { headingBoundDeg, positionBoundM, speedBoundMps } from './confidence.ts';
import { airOffset, airPosition } from './position.ts';
import type { BasicSafetyMessage } from '../schemas/bsm.ts';
import type { MessageFrame } from '../schemas/frame.ts';
import type { PersonalSafetyMessage } from '../schemas/psm.ts';
import type { VehIntentionAndRequest } from '../schemas/vir.ts';

const UNKNOWN_LAT = 900_000_001;
const UNKNOWN_LONG = 1_800_000_001;
const UNKNOWN_SPEED = 8191;
const UNKNOWN_HEADING = 28_800;
/** 95 % radius of a circle over the deviation of each part, and of one number. */
const CIRCLE_95 = 2.4477;
const NORMAL_95 = 1.96;

/** The message set that reads all of a family: phase 2 holds phase 1. */
const readers: Readonly<Record<ProfileName, ProfileName>> = { A: 'P2', P2: 'P2', B: 'D2', D2: 'D2' };
/** Sets of other regions have no reader here; what comes is read as the default's. */
const readerOf = (profile: string): FrameCodec => codecFor(readers[profile as ProfileName] ?? 'P2');

const known = (value: number, unknown: number): number | null => (value === unknown ? null : value);

/** Class of a vehicle by the tens of its basic class. */
function classOf(basic: number): RoadUserClass {
  if (basic === 20 || basic === 21) return 'van';
  if (basic === 82 || basic === 83 || basic === 84 || basic === 86) return 'pedestrian';
  if (basic === 85) return 'bicycle';
  const tens: Readonly<Record<number, RoadUserClass>> = {
    1: 'car', 2: 'truck', 3: 'truck', 4: 'motorcycle', 5: 'bus', 6: 'car', 8: 'pedestrian',
  };
  return tens[Math.floor(basic / 10)] ?? 'unknown';
}
const basicOf: Readonly<Record<RoadUserClass, number>> = {
  unknown: 0, car: 10, van: 20, truck: 25, bus: 50, motorcycle: 40, bicycle: 85, pedestrian: 82,
};
const userTypes: Readonly<Record<string, RoadUserClass>> = {
  aPEDESTRIAN: 'pedestrian', aPEDALCYCLIST: 'bicycle', aROADWORKER: 'pedestrian',
};

/** The messages of the extension frame that are self-reports. */
interface Extensions {
  readonly PersonalSafetyMessage?: PersonalSafetyMessage;
  readonly VehIntentionAndRequest?: VehIntentionAndRequest;
}

interface Pose {
  readonly lat: number;
  readonly long: number;
  readonly sigmaM: number | null;
  readonly speed: number;
  readonly heading: number;
  readonly speedCfd: string | undefined;
  readonly headingCfd: string | undefined;
}

/** Deviation by the ellipse, whose axes are deviations, else by the class of the 95 % radius. */
function sigmaOf(
  accuracy: { readonly semiMajor: number } | undefined, confidence: string | undefined,
): number | null {
  if (accuracy && accuracy.semiMajor < 254) return accuracy.semiMajor * 0.05;
  const boundM = confidence === undefined ? null : positionBoundM(confidence);
  return boundM === null ? null : boundM / CIRCLE_95;
}

const bounded = (bound: number | null): number | null => (bound === null ? null : bound / NORMAL_95);

class Codec implements SelfReportCodec {
  readonly #frame: SiteFrame;
  readonly #heightM: number;
  readonly #profile: string;
  readonly #pseudonym: Pseudonym;

  constructor(site: Site, pseudonym: Pseudonym) {
    this.#frame = siteFrame(site.frame.reference);
    this.#heightM = site.frame.reference.heightM;
    this.#profile = site.profile;
    this.#pseudonym = pseudonym;
  }

  /** Compiled when the first message comes: most sites have no receiver. */
  get #codec(): FrameCodec {
    return readerOf(this.#profile);
  }

  read(bytes: Uint8Array): SelfReport | ReportMiss {
    let frame: MessageFrame;
    try {
      ({ frame } = this.#codec.decode(bytes));
    } catch (thrown) {
      if (thrown instanceof UperError) return 'unreadable';
      throw thrown;
    }
    if ('bsmFrame' in frame) return this.#vehicle(frame.bsmFrame);
    if (!('msgFrameExt' in frame)) return 'other';
    const value = frame.msgFrameExt.value as Extensions;
    if (value.PersonalSafetyMessage) return this.#person(value.PersonalSafetyMessage);
    if (value.VehIntentionAndRequest) return this.#intention(value.VehIntentionAndRequest);
    return 'other';
  }

  #report(
    from: { readonly msgCnt: number; readonly id: string; readonly secMark: number },
    kind: SelfReport['kind'], pose: Pose,
  ): Omit<SelfReport, 'lengthM' | 'widthM' | 'heightM' | 'cls'> | null {
    if (pose.lat === UNKNOWN_LAT || pose.long === UNKNOWN_LONG) return null;
    const { eastM, northM } = this.#frame.toSite({
      latDeg: pose.lat / 1e7, lonDeg: pose.long / 1e7, heightM: this.#heightM,
    });
    const speed = known(pose.speed, UNKNOWN_SPEED);
    const heading = known(pose.heading, UNKNOWN_HEADING);
    return {
      kind,
      senderId: this.#pseudonym(from.id),
      sequence: from.msgCnt,
      msInMinute: from.secMark < 60_000 ? from.secMark : null,
      eastM,
      northM,
      sigmaM: pose.sigmaM,
      speedMps: speed === null ? null : speed * 0.02,
      speedSigmaMps: bounded(speedBoundMps(pose.speedCfd ?? '')),
      headingRad: heading === null ? null : wrapRad(degToRad(90 - heading * 0.0125)),
      headingSigmaRad: bounded(radians(headingBoundDeg(pose.headingCfd ?? ''))),
    };
  }

  #vehicle(bsm: BasicSafetyMessage): SelfReport | ReportMiss {
    const { lat, long } = bsm.pos;
    const sigmaM = sigmaOf(bsm.posAccuracy, bsm.posConfidence?.pos);
    const { speed, heading, motionCfd, size } = bsm;
    const { speedCfd, headingCfd } = motionCfd ?? {};
    const pose = { lat, long, sigmaM, speed, heading, speedCfd, headingCfd };
    const report = this.#report(bsm, 'state', pose);
    return report === null ? 'placeless' : {
      ...report,
      lengthM: size.length === 0 ? null : size.length / 100,
      widthM: size.width === 0 ? null : size.width / 100,
      heightM: size.height ? size.height * 0.05 : null,
      cls: classOf(bsm.vehicleClass.classification),
    };
  }

  #person(psm: PersonalSafetyMessage): SelfReport | ReportMiss {
    const { lat, long } = psm.pos;
    const sigmaM = sigmaOf(psm.posAccuracy, undefined);
    const { speed, heading } = psm;
    const unsaid = { speedCfd: undefined, headingCfd: undefined };
    const pose = { lat, long, sigmaM, speed, heading, ...unsaid };
    const report = this.#report(psm, 'state', pose);
    return report === null ? 'placeless' : {
      ...report, ...noSize, cls: userTypes[psm['non-motorData'].basicType] ?? 'unknown',
    };
  }

  #intention(vir: VehIntentionAndRequest): SelfReport | ReportMiss {
    const at = vir.intAndReq.currentPos;
    if (!at) return 'placeless';
    const [form, offset] = Object.entries(at.pos.offsetLL)[0] as [
      string, { readonly lon: number; readonly lat: number },
    ];
    const base = form === 'position-LatLon' ? { lat: 0, long: 0 } : vir.refPos;
    const report = this.#report(vir, 'intention', {
      lat: base.lat + offset.lat,
      long: base.long + offset.lon,
      sigmaM: sigmaOf(undefined, at.posAccuracy?.pos),
      speed: at.speed ?? UNKNOWN_SPEED,
      heading: at.heading ?? UNKNOWN_HEADING,
      speedCfd: at.speedCfd,
      headingCfd: at.headingCfd,
    });
    return report === null ? 'placeless' : { ...report, ...noSize, cls: 'unknown' };
  }

  write(report: SelfReport): Uint8Array {
    const person = report.cls === 'pedestrian' || report.cls === 'bicycle';
    const { eastM, northM } = report;
    const place = this.#frame.toGeodetic({ eastM, northM, upM: 0 });
    const { lat, long } = airPosition(place);
    const common = {
      msgCnt: report.sequence, id: report.senderId, secMark: report.msInMinute ?? 65_535,
    };
    const motion = {
      speed: report.speedMps === null ? UNKNOWN_SPEED : Math.round(report.speedMps / 0.02),
      heading: headingOnAir(report.headingRad),
    };
    const semiMajor = report.sigmaM === null ? 255 : Math.min(Math.round(report.sigmaM / 0.05), 254);
    const posAccuracy = { semiMajor, semiMinor: semiMajor, orientation: 65_535 };
    if (report.kind === 'intention') {
      const pos = airOffset(place, { lat, long, elevation: -4096 });
      const intAndReq = { currentPos: { pos, ...motion } };
      return this.#ext('VehIntentionAndRequest', 13, { ...common, refPos: { lat, long }, intAndReq });
    }
    if (person) {
      const basicType = report.cls === 'pedestrian' ? 'aPEDESTRIAN' : 'aPEDALCYCLIST';
      const body = { ...common, pos: { lat, long }, posAccuracy, ...motion };
      return this.#ext('PersonalSafetyMessage', 15, {
        ...body, overallRadius: 5, 'non-motorData': { basicType },
      });
    }
    const centimetres = (m: number | null, max: number): number =>
      Math.min(Math.round((m ?? 0) * 100), max);
    return this.#codec.encode({
      bsmFrame: {
        ...common, pos: { lat, long }, posAccuracy, transmission: 'unavailable', ...motion,
        accelSet: { long: 2001, lat: 2001, vert: -127, yaw: 0 },
        brakes: {},
        size: { width: centimetres(report.widthM, 1023), length: centimetres(report.lengthM, 4095) },
        vehicleClass: { classification: basicOf[report.cls] },
      },
    } as never);
  }

  #ext(name: string, messageId: number, value: object): Uint8Array {
    return this.#codec.encode({ msgFrameExt: { messageId, value: { [name]: value } } } as never);
  }
}

const noSize = { lengthM: null, widthM: null, heightM: null } as const;
const radians = (deg: number | null): number | null => (deg === null ? null : degToRad(deg));
const headingOnAir = (rad: number | null): number =>
  rad === null ? UNKNOWN_HEADING : Math.round(headingRadToNorthDeg(rad) / 0.0125) % 28_800;

const asItIs: Pseudonym = (id) => id;

/** The codec of a site. Ids are handed on through `pseudonym`; a recording holds such ones already. */
export const createSelfReportCodec = (site: Site, pseudonym = asItIs): SelfReportCodec =>
  new Codec(site, pseudonym);

/**
 * What of a received message may be kept: ids are pseudonyms, and what tells of a person beyond
 * what the box uses (way behind and ahead, requests, handicaps) is left out. Of a message that is
 * no self-report nothing is kept but its first octet, which tells its kind.
 */
export function keptOf(site: Site, bytes: Uint8Array, pseudonym: Pseudonym): Uint8Array {
  const codec = readerOf(site.profile);
  try {
    const { frame } = codec.decode(bytes);
    if ('bsmFrame' in frame) {
      const { safetyExt: _ext, emergencyExt: _emergency, ...bsm } = frame.bsmFrame;
      return codec.encode({ bsmFrame: { ...bsm, id: pseudonym(bsm.id) } });
    }
    if (!('msgFrameExt' in frame)) return bytes.slice(0, 1);
    const { msgFrameExt } = frame;
    const value = keptExtension(msgFrameExt.value as Extensions, pseudonym);
    if (value === null) return bytes.slice(0, 1);
    return codec.encode({ msgFrameExt: { ...msgFrameExt, value } } as MessageFrame);
  } catch (thrown) {
    // What we cannot read we cannot clean.
    if (thrown instanceof UperError) return bytes.slice(0, 1);
    throw thrown;
  }
}

function keptExtension(value: Extensions, pseudonym: Pseudonym): object | null {
  if (value.PersonalSafetyMessage) {
    const psm = value.PersonalSafetyMessage;
    const { pathHistory: _history, 'path-Planning': _plan, ...rest } = psm;
    const { basicType } = psm['non-motorData'];
    const kept = { ...rest, id: pseudonym(psm.id), 'non-motorData': { basicType } };
    return { PersonalSafetyMessage: kept };
  }
  const vir = value.VehIntentionAndRequest;
  if (!vir) return null;
  const { currentPos } = vir.intAndReq;
  const intAndReq = currentPos ? { currentPos } : {};
  return { VehIntentionAndRequest: { ...vir, id: pseudonym(vir.id), intAndReq } };
}
