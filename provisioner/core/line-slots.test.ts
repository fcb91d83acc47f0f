import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ToldSlot } from '../../schemas/told-slot.ts';
import { assignSlots, changedSlots, type SlotRoom } from './line-slots.ts';

const PHONE: SlotRoom = { most: 16, usual: 16, hasHandsets: false };
const BASE: SlotRoom = { ...PHONE, hasHandsets: true };

/** Who is in which slot, and who is to go from it: `1:1001`, `2:-1002`, `3:1003-1002`, `4:` for one that is empty. */
function shown(slots: readonly ToldSlot[]): string {
  return slots
    .map(({ slot, extension, former }) => `${slot}:${extension ?? ''}${former ? `-${former}` : ''}`)
    .join(' ');
}

/** A phone that took its file. */
function taken(slots: readonly ToldSlot[]): readonly ToldSlot[] {
  return slots.map((one) => ({ ...one, former: null }));
}

/** One wish after the other; `fetched` where the phone took the file in between. */
function after(room: SlotRoom, ...wishes: readonly (readonly string[] | 'fetched')[]): string {
  return shown(
    wishes.reduce<readonly ToldSlot[]>(
      (slots, wish) => (wish === 'fetched' ? taken(slots) : assignSlots(slots, wish, room)),
      [],
    ),
  );
}

test('lines of a new phone have the slots of their places', () => {
  expect(after(PHONE, ['1002', '1001'])).toBe('1:1002 2:1001');
  expect(after(BASE, ['1002', '1001'])).toBe('1:1002 2:1001');
});

test('I11: who stays keeps his slot when one before him leaves, and in whatever order lines are put', () => {
  expect(after(PHONE, ['1001', '1002'], 'fetched', ['1002'])).toBe('1:-1001 2:1002');
  expect(after(PHONE, ['1001', '1002'], 'fetched', ['1002', '1001'])).toBe('1:1001 2:1002');
});

test('who was told a slot and leaves before a fetch is to go all the same: it may have been fetched', () => {
  expect(after(PHONE, ['1001', '1002'], ['1002'])).toBe('1:-1001 2:1002');
});

test('a slip that is mended before the phone fetched moves nobody', () => {
  expect(after(BASE, ['1001', '1002', '1003'], 'fetched', ['1002'], ['1004', '1002', '1003', '1001'])).toBe(
    '1:1001 2:1002 3:1003 4:1004',
  );
  expect(after(PHONE, ['1001'], 'fetched', ['2001'], ['1001'])).toBe('1:1001');
});

test('the one line of a small phone stays the first when its number changes', () => {
  expect(after(PHONE, ['1001'], 'fetched', ['2001'])).toBe('1:2001-1001');
  expect(after(PHONE, ['1001'], 'fetched', ['2001'], 'fetched', ['3001'])).toBe('1:3001-2001');
});

test('of one who leaves before the phone took him, the one before him is still to go', () => {
  expect(after(PHONE, ['1001'], 'fetched', ['2001'], [])).toBe('1:-1001');
  expect(after(PHONE, ['1001'], 'fetched', ['2001'], ['3001'])).toBe('1:3001-1001');
});

test('on a base a newcomer has no handset that somebody else still holds, unless nothing else is free', () => {
  expect(after(BASE, ['1001', '1002'], 'fetched', ['1002', '1003'])).toBe('1:-1001 2:1002 3:1003');
  expect(after(BASE, ['1001', '1002'], 'fetched', ['1002'], 'fetched', ['1002', '1003'])).toBe('1:1003 2:1002');
  expect(after({ ...BASE, most: 2, usual: 2 }, ['1001', '1002'], 'fetched', ['1002', '1003'])).toBe(
    '1:1003-1001 2:1002',
  );
});

