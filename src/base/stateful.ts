/**
 * A part whose whole state can be taken out and put back, as plain cloneable data.
 *
 * A recording that starts while the box runs holds a snapshot of every part, so that its replay
 * sends what the box sent. A part keeps nothing outside its snapshot that its outputs depend on.
 */
export interface Stateful {
  snapshot(): unknown;
  restore(snapshot: unknown): void;
}
