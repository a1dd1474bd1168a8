/** Colours of road users: the same in light and dark, and none of them a lamp's. */
export const classColours: Readonly<Record<string, string>> = {
  car: '#2f7bf0',
  van: '#0ea5c6',
  truck: '#8257e6',
  bus: '#d03fc4',
  motorcycle: '#a8591a',
  bicycle: '#0f9b84',
  pedestrian: '#f0741e',
  unknown: '#7b8794',
};
export const classColour = (cls: string): string => classColours[cls] ?? '#7b8794';

/** Colours of lamps. */
const lampColours: Readonly<Record<string, string>> = {
  red: '#e02d2d',
  yellow: '#f5c518',
  green: '#1fae54',
  'red-yellow': '#f08a1d',
  dark: '#3a424d',
  unknown: '#8a94a0',
};
export const lampColour = (colour: string): string => lampColours[colour] ?? '#8a94a0';

/** What the ground is painted with. */
export interface Ground {
  readonly land: string;
  readonly asphalt: string;
  readonly marking: string;
  readonly nonMotor: string;
  readonly busLane: string;
  readonly stopLine: string;
  readonly zebra: string;
  readonly arrow: string;
  readonly view: string;
  readonly viewEdge: string;
  readonly sensor: string;
  readonly ink: string;
  readonly faint: string;
  readonly halo: string;
}

const light: Ground = {
  land: '#eef1ec',
  asphalt: '#c9cfd6',
  marking: '#f4f6f8',
  nonMotor: '#c3d3cb',
  busLane: '#d8cbbf',
  stopLine: '#ffffff',
  zebra: '#f7f9fa',
  arrow: 'rgba(255,255,255,0.9)',
  view: 'rgba(37,99,235,0.07)',
  viewEdge: 'rgba(37,99,235,0.45)',
  sensor: '#1e40af',
  ink: '#17202b',
  faint: '#5b6672',
  halo: 'rgba(255,255,255,0.92)',
};

const dark: Ground = {
  land: '#12171d',
  asphalt: '#2b333d',
  marking: '#49535f',
  nonMotor: '#28403a',
  busLane: '#40362c',
  stopLine: '#d5dbe1',
  zebra: '#5b6672',
  arrow: 'rgba(213,219,225,0.5)',
  view: 'rgba(96,165,250,0.08)',
  viewEdge: 'rgba(96,165,250,0.5)',
  sensor: '#93c5fd',
  ink: '#e8edf2',
  faint: '#9aa5b1',
  halo: 'rgba(18,23,29,0.88)',
};

/** The ground's colours for the system's scheme. */
export const groundColours = (isDark: boolean): Ground => (isDark ? dark : light);
