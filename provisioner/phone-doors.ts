import type { FastifyBaseLogger } from 'fastify';
import type { ProvisionerConfig } from '../schemas/config/provisioner.ts';
import type { Secret } from '../schemas/secret.ts';
import { takesConnections } from '../store/own-listener.ts';
import type { PhoneFetch, PhoneRequest } from '../store/phone-ports.ts';
import type { Catalogue } from './catalogue.ts';
import { GuessLimits } from './core/guess-limits.ts';
import type { LedPhones } from './led-phones.ts';
import { listen, urlOf } from './listen.ts';
import { nonceKeyOf } from './phone-auth.ts';
import { buildPhoneServer } from './phone-server.ts';
import { clientCertificatesOf, legacyTlsOf, phoneAuthOf, phoneTlsOf, type ConfigReaders } from './settings.ts';

export interface PhoneDoorsDeps {
  readonly config: ProvisionerConfig;
  readonly options: ConfigReaders;
  readonly privateKey: Secret;
  /** The one that is served from now. */
  readonly catalogue: () => Catalogue;
  readonly catchUp: () => Promise<void>;
  readonly now: () => number;
  readonly log: FastifyBaseLogger;
  readonly onFetch: (fetch: PhoneFetch) => void;
  readonly onRequest: (request: PhoneRequest) => void;
  /** Who is given his enrolment though he brings no token. */
  readonly led: LedPhones;
}

/** Where phones come in. */
export interface PhoneDoors {
  readonly url: string;
  /** For phones that know no TLS 1.2; null: there is no such door. */
  readonly legacyUrl: string | null;
  /** Addresses that guess too much now, and their requests so far. */
  readonly guesses: () => { readonly addresses: number; readonly requests: number };
  takeConnections(): Promise<boolean>;
  close(): Promise<void>;
}

/** Opens what phones talk to, with all ways to say who they are that the configuration names. Rejects with `listen-failed`. */
export async function openPhoneDoors(deps: PhoneDoorsDeps): Promise<PhoneDoors> {
  const { config, options, catalogue, now } = deps;
  const limits = new GuessLimits();
  const certificates = clientCertificatesOf(config, options);
  const shared = {
    ...deps,
    catalogue: {
      find: (...args: Parameters<Catalogue['find']>) => catalogue().find(...args),
      standingOf: (tokenHash: string) => catalogue().standingOf(tokenHash),
      named: (mac: string) => catalogue().named(mac),
      certified: (...args: Parameters<Catalogue['certified']>) => catalogue().certified(...args),
      findOwn: (...args: Parameters<Catalogue['findOwn']>) => catalogue().findOwn(...args),
    },
    auth: phoneAuthOf(config, {
      nonceKey: nonceKeyOf(deps.privateKey),
      credentialsOf: (mac) => catalogue().credentialsOf(mac),
      now,
    }),
    publicUrl: config.publicUrl,
    limits,
  };
  const server = buildPhoneServer({ ...shared, tls: phoneTlsOf(config, options, certificates), certificates });
  const legacy = legacyTlsOf(config, options);
  // The same judge behind another door: what is good there is good here.
  const old = legacy === null ? null : buildPhoneServer({ ...shared, tls: legacy });
  const close = async (): Promise<void> => {
    await Promise.all([server.close(), old?.close()]);
  };
  try {
    await listen(server, config.listen, 'listen');
    if (config.legacyTls !== undefined && old !== null) {
      const { host, port } = config.legacyTls.listen;
      await listen(old, config.legacyTls.listen, 'legacyTls.listen');
      deps.log.warn({ host, port }, 'legacy TLS is on: what old phones fetch there can be read by who tries hard');
    }
  } catch (error) {
    await close();
    throw error;
  }
  return {
    url: urlOf(server.server.address(), config.tls !== undefined),
    legacyUrl: old === null ? null : urlOf(old.server.address(), true),
    guesses: () => ({ addresses: limits.limitedAt(now()), requests: limits.refused }),
    async takeConnections() {
      return (await takesConnections(server.server)) && (old === null || (await takesConnections(old.server)));
    },
    close,
  };
}
