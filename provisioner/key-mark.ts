import { createHmac, hkdfSync } from 'node:crypto';
import type { Secret } from '../schemas/secret.ts';
import type { SipCredential } from './ports.ts';

/** Marks number and key together with a key of our own, so that the ledger of refusals tells keys apart and none of them. */
export function keyMarker(privateKey: Secret): (credential: SipCredential) => string {
  const key = Buffer.from(hkdfSync('sha256', privateKey.reveal(), '', 'wisp-edge refusals', 32));
  return ({ number, key: sipKey }) =>
    createHmac('sha256', key).update(`${number}\0`).update(sipKey.reveal()).digest('base64url');
}

/** Marks what a phone is told, keys among it, so that contents can be told apart and none of them guessed. */
export function contentMarker(privateKey: Secret): (content: string) => string {
  const key = Buffer.from(hkdfSync('sha256', privateKey.reveal(), '', 'wisp-edge phone contents', 32));
  return (content) => createHmac('sha256', key).update(content).digest('base64url');
}
