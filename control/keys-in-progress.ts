import type { IdempotencyKey } from '../store/ports.ts';
import { ProblemError } from './http/problems.ts';

/**
 * Idempotency keys whose request is at work in this process. The store keeps the finished ones; a second request with the
 * same key meanwhile is told to come again, lest both be carried out.
 */
export class KeysInProgress {
  readonly #keys = new Set<string>();

  async during<Value>(key: IdempotencyKey | null, work: () => Promise<Value>): Promise<Value> {
    if (key === null) return work();
    const name = JSON.stringify([key.owner, key.key]);
    if (this.#keys.has(name)) throw new ProblemError('key-in-progress', { headers: { 'retry-after': '1' } });
    this.#keys.add(name);
    try {
      return await work();
    } finally {
      this.#keys.delete(name);
    }
  }
}
