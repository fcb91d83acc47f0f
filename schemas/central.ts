import { Type, type Static } from 'typebox';

/** After so long without a word of the central platform the operator is told. */
export const CENTRAL_SILENT_MS = 3_600_000;
/** A contact may lie so far ahead of the clock: two clocks are never quite the same. */
const AHEAD_MS = 300_000;

export const CentralState = Type.Union([
  Type.Literal('none'),
  Type.Literal('in-touch'),
  Type.Literal('silent'),
  Type.Literal('stale'),
]);
/**
 * How the central platform stands: `none`: there is none to hear from; `silent`: nothing was heard for an hour; `stale`:
 * for so long that what it once asked for may be true no more, and no new cut starts.
 */
export type CentralState = Static<typeof CentralState>;

/** What is known of the link to the central platform. */
export interface CentralContact {
  /** When something of it was last accepted, ms; null for never. */
  readonly contactAt: number | null;
  /** How long ago by a clock that only goes forward, as far as this process has counted, ms. */
  readonly countedMs: number;
  /** `central.staleAfterHours`, ms. */
  readonly staleAfterMs: number;
}

/**
 * Judges a silence; null: there is no central link, and nothing is ever stale. Both clocks count, and the longer time
 * decides: a wall clock set back must not make old instructions young. A contact that lies ahead of the clock says that
 * the clock was wrong, then or now, and not how long ago it was: that is doubt, and doubt never cuts (I2).
 */
export function centralState(contact: CentralContact | null, now: number): CentralState {
  if (contact === null) return 'none';
  const { contactAt, countedMs, staleAfterMs } = contact;
  if (contactAt === null || contactAt > now + AHEAD_MS) return 'stale';
  const silentMs = Math.max(now - contactAt, countedMs);
  if (silentMs >= staleAfterMs) return 'stale';
  return silentMs >= CENTRAL_SILENT_MS ? 'silent' : 'in-touch';
}
