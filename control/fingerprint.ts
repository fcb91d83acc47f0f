import { createHmac } from 'node:crypto';
import type { Secret } from '../schemas/secret.ts';
import { canonicalJson } from '../schemas/canonical-json.ts';

/** A keyed hash of a request's meaning: the order of keys in a body makes no difference, and no body can be guessed from it. */
export type Fingerprint = (value: unknown) => string;

/** Fingerprints under one key, which must outlive restarts, for stored ones are compared with new ones. */
export function fingerprintWith(key: Secret): Fingerprint {
  return (value) => createHmac('sha256', key.reveal()).update(canonicalJson(value)).digest('hex');
}
