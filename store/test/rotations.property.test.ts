import fc from 'fast-check';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { AppError } from '../../schemas/app-error.ts';
import { isFinal } from '../../schemas/operation.ts';
import type { RotationEnd, RotationStep } from '../../schemas/rotation.ts';
import type { OpenRotation, PhoneAcceptResult, PhoneIntent } from '../phone-ports.ts';
import { generateSealKeys } from '../sealed.ts';
import { openStore, type Store } from '../sqlite/open.ts';
import { contexts, temporaryFolder } from './fixture.ts';
import { fetchOf, putExtension, putPhone, rotate, sipKey } from './phone-fixture.ts';

const RUNS = Number(process.env['PROPERTY_RUNS'] ?? 20);
const KEYS = generateSealKeys();
const NUMBERS = ['1001', '1002'] as const;
const STEPS: readonly RotationStep[] = ['awaiting_key', 'proven', 'staged', 'pushed', 'fetched', 'committed'];
const ENDS: readonly RotationEnd[] = ['committed', 'rolled_back', 'needs_support', 'cancelled'];

const number = fc.constantFrom(...NUMBERS);
const key = fc.constantFrom('a', 'b', 'c');
const index = fc.nat(1);

/** What people and the saga may do, in any order; `index` picks one of the open rotations. */
const command = fc.oneof(
  fc.record({ kind: fc.constant('put' as const), number, key: fc.option(key) }),
  fc.record({
    kind: fc.constant('rotate' as const),
    numbers: fc.uniqueArray(number, { minLength: 1 }),
    key: fc.option(key),
  }),
  fc.record({ kind: fc.constant('key' as const), number, key, index }),
  fc.record({ kind: fc.constant('cancel' as const), index }),
  fc.record({ kind: fc.constant('fetch' as const), number }),
  fc.record({
    kind: fc.constant('advance' as const),
    number,
    index,
    step: fc.constantFrom(...STEPS),
    end: fc.option(fc.constantFrom(...ENDS), { freq: 3 }),
    serve: fc.option(fc.constantFrom('new' as const, 'old' as const)),
    isStale: fc.boolean(),
  }),
  fc.record({ kind: fc.constant('prune' as const) }),
  fc.record({ kind: fc.constant('reopen' as const) }),
);
type Command = typeof command extends fc.Arbitrary<infer Value> ? Value : never;
type Advance = Extract<Command, { readonly kind: 'advance' }>;

/** The one extension that a command may have given phones another key of, and which. */
interface Served {
  readonly number: string;
  readonly key: string | null;
}

class World {
  readonly #file: string;
  readonly #next = contexts([]);
  store: Store;

  constructor(folder: string) {
    this.#file = join(folder, 'store.db');
    this.store = this.#open();
  }

