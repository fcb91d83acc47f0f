/**
 * Whether so many new cuts of the whole site are those that the sender of a snapshot announced, give or take a tenth: for
 * them the brake stays open (I8).
 */
export function isAnnounced(cuts: number, expectedCuts: number | null): boolean {
  return expectedCuts !== null && Math.abs(cuts - expectedCuts) <= expectedCuts * 0.1;
}
