/** An instant of the store as a person reads it, in UTC, as logs and journal have it: `2026-03-01 12:00:00Z`. */
export function timeOf(instant: string | null): string | null {
  return instant === null ? null : `${instant.slice(0, 10)} ${instant.slice(11, 19)}Z`;
}
