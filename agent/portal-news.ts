import type { JournalEntry } from '../store/ports.ts';

type Entry = Pick<JournalEntry, 'type' | 'data'>;

/** True for what somebody said of the portal; the tracker's own findings are no reason to look again. */
export function asksForPortal({ type, data }: Entry): boolean {
  return type === 'portal.changed' && data['change'] === undefined;
}

/** True where nothing but the addresses that DNS gives changed. */
export function isOfAddresses({ type, data }: Entry): boolean {
  return type === 'portal.changed' && data['change'] === 'addresses';
}
