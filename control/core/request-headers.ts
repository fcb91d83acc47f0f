/** `If-Match` as the store understands it. */
export type IfMatch = number | 'any' | readonly number[];

/** A revision that no document has: an ETag that is not of our making matches nothing (RFC 9110 §13.1.1). */
export const NO_REVISION = -1;

/** The strong ETag of a revision. */
export function etagOf(revision: number): string {
  return `"${revision}"`;
}

/** Reads `If-Match`; null when it is malformed. Weak tags never match, for the comparison is strong (RFC 9110 §8.8.3.2). */
export function parseIfMatch(header: string): IfMatch | null {
  const text = header.trim();
  if (text === '*') return 'any';
  const tags = text.split(',').map((tag) => tag.trim());
  if (!tags.every((tag) => /^(W\/)?"[\x21\x23-\x7e]*"$/.test(tag))) return null;
  const revisions = tags.map((tag) => (/^"\d{1,15}"$/.test(tag) ? Number(tag.slice(1, -1)) : NO_REVISION));
  const [first = NO_REVISION] = revisions;
  return revisions.length === 1 ? first : revisions;
}

/** `Idempotency-Key`: a structured string (`"key"`, draft-07) or the bare key; null when it is neither. */
export function parseIdempotencyKey(header: string): string | null {
  const text = header.trim();
  const key = /^"(.*)"$/.exec(text)?.[1] ?? text;
  return /^[\x21\x23-\x5b\x5d-\x7e]{1,200}$/.test(key) ? key : null;
}

/** The longest a request may wait. */
const MAX_WAIT_SECONDS = 120;

/** Seconds of `Prefer: wait=n` (RFC 7240 §4.3), at most 120; null without one. A preference we cannot read is ignored (§2). */
export function parsePreferWait(header: string): number | null {
  for (const preference of header.split(',')) {
    const match = /^\s*wait\s*=\s*"?(\d{1,9})"?\s*(;.*)?$/i.exec(preference);
    if (match?.[1] !== undefined) return Math.min(Number(match[1]), MAX_WAIT_SECONDS);
  }
  return null;
}
