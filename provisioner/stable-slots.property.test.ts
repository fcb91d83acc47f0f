import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Flash } from '../lab/phones/vendor.ts';
import { LAB_VENDORS } from '../lab/phones/vendors.ts';
import { PhoneDialect } from '../schemas/phone-formats/dialect.ts';
import type { ToldSlot } from '../schemas/told-slot.ts';
import type { ServedPhone } from '../store/phone-ports.ts';
import { Catalogue } from './catalogue.ts';
import { changedSlots } from './core/line-slots.ts';
import type { LineSlot, VendorFormat } from './core/vendors/model.ts';
import { FORMATS } from './core/vendors/table.ts';
import { modelOf } from './core/vendors/test/models.ts';
import { IPLAN, provisioning, servedLine, servedPhone, sha256 } from './test/http/phones.ts';
import { soldAs } from './test/rotation/site.ts';
import { settleSlots } from './told-slots.ts';

const MAC = '805ec0aabbcc';
const BY_HAND = '9009';
const DIALECTS = PhoneDialect.anyOf.map((dialect) => dialect.const);

/** Who registers from which slot of a phone of the lab, by what its own memory says. */
type Shown = Readonly<Record<number, string>>;

/** A phone of the lab and its record here; no socket, no disk. */
class World {
  readonly #rules;
  readonly #format;
  readonly #flash: Flash = new Map();
  readonly #known = new Map<string, string>();
  readonly #record = new Map<number, ToldSlot & { readonly revision: number }>();
  #served: ServedPhone;
  #revision = 10;
  /** Handsets that a person joined with the base, where it has any. */
  readonly #joined = new Map<string, string>();

  constructor(dialect: PhoneDialect) {
    this.#rules = LAB_VENDORS[dialect];
    this.#format = FORMATS[dialect];
    this.#served = this.#phoneOf([]);
  }

