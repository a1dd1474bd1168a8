export { evaluate } from './evaluate.ts';
export type { Score, ScoreOptions } from './evaluate.ts';
export { parseScoreRow, readScoreRows, RowError } from './rows.ts';
export type { ScoreRow } from './rows.ts';
