import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStore } from '../../store/sqlite/open.ts';
import type { History, Setup } from './actions.ts';
import type { Entry } from './asks.ts';
import { seededRandom } from '../../lab/routeros/random.ts';
import { realPace, virtualPace, type Pace } from './pace.ts';
import { perform } from './perform.ts';
import { checkBrake, ownRows, rest } from './rest.ts';
import { Tally } from './tally.ts';
import { World } from './world.ts';

/** Databases of histories: in memory where there is a file system for that. */
const SHELF = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

/** A folder with a migrated database to copy; migrating takes longer than many a history. */
export class Shelf {
  readonly #folder: string;
  #count = 0;

  constructor(kind: 'memory' | 'disk') {
    this.#folder = mkdtempSync(join(kind === 'memory' ? SHELF : tmpdir(), 'wisp-edge-histories-'));
    openStore({ file: join(this.#folder, 'new.db'), site: 'lab' }).close();
  }

  async with<Result>(use: (file: string) => Promise<Result>): Promise<Result> {
    this.#count += 1;
    const file = join(this.#folder, `${this.#count}.db`);
    copyFileSync(join(this.#folder, 'new.db'), file);
    try {
      return await use(file);
    } finally {
      for (const side of ['', '-wal', '-shm']) rmSync(file + side, { force: true });
    }
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** One history in so many is played a second time with nothing going wrong: it takes nearly as long as the first. */
const CALM_EVERY = 10;

/** Plays a history; gives what went against the promises, nothing if all is well. */
export async function play(
  history: History,
  shelf: Shelf,
  tally: Tally,
  how: 'virtual' | 'real',
): Promise<readonly string[]> {
  const pace = (): Pace => (how === 'virtual' ? virtualPace(seededRandom(history.setup.seed ^ 0x7a7a)) : realPace());
  const { violations, rows, records, finals, isOpen } = await shelf.with((file) =>
    playWild(history, file, tally, pace()),
  );
  tally.played(history.setup);
  if (violations.length > 0 || how === 'real' || history.setup.seed % CALM_EVERY !== 0) return violations;
  const calm = await shelf.with((file) =>
    playCalm({ ...history.setup, routers: finals }, records, file, pace(), isOpen),
  );
  if (calm.violations.length > 0) return calm.violations.map((violation) => `in the calm run: ${violation}`);
  const differ = [
    ...rows.filter((row) => !calm.rows.includes(row)).map((row) => `only after faults: ${row}`),
    ...calm.rows.filter((row) => !rows.includes(row)).map((row) => `only in the calm run: ${row}`),
  ];
  if (differ.length === 0 && JSON.stringify(rows) !== JSON.stringify(calm.rows)) {
    const at = rows.findIndex((row, index) => row !== calm.rows[index]);
    differ.push(`another order from row ${at} on: ${rows[at] ?? ''} where the calm run has ${calm.rows[at] ?? ''}`);
  }
  return differ.map((line) => `I7: ${line}`);
}

interface Played {
  readonly violations: readonly string[];
  readonly rows: readonly string[];
  readonly records: readonly Entry[];
  /** The routers as they are at the end: one may have been upgraded. */
  readonly finals: Setup['routers'];
  /** Those of whom the promises leave open how they end. */
  readonly isOpen: (subscriber: string) => boolean;
}

async function playWild({ setup, actions }: History, file: string, tally: Tally, pace: Pace): Promise<Played> {
  const world = await World.start(pace, setup, file);
  try {
    await world.ask({ kind: 'snapshot', rows: setup.subscribers, expectedCuts: cutIn(setup), ageMs: 0 });
    for (const action of actions) {
      await perform(world, action, tally);
      if (world.violations.length > 0) break;
    }
    if (world.violations.length === 0) await rest(world, 'end');
    await checkBrake(world);
    return endOf(world, tally);
  } finally {
    await world.close();
  }
}

/** The same instructions at the same moments, on routers that nothing happens to. */
async function playCalm(
  setup: Setup,
  records: readonly Entry[],
  file: string,
  pace: Pace,
  isOpen: (subscriber: string) => boolean,
): Promise<Pick<Played, 'violations' | 'rows'>> {
  const world = await World.start(pace, setup, file);
  try {
    for (const entry of records) {
      if (entry.at > world.elapsed) await pace.run(entry.at - world.elapsed);
      if (entry.what === 'portal-moved') world.movePortal();
      else if (entry.what === 'clock-jump') world.jump(entry.ms);
      else if (entry.what === 'moved') world.move(entry.who, entry.router, entry.address);
      else if (entry.what === 'backend') world.reconfigure(entry.router, entry.backend);
      // A person decides anew what to let through.
      else if (entry.ask.kind !== 'intent' || !['release', 'reconcile'].includes(entry.ask.intent.kind))
        await world.ask(entry.ask);
    }
    await rest(world, 'end');
    return { violations: world.violations, rows: rowsOf(world, isOpen) };
  } finally {
    await world.close();
  }
}

function endOf(world: World, tally: Tally): Played {
  tally.kept += world.kept;
  for (const watch of world.watches()) tally.commands += watch.commands;
  const wall = world.wall();
  const open = new Set(
    [...world.model.wanted.keys()].filter(
      (id) => world.model.service(id, wall) === 'either' || world.model.isDoubtful(id),
    ),
  );
  const isOpen = (id: string): boolean => open.has(id);
  return {
    violations: world.violations,
    rows: rowsOf(world, isOpen),
    records: world.records,
    finals: world.setup.routers.map((router) => ({ ...router, version: world.lab(router.id).state.dialect.version })),
    isOpen,
  };
}

function rowsOf(world: World, isOpen: (subscriber: string) => boolean): readonly string[] {
  return [...world.routers.values()].flatMap((watch) => ownRows(watch, isOpen).map((row) => `${watch.id} ${row}`));
}

/** The first snapshot announces its cuts, as a central platform would: the brake is for what comes later. */
function cutIn({ subscribers }: Setup): number {
  return subscribers.filter(({ cutoff }) => cutoff !== undefined && cutoff !== null).length;
}
