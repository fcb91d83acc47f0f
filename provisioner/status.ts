import { describeError } from '../schemas/app-error.ts';
import type { ProvisionerStatus, ProvisionerStore, UnservedPhones } from '../store/phone-ports.ts';
import type { Clock, SipClient } from './ports.ts';

export interface StatusDeps {
  readonly store: Pick<ProvisionerStore, 'recordStatus'>;
  readonly client: Pick<SipClient, 'stack' | 'readiness'>;
  readonly url: string;
  /** Where old phones may come in; null: nowhere. */
  readonly legacyUrl: string | null;
  readonly notServed: (limit: number) => UnservedPhones;
  readonly guesses: () => Required<ProvisionerStatus>['guesses'];
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly log: { info(fields: object, message: string): void; warn(fields: object, message: string): void };
}

/** Whether the SIP stack can send is looked at this often, and told at least so often. */
const LOOK_MS = 1_000;
const TELL_MS = 30_000;
/** So many phones that are not served as they are wanted are named. */
const NAMED = 20;

/** Tells control where phones find us and how the SIP stack is, until the signal fires. */
export async function tellStatus({
  store,
  client,
  url,
  legacyUrl,
  notServed,
  guesses,
  clock,
  signal,
  log,
}: StatusDeps): Promise<void> {
  const told = { at: Number.NEGATIVE_INFINITY, text: '' };
  const isEnding = (): boolean => signal.aborted;
  while (!isEnding()) {
    const sip = { stack: client.stack, ...client.readiness() };
    const unserved = notServed(NAMED);
    const text = JSON.stringify([sip, unserved]);
    const at = clock.now();
    try {
      if (text !== told.text || at - told.at >= TELL_MS) {
        await store.recordStatus({
          ...{ at, url, sip, notServed: unserved, guesses: guesses() },
          ...(legacyUrl === null ? {} : { legacyTls: legacyUrl }),
        });
        if (text !== told.text) {
          log.info({ stack: sip.stack, isReady: sip.isReady, detail: sip.detail }, 'sip stack');
          if (unserved.count > 0) log.warn({ ...unserved }, 'phones not served as wanted');
        }
        told.at = at;
        told.text = text;
      }
      await clock.sleep(LOOK_MS, signal);
    } catch (error) {
      if (isEnding()) return;
      log.warn({ error: describeError(error) }, 'status not written');
      await clock.sleep(LOOK_MS, signal).catch(() => undefined);
    }
  }
}