test('of a phone that an earlier version told, a newcomer has the next slot, and takes nobody off whom nobody knows', () => {
  const before = [1, 2, 3].map((slot) => ({
    slot,
    extension: slot === 1 ? '1001' : null,
    former: slot === 1 ? null : '*',
  }));
  for (const room of [PHONE, BASE]) {
    expect(shown(assignSlots(before, ['1001'], room))).toBe('1:1001 2:-* 3:-*');
    expect(shown(assignSlots(before, ['1001', '1002'], room))).toBe('1:1001 2:1002 3:-*');
    expect(shown(assignSlots(before, ['1002'], room))).toBe(
      room.hasHandsets ? '1:-1001 2:1002 3:-*' : '1:1002-1001 2:-* 3:-*',
    );
  }
});

test('slots that a model does not have are taken last, and who is there stays there', () => {
  const small = { ...PHONE, usual: 2 };
  expect(after(PHONE, ['1001', '1002', '1003'], 'fetched', ['1003'])).toBe('1:-1001 2:-1002 3:1003');
  const told = assignSlots([], ['1001', '1002', '1003'], PHONE);
  expect(shown(assignSlots(told, ['1003', '1004'], small))).toBe('1:1004-1001 2:-1002 3:1003');
  expect(after(small, ['1001', '1002', '1003'])).toBe('1:1001 2:1002 3:1003');
});

test('a slot that another format names and this one does not is left, and its extension has another', () => {
  const told = assignSlots([], ['1001', '1002', '1003', '1004'], PHONE);
  expect(shown(assignSlots(taken(told), ['1004'], { ...PHONE, most: 3, usual: 3 }))).toBe(
    '1:1004-1001 2:-1002 3:-1003 4:-1004',
  );
});

const EXTENSIONS = ['1001', '1002', '1003', '1004', '1005', '1006', '1007'];
const wish = fc.oneof(
  { weight: 3, arbitrary: fc.shuffledSubarray(EXTENSIONS) },
  { weight: 1, arbitrary: fc.constant('fetched' as const) },
);
const rooms = fc
  .record({ most: fc.integer({ min: 1, max: 9 }), usual: fc.integer({ min: 1, max: 9 }), hasHandsets: fc.boolean() })
  .map((room) => ({ ...room, usual: Math.min(room.usual, room.most) }));

test('I11 I5: whatever is wanted, who stays keeps his slot, no two share one, and twice is once', () => {
  fc.assert(
    fc.property(rooms, fc.array(wish, { maxLength: 20 }), (room, wishes) => {
      let slots: readonly ToldSlot[] = [];
      let before = new Map<string, number>();
      for (const wanted of wishes) {
        if (wanted === 'fetched') {
          slots = taken(slots);
          continue;
        }
        const next = assignSlots(slots, wanted, room);
        const placed = next.flatMap(({ slot, extension }) => (extension === null ? [] : [[extension, slot] as const]));
        const now = new Map(placed);
        expect(now.size).toBe(placed.length);
        expect(new Set(next.map(({ slot }) => slot)).size).toBe(next.length);
        for (const [extension, slot] of now) {
          expect(wanted).toContain(extension);
          expect(slot).toBeGreaterThanOrEqual(1);
          expect(slot).toBeLessThanOrEqual(room.most);
          if (before.has(extension)) expect(slot).toBe(before.get(extension));
        }
        // Nobody is left out while there is room.
        expect(now.size).toBe(Math.min(wanted.length, room.most));
        for (const [extension, slot] of before) {
          // Who may be on the phone is told to go, or somebody else's settings are put there in his place.
          const row = next.find((one) => one.slot === slot);
          if (!wanted.includes(extension)) expect(row?.former ?? row?.extension ?? null).not.toBeNull();
        }
        // Nothing that was ever told is forgotten: a slot of ours stays known as one.
        for (const { slot } of slots) expect(next.some((one) => one.slot === slot)).toBe(true);
        expect(assignSlots(next, wanted, room)).toEqual(next);
        expect(changedSlots(next, assignSlots(next, wanted, room))).toEqual([]);
        slots = next;
        before = now;
      }
    }),
  );
});