  ask(intent: PhoneIntent): Promise<PhoneAcceptResult> {
    return this.store.control.acceptPhoneIntent(intent, this.#next());
  }

  reopen(): void {
    this.store.close();
    this.store = this.#open();
  }

  #open(): Store {
    return openStore({ file: this.#file, openWith: { provisioner: KEYS.privateKey } });
  }
}

async function run(world: World, one: Command, name: string): Promise<Served | null> {
  const rotation = 'index' in one ? (await world.store.provisioner.openRotations())[one.index] : undefined;
  switch (one.kind) {
    case 'put': {
      const { outcome } = await world.ask(putExtension(one.number, one.key));
      return outcome === 'accepted' && one.key !== null ? { number: one.number, key: one.key } : null;
    }
    case 'rotate': {
      const { key: fresh } = one;
      const keys = fresh === null ? {} : Object.fromEntries(one.numbers.map((of) => [of, fresh]));
      await world.ask(rotate(name, one.numbers, keys));
      return null;
    }
    case 'key':
      if (rotation === undefined) return null;
      await world.ask({ kind: 'rotation-key', rotation: rotation.id, number: one.number, sipKey: sipKey(one.key) });
      return null;
    case 'cancel':
      if (rotation !== undefined) await world.ask({ kind: 'cancel-rotation', rotation: rotation.id });
      return null;
    case 'fetch':
      await world.store.provisioner.recordFetches([fetchOf(macOf(one.number))]);
      return null;
    case 'advance':
      return rotation === undefined ? null : advance(world, rotation, one);
    case 'prune':
      await world.store.control.prune(4_000, 1_000);
      return null;
    case 'reopen':
      world.reopen();
      return null;
  }
}

async function advance(world: World, { id, extensions }: OpenRotation, one: Advance): Promise<Served | null> {
  const rotating = extensions.find((extension) => extension.number === one.number);
  if (rotating === undefined) return null;
  const { step, end, serve, isStale } = one;
  const { progress, oldKey, newKey } = rotating;
  const revision = isStale ? rotating.revision - 1 : rotating.revision;
  const move = { rotation: id, number: one.number, revision, at: 5_000, step, end, progress, evidence: [], serve };
  try {
    const outcome = await world.store.provisioner.advanceRotation({ ...move, operation: null });
    expect(outcome).toBe(isStale || rotating.end !== null ? 'stale' : 'advanced');
    if (outcome === 'stale' || serve === null) return null;
    return { number: one.number, key: (serve === 'new' ? newKey : oldKey)?.reveal() ?? null };
  } catch (error) {
    // A move that must not be: nothing may have come of it.
    expect(error instanceof AppError ? error.code : error).toBe('internal');
    return null;
  }
}

/** What phones are given: key and revision by extension. */
async function served({ store }: World): Promise<ReadonlyMap<string, { key: string | null; revision: number }>> {
  const phones = await store.provisioner.servedPhones('all');
  return new Map(
    phones.map(({ revision, lines }) => [lines[0]?.number ?? '', { key: lines[0]?.key?.reveal() ?? null, revision }]),
  );
}

/** One open rotation an extension, and a rotation is open as long as an extension of it and its operation are. */
async function checkRotations({ store }: World): Promise<void> {
  const { items } = await store.control.listRotations(null, 1_000);
  const open = items.flatMap(({ extensions }) => extensions).filter(({ end }) => end === null);
  expect(new Set(open.map((one) => one.number)).size).toBe(open.length);
  for (const { end, extensions, operation } of items) {
    expect(end === null).toBe(extensions.some((extension) => extension.end === null));
    const found = await store.control.readOperation(operation);
    expect(found !== null && isFinal(found.state)).toBe(end !== null);
  }
}

function macOf(of: string): string {
  return of.padStart(12, '0');
}

test('I11: whatever comes in whatever order, a key is served only by a PUT before a fetch or an advance that says so', async () => {
  const folders = temporaryFolder();
  let folder = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(command, { minLength: 5, maxLength: 30, size: 'max' }), async (commands) => {
      folder += 1;
      const own = join(folders, String(folder));
      mkdirSync(own);
      const world = new World(own);
      try {
        for (const of of NUMBERS) await world.ask(putExtension(of, 'a'));
        for (const of of NUMBERS) await world.ask(putPhone(macOf(of), [of]));
        const fetched = new Set<string>();
        for (const [at, one] of commands.entries()) {
          const before = await served(world);
          const changed = await run(world, one, `rot-${at}`);
          const after = await served(world);
          for (const of of NUMBERS) {
            const [was, is] = [before.get(of), after.get(of)];
            expect(is?.key).toBe(changed?.number === of ? changed.key : was?.key);
            const growth = (is?.revision ?? 0) - (was?.revision ?? 0);
            if (is?.key !== was?.key) expect(growth).toBeGreaterThan(0);
            else if (changed?.number !== of) expect(growth).toBe(0);
            expect(growth).toBeGreaterThanOrEqual(0);
            if (one.kind === 'put' && fetched.has(of)) expect(is?.key).toBe(was?.key);
          }
          if (one.kind === 'fetch') fetched.add(one.number);
          await checkRotations(world);
        }
      } finally {
        world.store.close();
        rmSync(own, { recursive: true });
      }
    }),
    { numRuns: RUNS },
  );
}, 120_000);
