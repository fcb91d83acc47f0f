import { setTimeout as wait } from 'node:timers/promises';
import { systemClock as labSystemClock, type LabClock } from '../../lab/clock.ts';
import { MemoryWire } from '../../lab/routeros/memory-wire.ts';
import { machineTransport, type Transport } from '../../agent/adapters/routeros/transport.ts';
import { VirtualClock } from './virtual-clock.ts';

/** How time passes and bytes travel in a history: on its own clock and wire, or on this machine's. */
export interface Pace {
  readonly clock: LabClock;
  /** The wire of one more router; null: TCP. */
  readonly wire: () => MemoryWire | null;
  /** Real milliseconds a millisecond of the history takes. */
  readonly scale: number;
  /** Something is under way that no timer waits for. */
  readonly busy: { count: number };
  /** Lets so many milliseconds of the history pass. */
  run(ms: number): Promise<void>;
  /** Lets time pass until `is`; false when it was not within so many milliseconds of the history. */
  until(is: () => boolean | Promise<boolean>, ms: number): Promise<boolean>;
  /** What an agent connects with; once it is not alive its timers and sockets are silent. */
  transport(open: (router: string) => MemoryWire | null, isAlive: () => boolean): Transport;
}

/** Turns of the loop without anything moving, after which all is quiet: a chain of promises hops over one or two. */
const QUIET_TURNS = 3;

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Time moves on only when nothing is left to do at this moment. */
export function virtualPace(chance: () => number): Pace {
  const clock = new VirtualClock();
  const wires: MemoryWire[] = [];
  const busy = { count: 0 };
  const settle = async (): Promise<void> => {
    let moved = -1;
    for (let quiet = 0; quiet < QUIET_TURNS;) {
      await turn();
      const isUnderWay = busy.count > 0 || wires.some((wire) => wire.underWay > 0);
      const now = wires.reduce((sum, wire) => sum + wire.moved, 0);
      quiet = isUnderWay || now !== moved ? 0 : quiet + 1;
      moved = now;
    }
  };
  return {
    clock,
    scale: 1,
    busy,
    wire() {
      const wire = new MemoryWire(() => (chance() < 0.85 ? 0 : Math.floor(chance() * 4)));
      wires.push(wire);
      return wire;
    },
    async run(ms) {
      const end = clock.now() + ms;
      await settle();
      while (clock.step(end)) await settle();
      clock.rest(end);
    },
    async until(is, ms) {
      const end = clock.now() + ms;
      for (;;) {
        await settle();
        if (await is()) return true;
        if (!clock.step(end)) return false;
      }
    },
    transport: (open, isAlive) => ({
      open: (target) => {
        const wire = open(target.id);
        if (wire === null) throw new Error(`${target.id} has no wire`);
        return wire.connect();
      },
      after: (ms, run) =>
        clock.at(clock.now() + ms, () => {
          if (isAlive()) run();
        }),
      monotonic: () => clock.now(),
    }),
  };
}

/** Real time, quickened: a minute of the history is a third of a second. */
export function realPace(): Pace {
  const clock = labSystemClock();
  const scale = 1 / 200;
  return {
    clock,
    scale,
    busy: { count: 0 },
    wire: () => null,
    run: (ms) => wait(ms * scale),
    async until(is, ms) {
      // Deadlines of the agent are not quickened as much as the history's own time.
      const end = clock.now() + Math.max(60_000, ms * scale);
      while (clock.now() < end) {
        if (await is()) return true;
        await wait(5);
      }
      return false;
    },
    transport: () => machineTransport,
  };
}
