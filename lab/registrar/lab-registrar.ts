import type { LabClock } from '../clock.ts';
import type { Transport } from '../sip/socket.ts';
import type { ChallengeForm, LabUser } from './authentication.ts';
import type { Grants, LabBinding } from './bindings.ts';
import type { RegistrarFaults } from './faults.ts';

export interface LabRegistrarOptions {
  readonly users: ReadonlyMap<string, LabUser>;
  /** Default `lab.test`. */
  readonly realm?: string;
  /** Default: one challenge, MD5 with qop auth. */
  readonly challenges?: readonly ChallengeForm[];
  readonly transports?: readonly Transport[];
  /** Default 0: a free port. */
  readonly port?: number;
  readonly grants?: Partial<Grants>;
  readonly clock?: LabClock;
}

/**
 * How a registrar differs. What becomes of a REGISTER without Contact where it does not read RFC 3261 §10.2.3: an Asterisk
 * before 13.18 with remove_existing deletes the binding; FreeSWITCH answers 400 before it asks who it is. `forbids`: a
 * wrong digest is answered 403, not with another challenge.
 */
export type RegistrarTrait = 'asterisk-old' | 'freeswitch' | 'forbids';

/** One request as it was seen, without what is secret in it. */
export interface SeenRequest {
  readonly at: number;
  readonly method: string;
  readonly uri: string;
  readonly user: string;
  readonly source: string;
  readonly transport: Transport;
  readonly callId: string;
  readonly userAgent: string | null;
  readonly event: string | null;
  readonly hasContact: boolean;
  readonly hasAuthorization: boolean;
  /** What it was answered; null: not yet, or never. */
  readonly status: number | null;
}

/** A SIP registrar on loopback, and the proxy before the phones that are registered with it. */
export interface LabRegistrar {
  readonly host: string;
  readonly port: number;
  readonly faults: RegistrarFaults;
  /** In order; retransmissions are not in it. */
  readonly requests: readonly SeenRequest[];
  bindings(user: string): LabBinding[];
  /** What is accepted from now on; bindings stay until they end, as with a real one. */
  setKeys(user: string, ...keys: string[]): void;
  removeUser(user: string): void;
  setRealm(realm: string): void;
  setChallenges(...forms: ChallengeForm[]): void;
  setGrants(grants: Partial<Grants>): void;
  setTrait(trait: RegistrarTrait | null): void;
  /** After so many wrong digests of a user every request of theirs is answered `status`, until `unlock`. */
  setLockOut(refusals: number, status?: number): void;
  unlock(): void;
  /** Forgets a user's bindings, as after a restart without a database. */
  forget(user: string): void;
  /** The first binding of the user that `fits`, as soon as there is one. */
  untilBound(user: string, fits?: (binding: LabBinding) => boolean, timeoutMs?: number): Promise<LabBinding>;
  /** The first request that `fits` and was answered, whether before or after the call. */
  untilSeen(fits: (request: SeenRequest) => boolean, timeoutMs?: number): Promise<SeenRequest>;
  /** Stops answering as a server that is off: its port is closed. */
  down(): Promise<void>;
  /** Back on the same port, with the bindings it had. */
  up(): Promise<void>;
  close(): Promise<void>;
}
