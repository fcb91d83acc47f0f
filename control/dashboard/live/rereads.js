/** Time for the other events of the same change to arrive. */
const GATHER_MS = 100;
/** No more often than this, however fast events come. */
const GAP_MS = 400;
const RETRY_MS = 3_000;

/**
 * Reads again what events concern: topics gather, one read runs at a time, and a failed one is tried again.
 *
 * @param {(topics: ReadonlySet<string>) => Promise<void>} read
 * @param {AbortSignal} signal
 * @returns {(topics: readonly string[]) => void}
 */
export function rereads(read, signal) {
  /** @type {Set<string>} */
  let waiting = new Set();
  let isBusy = false;
  let notBefore = 0;
  const schedule = () => {
    isBusy = true;
    setTimeout(() => void run(), Math.max(GATHER_MS, notBefore - performance.now()));
  };
  const run = async () => {
    const topics = waiting;
    waiting = new Set();
    let pauseMs = GAP_MS;
    try {
      if (!signal.aborted) await read(topics);
    } catch {
      // The reason shows in the mark of the link; what was to be read is not forgotten.
      for (const topic of topics) waiting.add(topic);
      pauseMs = RETRY_MS;
    }
    notBefore = performance.now() + pauseMs;
    isBusy = false;
    if (waiting.size > 0 && !signal.aborted) schedule();
  };
  return (topics) => {
    for (const topic of topics) waiting.add(topic);
    if (!isBusy && waiting.size > 0 && !signal.aborted) schedule();
  };
}
