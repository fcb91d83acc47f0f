import type { FastifyBaseLogger } from 'fastify';
import type { ProvisionerConfig } from '../schemas/config/provisioner.ts';
import type { Secret } from '../schemas/secret.ts';
import { takesConnections } from '../store/own-listener.ts';
import type { PhoneFetch, PhoneRequest } from '../store/phone-ports.ts';
import type { Catalogue } from './catalogue.ts';
import { GuessLimits } from './core/guess-limits.ts';
import { listen, urlOf } from './listen.ts';
import { nonceKeyOf } from './phone-auth.ts';
import { buildPhoneServer } from './phone-server.ts';
import { clientCertificatesOf, phoneAuthOf, phoneTlsOf, type ConfigReaders } from './settings.ts';

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
}

/** Where phones come in. */
export interface PhoneDoors {
  readonly url: string;
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
  const server = buildPhoneServer({
    ...deps,
    catalogue: {
      find: (...args) => catalogue().find(...args),
      standingOf: (tokenHash) => catalogue().standingOf(tokenHash),
      named: (mac) => catalogue().named(mac),
      certified: (...args) => catalogue().certified(...args),
      findOwn: (...args) => catalogue().findOwn(...args),
    },
    auth: phoneAuthOf(config, {
      nonceKey: nonceKeyOf(deps.privateKey),
      credentialsOf: (mac) => catalogue().credentialsOf(mac),
      now,
    }),
    publicUrl: config.publicUrl,
    tls: phoneTlsOf(config, options, certificates),
    certificates,
    limits,
  });
  const { host, port } = config.listen;
  try {
    await listen(server, host, port);
  } catch (error) {
    await server.close();
    throw error;
  }
  return {
    url: urlOf(server.server.address(), config.tls !== undefined),
    guesses: () => ({ addresses: limits.limitedAt(now()), requests: limits.refused }),
    takeConnections: () => takesConnections(server.server),
    close: () => server.close(),
  };
}
