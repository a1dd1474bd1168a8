import { assert } from '../src/base/assert.ts';

/** Candidate pairs as rows: columns and costs of row r lie in [start[r], start[r + 1]). */
export interface CandidateRows {
  readonly rows: number;
  readonly columns: number;
  readonly start: Int32Array;
  readonly column: Int32Array;
  readonly cost: Float64Array;
}

/** Working memory of the assignment, made once. */
export interface AssignMemory {
  readonly rowColumn: Int32Array;
  readonly columnRow: Int32Array;
  readonly rowPotential: Float64Array;
  readonly columnPotential: Float64Array;
  readonly distance: Float64Array;
  readonly parent: Int32Array;
  readonly state: Uint8Array;
  readonly touched: Int32Array;
  readonly settledRows: Int32Array;
  readonly rowDistance: Float64Array;
}

/** Memory for so many rows and columns. */
export function assignMemory(rows: number, columns: number): AssignMemory {
  return {
    rowColumn: new Int32Array(rows),
    columnRow: new Int32Array(columns),
    rowPotential: new Float64Array(rows),
    columnPotential: new Float64Array(columns),
    distance: new Float64Array(columns),
    parent: new Int32Array(columns),
    state: new Uint8Array(columns),
    touched: new Int32Array(columns),
    settledRows: new Int32Array(rows),
    rowDistance: new Float64Array(rows),
  };
}

/**
 * Pairs rows with columns at least total cost, where a row may stay alone for `missCost`.
 *
 * The search for a row's path walks candidate edges only, so it never leaves the row's connected
 * component; a lone pair costs one look. The result is in `memory.rowColumn` (−1 for none) and
 * `memory.columnRow`. Ties go to the pair that comes first, so equal input gives equal output.
 *
 * Error: exact (least total cost); costs must be finite.
 * Source: shortest augmenting paths, Jonker and Volgenant, Computing 38, 1987, on sparse rows.
 * Cost: no allocation; per row at most the square of its component.
 */
export function assignRows(candidates: CandidateRows, missCost: number,
  memory: AssignMemory): void {
  const { rows, columns, start, column, cost } = candidates;
  assert(memory.rowColumn.length >= rows && memory.columnRow.length >= columns,
    'memory is too small');
  memory.rowColumn.fill(-1, 0, rows);
  memory.columnRow.fill(-1, 0, columns);
  memory.columnPotential.fill(0, 0, columns);
  memory.state.fill(0, 0, columns);
  for (let row = 0; row < rows; row++) {
    let least = missCost;
    for (let edge = start[row]; edge < start[row + 1]; edge++) {
      const reduced = cost[edge] - memory.columnPotential[column[edge]];
      if (reduced < least) least = reduced;
    }
    memory.rowPotential[row] = least;
    if (start[row + 1] > start[row]) augment(candidates, missCost, memory, row);
  }
}

/** Finds the cheapest way to serve one more row, and shifts the pairs along it. */
function augment(candidates: CandidateRows, missCost: number, memory: AssignMemory,
  first: number): void {
  const { distance, columnRow, columnPotential, rowPotential, state, touched } = memory;
  let touchedCount = 0;
  let settled = 0;
  let row = first;
  let reached = 0;
  let best = Infinity;
  let bestRow = -1;
  let endColumn = -1;
  memory.settledRows[0] = first;
  memory.rowDistance[0] = 0;
  for (;;) {
    const giveUp = reached + missCost - rowPotential[row];
    if (giveUp < best) {
      best = giveUp;
      bestRow = row;
    }
    touchedCount = relax(candidates, memory, row, reached, touchedCount);
    let next = -1;
    let nearest = best;
    for (let index = 0; index < touchedCount; index++) {
      const column = touched[index];
      if (state[column] === 1 && distance[column] < nearest) {
        nearest = distance[column];
        next = column;
      }
    }
    if (next < 0) break;
    reached = nearest;
    if (columnRow[next] < 0) {
      best = reached;
      endColumn = next;
      break;
    }
    state[next] = 2;
    row = columnRow[next];
    settled++;
    memory.settledRows[settled] = row;
    memory.rowDistance[settled] = reached;
  }
  for (let index = 0; index <= settled; index++) {
    rowPotential[memory.settledRows[index]] += best - memory.rowDistance[index];
  }
  for (let index = 0; index < touchedCount; index++) {
    const column = touched[index];
    if (state[column] === 2) columnPotential[column] -= best - distance[column];
    state[column] = 0;
  }
  shift(memory, first, bestRow, endColumn);
}

/** Shortens the ways to the columns of one row. */
function relax(
  candidates: CandidateRows, memory: AssignMemory, row: number, reached: number, count: number,
): number {
  const { distance, columnPotential, rowPotential, state, touched, parent } = memory;
  let touchedCount = count;
  for (let edge = candidates.start[row]; edge < candidates.start[row + 1]; edge++) {
    const column = candidates.column[edge];
    if (state[column] === 2) continue;
    const way = reached + candidates.cost[edge] - rowPotential[row] - columnPotential[column];
    if (state[column] === 0) {
      state[column] = 1;
      touched[touchedCount++] = column;
      distance[column] = way;
      parent[column] = row;
    } else if (way < distance[column]) {
      distance[column] = way;
      parent[column] = row;
    }
  }
  return touchedCount;
}

/** Walks back from the end of the path, giving each row on it its new column. */
function shift(memory: AssignMemory, first: number, aloneRow: number, endColumn: number): void {
  const { rowColumn, columnRow, parent } = memory;
  let column = endColumn;
  if (column < 0) {
    column = rowColumn[aloneRow];
    rowColumn[aloneRow] = -1;
    if (aloneRow === first) return;
  }
  for (;;) {
    const row = parent[column];
    const before = rowColumn[row];
    rowColumn[row] = column;
    columnRow[column] = row;
    if (row === first) return;
    column = before;
  }
}
