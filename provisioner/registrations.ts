import { describeError } from '../schemas/app-error.ts';
import type { ProvisionerStore, ServedLine, ServedPhone } from '../store/phone-ports.ts';
import type { Registrar } from './core/registrar.ts';
import { lookAfterMs } from './core/rotation/timing.ts';
import type { Clock } from './ports.ts';
import type { Prober } from './prober.ts';
import { credentialOf, probedAt } from './registrars.ts';
import type { Underway } from './underway.ts';

export interface RegistrationsDeps {
  readonly store: Pick<ProvisionerStore, 'recordRegistrations'>;
  readonly prober: Pick<Prober, 'verify'>;
  readonly registrars: () => ReadonlyMap<string, Registrar>;
  /** An extension in a rotation is looked at by the rotation. */
  readonly isRotating: (number: string) => boolean;
  readonly clock: Clock;
  readonly underway: Underway;
  /** What waits for its turn at the registrar may take so long, ms. */
  readonly stepMs: () => number;
  readonly signal: AbortSignal;
  readonly log: { warn(fields: object, message: string): void };
}

/** A phone registers seconds after it fetched; one that takes longer shows with the next look. */
const LOOK_FOR_MS = 60_000;
/** More are not looked for at once: after a power cut the whole site fetches, and it is known already. */
const MOST_LOOKS = 200;

/** After a phone has fetched its lines: looks at the registrar until they are bound, and writes down what it saw. */
export class Registrations {
  readonly #deps: RegistrationsDeps;
  readonly #looks = new Map<string, Promise<void>>();

  constructor(deps: RegistrationsDeps) {
    this.#deps = deps;
  }

  lookFor({ lines }: ServedPhone): void {
    for (const line of lines) {
      if (this.#looks.has(line.number) || this.#looks.size >= MOST_LOOKS || this.#deps.signal.aborted) continue;
      const { underway, stepMs } = this.#deps;
      const look = underway
        .watch(`registration ${line.number}`, LOOK_FOR_MS + stepMs(), () => this.#look(line))
        .catch((error: unknown) => {
          if (this.#deps.signal.aborted) return;
          this.#deps.log.warn({ number: line.number, error: describeError(error) }, 'registration not looked at');
        })
        .finally(() => this.#looks.delete(line.number));
      this.#looks.set(line.number, look);
    }
  }

  /** Resolves when every look has ended, after the signal fired. */
  async ended(): Promise<void> {
    await Promise.all(this.#looks.values());
  }

  async #look({ number, extension, key }: ServedLine): Promise<void> {
    const { store, prober, registrars, isRotating, clock, signal } = this.#deps;
    const until = clock.now() + LOOK_FOR_MS;
    for (let tries = 0; key !== null && clock.now() < until && !isRotating(number); tries += 1) {
      await clock.sleep(lookAfterMs(tries), signal);
      const place = probedAt(registrars(), extension);
      if ('obstacle' in place || isRotating(number)) return;
      const told = await prober.verify(place.registrar, credentialOf(number, extension, key), {
        isAskedFor: false,
        signal,
      });
      if (told.kind === 'spent') return;
      const { verdict, bindings } = told;
      const isBound = bindings !== null && bindings.length > 0;
      const isLast = verdict === 'invalid' || verdict === 'locked' || verdict === 'unsupported';
      if (isBound || isLast || clock.now() >= until) {
        await store.recordRegistrations([{ number, at: told.answeredAt, verdict, bindings }]);
        return;
      }
    }
  }
}
