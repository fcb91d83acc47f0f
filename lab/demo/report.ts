import type { Writable } from 'node:stream';

/** One line of the demo: what it is meant to show, of whom, and whether that was read back. */
export interface Step {
  readonly step: string;
  readonly subject: string;
  readonly verified: boolean;
  readonly ms: number;
}

/** Tells each step as it is done; knows at the end whether all were verified. */
export interface Report {
  /** Runs a check and tells how it went. A check that throws is not verified; why goes to `notes`. */
  step(name: string, subject: string, check: () => Promise<boolean>): Promise<void>;
  readonly isVerified: boolean;
  readonly count: number;
}

export function makeReport(out: Writable, notes: Writable, isJson: boolean, now: () => number): Report {
  const steps: Step[] = [];
  return {
    async step(step, subject, check) {
      const from = now();
      let verified = false;
      try {
        verified = await check();
      } catch (error) {
        notes.write(`${step} (${subject}): ${error instanceof Error ? error.message : String(error)}\n`);
      }
      const done: Step = { step, subject, verified, ms: Math.round(now() - from) };
      steps.push(done);
      out.write(
        isJson
          ? `${JSON.stringify(done)}\n`
          : `${verified ? '  ok ' : 'FAIL '} ${String(done.ms).padStart(6)} ms  ${subject.padEnd(18)} ${step}\n`,
      );
    },
    get isVerified() {
      return steps.length > 0 && steps.every(({ verified }) => verified);
    },
    get count() {
      return steps.length;
    },
  };
}
