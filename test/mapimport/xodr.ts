/** A four-arm OpenDRIVE junction, written out piece by piece; right-hand traffic. */
export interface Piece {
  readonly lengthM: number;
  /** Curvature at the start and at the end of the piece. */
  readonly from: number;
  readonly to: number;
}
interface Pose {
  readonly x: number;
  readonly y: number;
  readonly hdg: number;
}

/** Integrates a piece in small steps: not the way the importer does it. */
export function walk(start: Pose, { lengthM, from, to }: Piece): Pose {
  const steps = Math.ceil(lengthM * 100);
  const ds = lengthM / steps;
  let { x, y, hdg } = start;
  for (let step = 0; step < steps; step++) {
    const curvature = from + ((to - from) * (step + 0.5)) / steps;
    x += ds * Math.cos(hdg + (curvature * ds) / 2);
    y += ds * Math.sin(hdg + (curvature * ds) / 2);
    hdg += curvature * ds;
  }
  return { x, y, hdg };
}

const shapeOf = ({ from, to }: Piece): string => {
  if (from === 0 && to === 0) return '<line/>';
  return from === to ? `<arc curvature="${from}"/>` : `<spiral curvStart="${from}" curvEnd="${to}"/>`;
};

/** Plan view whose end, not whose start, is given. */
function planViewTo(end: Pose, pieces: readonly Piece[]): { xml: string; lengthM: number } {
  const free = pieces.reduce(walk, { x: 0, y: 0, hdg: 0 });
  const turn = end.hdg - free.hdg;
  let at: Pose = {
    x: end.x - free.x * Math.cos(turn) + free.y * Math.sin(turn),
    y: end.y - free.x * Math.sin(turn) - free.y * Math.cos(turn), hdg: turn,
  };
  let s = 0;
  const rows = pieces.map((piece) => {
    const row = `<geometry s="${s}" x="${at.x}" y="${at.y}" hdg="${at.hdg}" length="${piece.lengthM}">`
      + `${shapeOf(piece)}</geometry>`;
    s += piece.lengthM;
    at = walk(at, piece);
    return row;
  });
  return { xml: `<planView>${rows.join('')}</planView>`, lengthM: s };
}

const lane = (id: number, type: string, widthM: number, link = ''): string =>
  `<lane id="${id}" type="${type}" level="false"><link>${link}</link>`
  + `<width sOffset="0" a="${widthM}" b="0" c="0" d="0"/></lane>`;
const both = (id: number): string => `<predecessor id="${id}"/><successor id="${id}"/>`;
export const W = 3.5;

/** Directions of travel of the four approaches: from west, south, east and north. */
const headings = [0, Math.PI / 2, Math.PI, -Math.PI / 2] as const;
const STOP_M = 20;
export const armPieces: readonly (readonly Piece[])[] = [
  [{ lengthM: 60, from: 0, to: 0 }, { lengthM: 40, from: 0, to: 0.006 }, { lengthM: 30, from: 0.006, to: 0.006 },
    { lengthM: 40, from: 0.006, to: 0 }, { lengthM: 25, from: 0, to: 0 }],
  [{ lengthM: 150, from: 0, to: 0 }],
  [{ lengthM: 80, from: -0.004, to: -0.004 }, { lengthM: 60, from: 0, to: 0 }],
  [{ lengthM: 120, from: 0, to: 0 }],
];

const endOf = (arm: number): Pose => {
  const hdg = headings[arm]!;
  return { x: -STOP_M * Math.cos(hdg), y: -STOP_M * Math.sin(hdg), hdg };
};

/** Two lane sections on every arm; the first arm has a cycle lane, a pavement and a crosswalk. */
function armRoad(arm: number): string {
  const { xml, lengthM } = planViewTo(endOf(arm), armPieces[arm]!);
  const right = (first: boolean): string => [
    lane(-1, 'driving', W, first ? '<successor id="-1"/>' : '<predecessor id="-1"/>'),
    lane(-2, 'driving', W, first ? '<successor id="-2"/>' : '<predecessor id="-2"/>'),
    ...(arm === 0 ? [lane(-3, 'biking', 2, both(-3)), lane(-4, 'sidewalk', 2)] : []),
  ].join('');
  const left = [lane(2, 'driving', W, both(2)), lane(1, 'driving', W, both(1))].join('');
  const section = (s: number, first: boolean): string =>
    `<laneSection s="${s}"><left>${left}</left><center><lane id="0" type="none"/></center>`
    + `<right>${right(first)}</right></laneSection>`;
  const crosswalk = '<objects><object id="1" type="crosswalk" s="192" t="0" hdg="0"><outline>'
    + '<cornerLocal u="-2" v="-9"/><cornerLocal u="2" v="-9"/><cornerLocal u="2" v="9"/><cornerLocal u="-2" v="9"/>'
    + '</outline></object><object id="2" type="tree" s="10" t="12"/></objects>';
  return `<road id="${arm + 1}" junction="-1" length="${lengthM}"><link>`
    + '<successor elementType="junction" elementId="100"/></link>'
    + `<type s="0" type="town"><speed max="60" unit="km/h"/></type>${xml}`
    + `<lanes>${section(0, true)}${section(lengthM / 2, false)}</lanes>`
    + `${arm === 0 ? crosswalk : ''}`
    + `<signals><signal id="${arm}" s="${lengthM}" t="-4" dynamic="yes" type="1000001"/></signals></road>`;
}