  /** Somebody sets up the last slot at the phone itself. */
  setUpByHand(): void {
    const [, line = { kind: 'keep' }] = modelOf({ number: BY_HAND }).slots;
    const last = slotsOf(this.#format) - 1;
    const slots = Array.from({ length: last + 1 }, (_, at): LineSlot => (at === last ? line : { kind: 'keep' }));
    this.#apply((file) => file.whole({ ...modelOf({}), mac: MAC, version: 1, slots }));
  }

  async put(numbers: readonly string[]): Promise<void> {
    this.#revision += 1;
    await this.settle(this.#phoneOf(numbers));
  }

  /** The phone takes its file, which is recorded. */
  async fetch(): Promise<void> {
    const catalogue = new Catalogue({ publicUrl: 'http://192.0.2.2', registrars: [IPLAN], now: () => 1_000 });
    catalogue.put([this.#served]);
    const told: number[] = [];
    this.#apply((file) => {
      const found = catalogue.find('provisioning', sha256('one'), file.name(MAC, null));
      if (found === null) throw new Error('not served');
      if (found.revision !== null) told.push(found.revision);
      return found.bytes.toString(file.encoding);
    });
    for (const row of this.#record.values())
      if (told.some((revision) => row.revision <= revision)) this.#record.set(row.slot, { ...row, former: null });
    await this.settle({ ...this.#served, slots: [...this.#record.values()] });
  }

  async settle(phone: ServedPhone): Promise<void> {
    const recordToldSlots = (told: readonly { revision: number; slots: readonly ToldSlot[] }[]): Promise<void> => {
      for (const { revision, slots } of told) for (const one of slots) this.#record.set(one.slot, { ...one, revision });
      return Promise.resolve();
    };
    const [settled] = await settleSlots({ recordToldSlots }, [phone]);
    if (settled === undefined) throw new Error('no phone');
    this.#served = settled;
    expect(changedSlots([...this.#record.values()], settled.slots)).toEqual([]);
  }

  shown(): Shown {
    return Object.fromEntries(this.#rules.lines(this.#flash).map(({ position, user }) => [position, user]));
  }

  told(): Shown {
    return Object.fromEntries(
      this.#served.slots.flatMap(({ slot, extension }) => (extension === null ? [] : [[slot, extension]])),
    );
  }

  /** Handsets that ring for another extension than the one they were joined for. */
  crossed(): readonly string[] {
    return this.#rules
      .lines(this.#flash)
      .filter(({ position, user }) => (this.#joined.get(handset(position)) ?? user) !== user)
      .map(({ user }) => user);
  }

  #phoneOf(numbers: readonly string[]): ServedPhone {
    const lines = numbers.map((number) => servedLine(number, `key-of-${number}`));
    const slots = [...this.#record.values()];
    return {
      ...servedPhone(MAC, [provisioning('one')], { lines, slots, revision: this.#revision }),
      phone: { ...soldAs(this.#rules.vendor), lines: numbers.map((extension) => ({ extension })) },
    };
  }

  #apply(textOf: (file: (typeof FORMATS)[PhoneDialect]['files'][number]) => string): void {
    for (const file of this.#format.files) {
      const applied = this.#rules.apply(file.name(MAC, null), textOf(file), MAC, this.#flash, this.#known);
      expect(applied).not.toBe('rejected');
    }
    for (const id of this.#joined.keys()) if (!this.#flash.has(joinedAs(id))) this.#joined.delete(id);
    // Of the others no setting says which handset has which account.
    if (this.#rules.vendor !== 'gigaset-nx70') return;
    for (const { position, user } of this.#rules.lines(this.#flash)) {
      const id = handset(position);
      if (this.#joined.has(id)) continue;
      this.#joined.set(id, user);
      this.#flash.set(joinedAs(id), user);
    }
  }
}

/** Those that the phone of the lab has: a SPA504G and a KX-UT136 have four. */
function slotsOf({ dialect, lines }: VendorFormat): number {
  return dialect === 'cisco-spa' || dialect === 'panasonic' ? 4 : lines;
}

/** As a base of the lab calls it. */
function handset(position: number): string {
  return String(position).padStart(5, '0');
}

/** What a handset that has joined leaves in the base's memory, and is gone when it is taken off. */
function joinedAs(id: string): string {
  return `hs.${id}.IPUI`;
}

const steps = (most: number) =>
  fc.array(
    fc.oneof(
      { weight: 2, arbitrary: fc.shuffledSubarray(['1001', '1002', '1003', '1004'].slice(0, most)) },
      { weight: 1, arbitrary: fc.constant('fetch' as const) },
    ),
    { minLength: 1, maxLength: 14 },
  );

test.each(DIALECTS)(
  'I11: a %s shows each line where it was told first, who left is gone, and what a person set up stays',
  async (dialect) => {
    const { forgetsLeftOut } = FORMATS[dialect];
    const lines = slotsOf(FORMATS[dialect]);
    await fc.assert(
      fc.asyncProperty(steps(Math.min(4, lines - 1)), async (history) => {
        const world = new World(dialect);
        // What such a phone would lose is not ours to keep.
        const isByHand = forgetsLeftOut !== true;
        if (isByHand) world.setUpByHand();
        const hand: Shown = isByHand ? { [lines]: BY_HAND } : {};
        let before: Shown = {};
        for (const step of [...history, 'fetch' as const]) {
          if (step !== 'fetch') {
            await world.put(step);
            const now = world.told();
            expect(Object.values(now).sort()).toEqual([...step].sort());
            for (const [slot, extension] of Object.entries(before))
              if (step.includes(extension)) expect([extension, now[Number(slot)]]).toEqual([extension, extension]);
            before = now;
            continue;
          }
          await world.fetch();
          expect(world.shown()).toEqual({ ...before, ...hand });
          expect(world.crossed()).toEqual([]);
        }
      }),
      { numRuns: 60 },
    );
  },
);
