import { assert } from '../base/assert.ts';

/**
 * Least-cost assignment of a dense matrix, every row of the shorter side served.
 *
 * @param cost shape [rows × columns], row-major, finite.
 * @returns for each row its column, −1 for none.
 *
 * Error: exact up to rounding of the costs. Ties: any optimum has the same total; sums over it
 * differ by rounding only. Source: shortest augmenting paths with potentials, Jonker and Volgenant
 * 1987. Cost: rows² × columns.
 */
export function assignDense(cost: Float64Array, rows: number, columns: number): Int32Array {
  assert(cost.length >= rows * columns, 'cost is too short');
  if (rows > columns) {
    const turned = new Float64Array(rows * columns);
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) turned[column * rows + row] =
        cost[row * columns + column]!;
    }
    const back = assignDense(turned, columns, rows);
    const result = new Int32Array(rows).fill(-1);
    back.forEach((row, column) => (result[row] = column));
    return result;
  }
  const rowPotential = new Float64Array(rows + 1);
  const columnPotential = new Float64Array(columns + 1);
  const owner = new Int32Array(columns + 1);
  const way = new Int32Array(columns + 1);
  for (let row = 1; row <= rows; row++) {
    serve(cost, columns, row, rowPotential, columnPotential, owner, way);
  }
  const result = new Int32Array(rows).fill(-1);
  for (let column = 1; column <= columns; column++) {
    if (owner[column]! > 0) result[owner[column]! - 1] = column - 1;
  }
  return result;
}

/** Finds the shortest path for one more row and shifts the pairs along it; index 0 is the root. */
function serve(
  cost: Float64Array, columns: number, row: number, rowPotential: Float64Array,
  columnPotential: Float64Array, owner: Int32Array, way: Int32Array,
): void {
  const least = new Float64Array(columns + 1).fill(Infinity);
  const done = new Uint8Array(columns + 1);
  owner[0] = row;
  let at = 0;
  do {
    done[at] = 1;
    const from = owner[at]!;
    let delta = Infinity;
    let next = 0;
    for (let column = 1; column <= columns; column++) {
      if (done[column]) continue;
      const reduced = cost[(from - 1) * columns + column - 1]! - rowPotential[from]!
        - columnPotential[column]!;
      if (reduced < least[column]!) {
        least[column] = reduced;
        way[column] = at;
      }
      if (least[column]! < delta) {
        delta = least[column]!;
        next = column;
      }
    }
    for (let column = 0; column <= columns; column++) {
      if (done[column]) {
        rowPotential[owner[column]!]! += delta;
        columnPotential[column]! -= delta;
      } else least[column]! -= delta;
    }
    at = next;
  } while (owner[at] !== 0);
  while (at !== 0) {
    const before = way[at]!;
    owner[at] = owner[before]!;
    at = before;
  }
}
