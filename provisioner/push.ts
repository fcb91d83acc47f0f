import type { Binding } from '../schemas/rotation-progress.ts';
import type { ServedPhone } from '../store/phone-ports.ts';
import { formatOf } from './core/vendors/table.ts';
import type { PushAnswer } from './core/rotation/state.ts';
import type { Registrar } from './core/registrar.ts';
import type { NotifyAnswer, NotifyTarget, SipCredential } from './ports.ts';
import type { Prober } from './prober.ts';

export interface Push {
  readonly registrar: Registrar;
  readonly number: string;
  /** Who is to fetch. */
  readonly phones: readonly ServedPhone[];
  /** The phone's challenge is answered with these in order: the key it has now comes first. */
  readonly credentials: readonly SipCredential[];
  readonly bindings: readonly Binding[];
  readonly signal: AbortSignal;
}

/** A forked extension has a few contacts; more are leftovers. */
const MOST_CONTACTS = 8;

/**
 * Tells phones to fetch: to the AOR by way of the registrar, which knows the flow to each; where that is not taken, or there
 * are several, to the exact Contacts, straight (a Contact's user is random and phones compare it). One NOTIFY for each
 * vendor's event; a phone that gets it twice fetches once more.
 */
export async function pushTo(prober: Pick<Prober, 'notify'>, push: Push): Promise<readonly PushAnswer[]> {
  const events = [...new Set(push.phones.flatMap(({ phone }) => formatOf(phone)?.resyncEvent ?? []))];
  const answers = await Promise.all(events.map((event) => pushEvent(prober, push, event)));
  return answers.flat();
}

async function pushEvent(
  prober: Pick<Prober, 'notify'>,
  { registrar, number, credentials, bindings, signal }: Push,
  event: string,
): Promise<readonly PushAnswer[]> {
  const send = async (target: Pick<NotifyTarget, 'contact' | 'route'>): Promise<PushAnswer> =>
    told(event, target, await prober.notify({ registrar, number, ...target }, event, credentials, signal));
  const first = await send({ contact: null, route: 'registrar' });
  // Refused: the phone has the request, and none of our keys is its own; straight it would refuse them as well. Of several
  // phones on one AOR a fork brings back one answer only (RFC 3261 §16.7): who challenged is lost behind who took it.
  const isTold = first.kind === 'received' || first.kind === 'refused';
  if (isTold && bindings.length <= 1) return [first];
  const contacts = bindings.slice(0, MOST_CONTACTS).map(({ contact }) => contact);
  const direct = await Promise.all(contacts.map((contact) => send({ contact, route: 'direct' })));
  return [first, ...direct];
}

function told(
  event: string,
  { contact, route }: Pick<NotifyTarget, 'contact' | 'route'>,
  answer: NotifyAnswer,
): PushAnswer {
  const status = 'status' in answer ? answer.status : null;
  const detail = 'detail' in answer ? answer.detail : null;
  return { event, route, contact, kind: answer.kind, status, detail };
}
