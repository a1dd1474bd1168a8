/** Colours of a drawn map; turns are told apart without red and green. */
import type { Manoeuvre, RoadLane } from '../model/road.ts';

const lanes: Readonly<Record<RoadLane['kind'], string>> = {
  motor: '#5b6470',
  bus: '#8a5a2b',
  'non-motor': '#3f7d58',
  'waiting-area': '#7d8794',
  crosswalk: '#9aa3ad',
  sidewalk: '#b7bec7',
};
const turns: Readonly<Record<Manoeuvre, string>> = {
  straight: '#0b63c4',
  left: '#c2410c',
  right: '#6d28d9',
  'u-turn': '#9f1239',
};

export const paint = {
  ground: '#eef1ee',
  node: '#a3abb2',
  ink: '#1b2733',
  edge: '#f8fafc',
  closed: '#b8a9a9',
  closedTurn: '#8b8f96',
  crossing: '#fdfdfd',
  stop: '#ffffff',
  number: '#f8fafc',
  link: '#e8b004',
  kept: '#ffd60a',
  dropped: '#ff4d6d',
  message: '#d6009a',
  walk: '#0f766e',
  lanes,
  turns,
  words: { 'font-size': 12, 'text-anchor': 'middle', 'font-weight': 700 },
} as const;
