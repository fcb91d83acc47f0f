/**
 * How often a phone asks by itself, should no NOTIFY reach it. Each time is a whole fetch and an entry of the journal: a
 * site of 5 000 phones makes half a million of them a day.
 */
export const POLL_MINUTES = 15;
/** What phones are told to ask for. They live on a binding until it expires: short enough that a rotation need not wait for an hour. */
export const EXPIRES_SECONDS = 600;
