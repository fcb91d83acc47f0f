/** Time as the lab knows it; passed in, so that a test may own it. */
export interface LabClock {
  /** Monotonic milliseconds, with fractions. */
  now(): number;
  /** Milliseconds since the epoch. */
  wall(): number;
  /** Runs `run` once when `now()` has reached `when`; the returned function takes it back. */
  at(when: number, run: () => void): () => void;
}

/** How early the coarse timer ends: Node's fire on whole milliseconds and late, the rest is waited for turn by turn. */
const SPIN_MS = 1.6;

/** The machine's own clock; `at` is precise to well under a millisecond, since queues of 0.3 ms commands hang on it. */
export function systemClock(): LabClock {
  const now = (): number => performance.now();
  return {
    now,
    wall: () => Date.now(),
    at(when, run) {
      let timer: NodeJS.Timeout | undefined;
      let turn: NodeJS.Immediate | undefined;
      const spin = (): void => {
        if (now() >= when) run();
        else turn = setImmediate(spin);
      };
      const wait = when - now();
      if (wait <= SPIN_MS) turn = setImmediate(spin);
      else timer = setTimeout(spin, Math.min(wait - SPIN_MS, 0x7fffffff));
      return () => {
        clearTimeout(timer);
        clearImmediate(turn);
      };
    },
  };
}

export interface ManualClock extends LabClock {
  /** Moves time on and runs, in order, what has become due. */
  advance(ms: number): void;
}

/** A clock that stands still until told otherwise. */
export function manualClock(wall = Date.UTC(2026, 0, 1)): ManualClock {
  let now = 0;
  const due = new Set<{ when: number; run: () => void }>();
  return {
    now: () => now,
    wall: () => wall + now,
    at(when, run) {
      const entry = { when, run };
      due.add(entry);
      return () => due.delete(entry);
    },
    advance(ms) {
      const end = now + ms;
      for (;;) {
        let next: { when: number; run: () => void } | undefined;
        for (const entry of due) if (entry.when <= end && (next === undefined || entry.when < next.when)) next = entry;
        if (next === undefined) break;
        due.delete(next);
        now = Math.max(now, next.when);
        next.run();
      }
      now = end;
    },
  };
}
