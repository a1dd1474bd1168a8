/** Data lengths by DLC. Source: ISO 11898-1:2015, data length code of CAN FD. */
export const FD_LENGTHS: readonly number[] = [
  0, 1, 2, 3, 4, 5, 6, 7, 8, 12, 16, 20, 24, 32, 48, 64,
];

const PADDED = FD_LENGTHS.flatMap((length, dlc) =>
  new Array<number>(length - (dlc === 0 ? -1 : FD_LENGTHS[dlc - 1]!)).fill(dlc),
);

/** The DLC that holds so many octets (0 to 64); longer data has none and gives -1. */
export const dlcOf = (octets: number): number => PADDED[octets] ?? -1;
