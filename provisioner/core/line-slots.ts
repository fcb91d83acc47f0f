import { SOMEBODY, type ToldSlot } from '../../schemas/told-slot.ts';

/** What slots a phone has. */
export interface SlotRoom {
  /** Those that its format has names for. */
  readonly most: number;
  /** Those that its model has; the others are taken where nothing else is left. */
  readonly usual: number;
  /** A slot is a handset that has joined a base, and is not somebody else's before it was taken off. */
  readonly hasHandsets: boolean;
}

/**
 * Which slot each extension of a phone has: told slots and wanted extensions, the first line first, give the slots to tell.
 * Said twice it is the same (I5). An extension that no slot is left for is in none.
 *
 * Who was told a slot keeps it as long as it is on the phone, whatever goes before it and in whatever order lines are put:
 * a person finds his line where it was, and his handset stays with its base (I11). Who comes back before the phone took the
 * news has his old slot. Another newcomer takes the lowest slot that was left, and one that was never told only after these:
 * a slot of ours is there on the phone, while one that was never told may be a line key that its model does not have, or hold
 * what somebody set up by hand. So the one line of a small phone stays the first when its number changes. On a base with
 * handsets a slot that was left is taken at once only when nothing else is free: who has left still holds its handset.
 */
export function assignSlots(told: readonly ToldSlot[], wanted: readonly string[], room: SlotRoom): readonly ToldSlot[] {
  const isWanted = new Set(wanted);
  // As it mostly is, for thousands of phones at a start.
  const staying = told.filter(({ slot, extension }) => isWanted.has(extension ?? '') && slot <= room.most);
  if (staying.length === isWanted.size && told.every(({ extension }) => isWanted.has(extension ?? '') || !extension))
    return told;
  const slots = new Map(
    told.map((one) => {
      const { slot, extension } = one;
      const stays = extension === null || (isWanted.has(extension) && slot <= room.most);
      return [slot, stays ? one : leftBy(one)];
    }),
  );
  const placed = new Set([...slots.values()].map(({ extension }) => extension));
  const comeBack = (extension: string): number | null => {
    const own = [...slots.values()].find((one) => one.extension === null && one.former === extension);
    return own !== undefined && own.slot <= room.most ? own.slot : null;
  };
  for (const find of [comeBack, () => freeSlot(slots, room)]) {
    for (const extension of wanted) {
      const slot = placed.has(extension) ? null : find(extension);
      if (slot === null) continue;
      const before = slots.get(slot)?.former ?? null;
      // Whom nobody knows is overwritten, as he was before there was a record.
      const former = before === extension || before === SOMEBODY ? null : before;
      slots.set(slot, { slot, extension, former });
      placed.add(extension);
    }
  }
  return [...slots.values()].sort((one, other) => one.slot - other.slot);
}

/** The slots that are not as they were told. */
export function changedSlots(told: readonly ToldSlot[], assigned: readonly ToldSlot[]): readonly ToldSlot[] {
  const before = new Map(told.map((one) => [one.slot, one]));
  return assigned.filter(({ slot, extension, former }) => {
    const known = before.get(slot);
    return known?.extension !== extension || known.former !== former;
  });
}

/** Whoever was on the phone before stays the one who is to go: nobody saw the phone take the one who leaves now. */
function leftBy({ slot, extension, former }: ToldSlot): ToldSlot {
  return { slot, extension: null, former: former ?? extension };
}

function freeSlot(slots: ReadonlyMap<number, ToldSlot>, room: SlotRoom): number | null {
  const free = Array.from({ length: room.most }, (_, at) => at + 1)
    .filter((slot) => (slots.get(slot)?.extension ?? null) === null)
    .map((slot) => ({ slot, rank: (slot > room.usual ? LAST : 0) + rankOf(slots.get(slot), room) }));
  return free.sort((one, other) => one.rank - other.rank || one.slot - other.slot)[0]?.slot ?? null;
}

/** Beyond every `rankOf`. */
const LAST = 10;

function rankOf(told: ToldSlot | undefined, { hasHandsets }: SlotRoom): number {
  if (told === undefined) return 1;
  return hasHandsets && told.former !== null && told.former !== SOMEBODY ? 2 : 0;
}