/** A place beside the reference line at the junction's edge. */
const beside = ({ x, y, hdg }: Pose, t: number): Pose =>
  ({ x: x - t * Math.sin(hdg), y: y + t * Math.cos(hdg), hdg });

export interface Way {
  readonly from: number;
  readonly lane: number;
  readonly to: number;
  readonly toLane: number;
  readonly turn: 'straight' | 'left' | 'right';
}
/** From each arm: left and straight from the inner lane, straight and right from the outer. */
export const ways: readonly Way[] = [0, 1, 2, 3].flatMap((from): Way[] => [
  { from, lane: -1, to: (from + 3) % 4, toLane: 1, turn: 'left' },
  { from, lane: -1, to: (from + 2) % 4, toLane: 1, turn: 'straight' },
  { from, lane: -2, to: (from + 2) % 4, toLane: 2, turn: 'straight' },
  { from, lane: -2, to: (from + 1) % 4, toLane: 2, turn: 'right' },
]);

/** A connecting road whose only lane has its middle on the reference line. */
function wayRoad(way: Way, index: number): string {
  const start = beside(endOf(way.from), (way.lane + 0.5) * W);
  const end = beside(endOf(way.to), (way.toLane - 0.5) * W);
  const [dx, dy] = [end.x - start.x, end.y - start.y];
  const chordM = Math.hypot(dx, dy);
  const radius = chordM / Math.SQRT2;
  const lengthM = way.turn === 'straight' ? chordM : (radius * Math.PI) / 2;
  const sign = way.turn === 'left' ? 1 : -1;
  const t = 1.6568 * radius;
  const row = (name: string, b: number, c: number, d: number): string =>
    `a${name}="0" b${name}="${b}" c${name}="${c}" d${name}="${d}"`;
  const poly = `<paramPoly3 pRange="normalized" ${row('U', t, 3 * radius - 2 * t, t - 2 * radius)} `
    + `${row('V', 0, sign * (3 * radius - t), sign * (t - 2 * radius))}/>`;
  const turned = way.turn === 'left' && way.from % 2 === 0 ? poly : `<arc curvature="${sign / radius}"/>`;
  const shape = way.turn === 'straight' ? '<line/>' : turned;
  return `<road id="${200 + index}" junction="100" length="${lengthM}"><link>`
    + `<predecessor elementType="road" elementId="${way.from + 1}" contactPoint="end"/>`
    + `<successor elementType="road" elementId="${way.to + 1}" contactPoint="end"/></link>`
    + `<planView><geometry s="0" x="${start.x}" y="${start.y}" hdg="${start.hdg}" length="${lengthM}">${shape}`
    + '</geometry></planView>'
    + `<lanes><laneOffset s="0" a="${W / 2}" b="0" c="0" d="0"/><laneSection s="0">`
    + '<center><lane id="0" type="none"/></center><right>'
    + lane(-1, 'driving', W, `<predecessor id="${way.lane}"/><successor id="${way.toLane}"/>`)
    + '</right></laneSection></lanes></road>';
}

const GEO = '+proj=tmerc +lat_0=31 +lon_0=121 +k=1 +x_0=0 +y_0=0 +datum=WGS84 +units=m +no_defs';

/** The whole file. */
export function xodrJunction(geo = GEO, more = ''): string {
  const connections = ways.map((way, index) =>
    `<connection id="${index}" incomingRoad="${way.from + 1}" connectingRoad="${200 + index}" contactPoint="start">`
    + `<laneLink from="${way.lane}" to="-1"/></connection>`).join('');
  return '<?xml version="1.0" standalone="yes"?>\n<!-- written for tests -->\n<OpenDRIVE>'
    + `<header revMajor="1" revMinor="7" name="four arms"><geoReference><![CDATA[${geo}]]></geoReference>`
    + '<offset x="16000" y="31500" z="12.3" hdg="0"/></header>'
    + [0, 1, 2, 3].map(armRoad).join('\n')
    + ways.map(wayRoad).join('\n')
    + `<junction id="100" name="Cross &amp; Co">${connections}</junction>${more}</OpenDRIVE>\n`;
}
