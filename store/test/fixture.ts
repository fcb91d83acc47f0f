import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { RouterStatus } from '../../schemas/router.ts';
import type { Subscriber } from '../../schemas/subscriber.ts';
import type { AcceptResult, GenerationResult, IntentContext } from '../ports.ts';
import { openStore, type Store } from '../sqlite/open.ts';

export const ROUTERS = ['r0', 'r1'];

/** A folder of the test's own, gone afterwards. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'wisp-edge-store-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}

/** Opens a real store file; closed when the test ends. */
export function openTestStore(file = join(temporaryFolder(), 'store.db'), now = () => 1_000_000): Store {
  const store = openStore({ file, site: 'norte-1', now });
  onTestFinished(() => {
    store.close();
  });
  return store;
}

/** Contexts with operation ids o1, o2 … and times that go up by a second. */
export function contexts(routers = ROUTERS): (over?: Partial<IntentContext>) => IntentContext {
  let number = 0;
  return (over = {}) => {
    number += 1;
    return { actor: { name: 'central', via: 'api' }, at: number * 1_000, operation: `o${number}`, routers, ...over };
  };
}

export function subscriber(number: number, over: Partial<Subscriber> = {}): Subscriber {
  const address = `10.${(number >> 16) & 255}.${(number >> 8) & 255}.${number & 255}`;
  return { name: `S ${number}`, router: 'r0', addresses: [address], ...over };
}

/** A router as it is told of before anything was seen of it. */
export function unseenStatus(id: string): RouterStatus {
  const counts = { subscribers: 0, cut: 0, notices: 0, pending: 0, held: 0, paidButCut: 0 };
  return {
    ...{ id, mode: 'manage', connection: 'up', converged: false, version: null, dialect: null, lastSeen: null },
    ...{ lastPass: null, lastError: null, counts, findings: [] },
  };
}

/** The accepted answer, or a failing test. */
export function accepted(result: AcceptResult): Extract<AcceptResult, { outcome: 'accepted' }> {
  if (result.outcome !== 'accepted') throw new Error(`not accepted: ${JSON.stringify(result)}`);
  return result;
}

export function acceptedGeneration(result: GenerationResult): Extract<GenerationResult, { outcome: 'accepted' }> {
  if (result.outcome !== 'accepted') throw new Error(`not accepted: ${JSON.stringify(result)}`);
  return result;
}
