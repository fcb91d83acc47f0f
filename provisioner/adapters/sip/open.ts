import type pino from 'pino';
import type { Secret } from '../../../schemas/secret.ts';
import type { SipClient } from '../../ports.ts';
import { sipClient, systemRandomHex, type RandomHex } from './client.ts';
import { drachtioStack } from './drachtio/stack.ts';
import { embeddedStack } from './embedded/stack.ts';

/** The settings of `provisioner.sip`, its secret read. */
export type SipOptions =
  | { readonly stack: 'embedded' }
  | { readonly stack: 'drachtio'; readonly host: string; readonly port: number; readonly secret: Secret };

export interface SipDeps {
  readonly log: pino.Logger;
  /** For Call-IDs, tags and cnonces; default: node:crypto. */
  readonly randomHex?: RandomHex;
  /** PEM of who signs registrars' certificates; default: whom Node trusts. Embedded stack only. */
  readonly tlsCa?: string;
}

/**
 * Opens the SIP client that the configuration asks for. With drachtio it connects by itself, now and whenever the link is
 * lost; `readiness` tells.
 *
 * @throws AppError `sip-protocol` or `sip-unavailable` for settings that could never work.
 */
export function openSipClient(options: SipOptions, { log, randomHex = systemRandomHex, tlsCa }: SipDeps): SipClient {
  switch (options.stack) {
    case 'embedded':
      return sipClient(embeddedStack({ tlsCa }), randomHex);
    case 'drachtio':
      return sipClient(drachtioStack(options, log), randomHex);
  }
}
