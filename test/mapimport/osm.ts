/** A Lanelet2 junction of three arms, written out: two lanes in, one out, crosswalk, lamps. */
const LAT = 31.28;
const LON = 121.17;
const M_PER_DEG_LAT = 110_867.3;
const M_PER_DEG_LON = 95_184.6;

interface Arm {
  /** Direction away from the junction, radians counter-clockwise from east. */
  readonly out: number;
  readonly inLanes: number;
}
export const osmArms: readonly Arm[] = [
  { out: 0, inLanes: 2 }, { out: Math.PI, inLanes: 2 }, { out: -Math.PI / 2, inLanes: 1 },
];
const W = 3.4;
const STOP_M = 14;
const FAR_M = 120;

/** Writes points, bounds and lanelets; equal points share a number. */
class Writer {
  readonly #nodes: string[] = [];
  readonly #ways: string[] = [];
  readonly #relations: string[] = [];
  readonly #known = new Map<string, number>();
  #next = 1;

  point(x: number, y: number): number {
    const key = `${x.toFixed(3)} ${y.toFixed(3)}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const id = this.#next++;
    this.#known.set(key, id);
    const [lat, lon] = [LAT + y / M_PER_DEG_LAT, LON + x / M_PER_DEG_LON];
    this.#nodes.push(`<node id="${id}" lat="${lat.toFixed(9)}" lon="${lon.toFixed(9)}"/>`);
    return id;
  }

  way(line: readonly (readonly [number, number])[], tags = ''): number {
    const id = this.#next++;
    const refs = line.map(([x, y]) => `<nd ref="${this.point(x, y)}"/>`).join('');
    this.#ways.push(`<way id="${id}">${refs}${tags}</way>`);
    return id;
  }

  relation(members: string, tags: Readonly<Record<string, string>>): number {
    const id = this.#next++;
    const rows = Object.entries(tags).map(([k, v]) => `<tag k="${k}" v="${v}"/>`).join('');
    this.#relations.push(`<relation id="${id}">${members}${rows}</relation>`);
    return id;
  }

  get text(): string {
    return `<osm version="0.6" generator="by hand">${[...this.#nodes, ...this.#ways, ...this.#relations].join('\n')}</osm>`;
  }
}

type XY = readonly [number, number];
const member = (role: string, id: number): string => `<member type="way" ref="${id}" role="${role}"/>`;

/** Bounds of a straight lane from one cross-section to another, `t` to the left of travel. */
export function osmJunction(withTurns: boolean): string {
  const w = new Writer();
  const at = ({ out }: Arm, alongM: number, leftM: number): XY => [
    alongM * Math.cos(out) - leftM * Math.sin(out), alongM * Math.sin(out) + leftM * Math.cos(out),
  ];
  /** Edges of a lane at the stop line, left first along travel; `lane` from the middle, 0 first. */
  const inEdges = (arm: Arm, lane: number, m: number): [XY, XY] =>
    [at(arm, m, lane * W), at(arm, m, (lane + 1) * W)];
  const outEdges = (arm: Arm, m: number): [XY, XY] => [at(arm, m, 0), at(arm, m, -W)];
  const lanelet = (left: readonly XY[], right: readonly XY[], tags: Record<string, string>, flip = false): void => {
    // A bound may be drawn against travel: the reader must turn it.
    const [a, b] = [w.way(flip ? [...left].reverse() : left), w.way(right)];
    w.relation(member('left', a) + member('right', b), { type: 'lanelet', subtype: 'road', ...tags });
  };
  for (const [index, arm] of osmArms.entries()) {
    for (let lane = 0; lane < arm.inLanes; lane++) {
      const [[l0, r0], [l1, r1]] = [inEdges(arm, lane, FAR_M), inEdges(arm, lane, STOP_M)];
      lanelet([l0, l1], [r0, r1], { speed_limit: '50' }, index === 1);
    }
    const [[l0, r0], [l1, r1]] = [outEdges(arm, STOP_M), outEdges(arm, FAR_M)];
    lanelet([l0, l1], [r0, r1], { speed_limit: '50 km/h' });
  }
  const wayAcross = (from: number, lane: number, to: number, turn: string): void => {
    const [[l0, r0], [l1, r1]] = [inEdges(osmArms[from]!, lane, STOP_M), outEdges(osmArms[to]!, STOP_M)];
    const corner = (a: XY, b: XY): XY => {
      const [dir, end] = [osmArms[from]!.out, osmArms[to]!.out];
      // Where the two edges' lines meet, halfway drawn in: a bend of three points.
      const cross = Math.cos(dir) * Math.sin(end) - Math.sin(dir) * Math.cos(end);
      if (Math.abs(cross) < 1e-6) return [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2];
      const t = ((b[0] - a[0]) * Math.sin(end) - (b[1] - a[1]) * Math.cos(end)) / cross;
      const meet: XY = [a[0] + t * Math.cos(dir), a[1] + t * Math.sin(dir)];
      return [(meet[0] * 2 + a[0] + b[0]) / 4, (meet[1] * 2 + a[1] + b[1]) / 4];
    };
    lanelet([l0, corner(l0, l1), l1], [r0, corner(r0, r1), r1], withTurns ? { turn_direction: turn } : {});
  };
  wayAcross(0, 0, 2, 'left');
  wayAcross(0, 1, 1, 'straight');
  wayAcross(1, 0, 0, 'straight');
  wayAcross(1, 1, 2, 'right');
  wayAcross(2, 0, 1, 'left');
  wayAcross(2, 0, 0, 'right');
  const south = osmArms[2]!;
  w.relation(
    member('left', w.way([at(south, 10, -W - 1), at(south, 10, W + 1)]))
      + member('right', w.way([at(south, 7, -W - 1), at(south, 7, W + 1)])),
    { type: 'lanelet', subtype: 'crosswalk' });
  const lamp = w.way([at(south, -STOP_M, 0), at(south, -STOP_M, 1)]);
  w.relation(member('refers', lamp), { type: 'regulatory_element', subtype: 'traffic_light' });
  w.relation(member('ref_line', lamp), { type: 'regulatory_element', subtype: 'right_of_way' });
  return w.text;
}
