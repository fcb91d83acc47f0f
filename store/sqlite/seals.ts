import { setImmediate } from 'node:timers/promises';
import { AppError } from '../../schemas/app-error.ts';
import type { Secret } from '../../schemas/secret.ts';
import { opener, publicKeyOf, sealer, type Opener, type SealContext, type Sealer } from '../sealed.ts';

/** What a daemon was given of the provisioner's pair of keys. The private one seals as well. */
export interface SealingKeys {
  readonly sealTo?: { readonly provisioner: string } | undefined;
  readonly openWith?: { readonly provisioner: Secret } | undefined;
}

/** The one place of a sealed secret: table, primary key, column. */
export type Place = Omit<SealContext, 'recipient'>;

/** Each opening costs some 0.3 ms: others have their turn after so long. */
const SLICE_MS = 5;
/** More secrets than a large site has; past it everything is opened anew. */
const MAX_OPENED = 50_000;

export function extensionKeyPlace(number: string): Place {
  return { table: 'extensions', row: number, field: 'key' };
}

export function tokenPlace(hash: string): Place {
  return { table: 'phone_tokens', row: hash, field: 'token' };
}

export function fileKeyPlace(hash: string): Place {
  return { table: 'phone_tokens', row: hash, field: 'file_key' };
}

export function workKeyPlace(operation: string): Place {
  return { table: 'work', row: operation, field: 'key' };
}

/** An id cannot hold `/`, so no two rows read alike. */
export function rotationKeyPlace(rotation: string, number: string, field: 'old_key' | 'new_key'): Place {
  return { table: 'rotation_extensions', row: `${rotation}/${number}`, field };
}

/**
 * Seals to the provisioner, and opens where its private key is at hand. What was opened is remembered by its place and its
 * sealed bytes: the same view is read again with every change of anything.
 */
export class Seals {
  readonly #keys: SealingKeys;
  readonly #opened = new Map<string, { readonly sealed: Uint8Array; readonly secret: Secret }>();
  #sealer: Sealer | null = null;
  #opener: Opener | null = null;

  constructor(keys: SealingKeys) {
    this.#keys = keys;
  }

  seal(place: Place, secret: Secret): Uint8Array {
    this.#sealer ??= sealer(this.#publicKey());
    return this.#sealer({ recipient: 'provisioner', ...place }, secret);
  }

  open(place: Place, sealed: Uint8Array): Secret {
    this.#opener ??= opener(this.#privateKey());
    const name = `${place.table}/${place.row}/${place.field}`;
    const known = this.#opened.get(name);
    if (known !== undefined && Buffer.compare(known.sealed, sealed) === 0) return known.secret;
    const secret = this.#opener({ recipient: 'provisioner', ...place }, sealed);
    if (this.#opened.size >= MAX_OPENED) this.#opened.clear();
    this.#opened.set(name, { sealed, secret });
    return secret;
  }

  /** Fails at once where nothing can be opened, so that an empty answer never hides a missing key. */
  assertOpens(): void {
    this.#privateKey();
  }

  #publicKey(): string {
    if (this.#keys.sealTo !== undefined) return this.#keys.sealTo.provisioner;
    if (this.#keys.openWith !== undefined) return publicKeyOf(this.#keys.openWith.provisioner);
    throw new AppError('secret-unreadable', 'this process was not given the public key of the provisioner', {
      remedy: 'Run `wisp-edge init`, which makes keys/provisioner.pub, and start this daemon again.',
      retryable: false,
    });
  }

  #privateKey(): Secret {
    if (this.#keys.openWith !== undefined) return this.#keys.openWith.provisioner;
    throw new AppError('secret-unreadable', 'this process was not given the private key of the provisioner', {
      remedy: 'Only the provisioner reads SIP keys; give it keys/provisioner.key, or the credential provisioner.key.',
      retryable: false,
    });
  }
}

/** Maps a list with slow work, letting others in between. */
export async function unhurried<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Result,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  let until = performance.now() + SLICE_MS;
  for (const item of items) {
    results.push(work(item));
    if (performance.now() < until) continue;
    await setImmediate();
    until = performance.now() + SLICE_MS;
  }
  return results;
}
