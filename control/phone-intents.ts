import { AppError } from '../schemas/app-error.ts';
import { isFinal } from '../schemas/operation.ts';
import type { PhoneAcceptResult, PhoneControlStore, PhoneIntent } from '../store/phone-ports.ts';
import type { Answer, RequestHead } from './http/exchange.ts';
import { ProblemError } from './http/problems.ts';
import { noRevision, type Intents, type RevisionOf } from './intents.ts';

export type AcceptedPhone = Extract<PhoneAcceptResult, { readonly outcome: 'accepted' | 'replayed' }>;

/** Hands what is asked about phones to the store, and says in HTTP what became of it. */
export class PhoneIntents {
  readonly #intents: Intents;
  readonly #store: Pick<PhoneControlStore, 'acceptPhoneIntent'>;

  constructor(intents: Intents, store: Pick<PhoneControlStore, 'acceptPhoneIntent'>) {
    this.#intents = intents;
    this.#store = store;
  }

  /**
   * Accepts an intent or throws the problem that stands against it. `body` is what the idempotency key vouches for: it
   * names a key by its mark.
   */
  async accept(
    head: RequestHead,
    intent: PhoneIntent,
    body: unknown,
    revision: RevisionOf = noRevision,
  ): Promise<AcceptedPhone> {
    const result = await this.#intents.during(head, body, revision, (context) =>
      this.#store.acceptPhoneIntent(intent, context),
    );
    if (isAccepted(result)) return result;
    throw problemOf(result, intent);
  }

  /** Accepts an intent whose fruit is an operation, and answers it: at once, or when it is settled if that was preferred. */
  async submit(
    head: RequestHead,
    intent: PhoneIntent,
    body: unknown,
    revision: RevisionOf = noRevision,
  ): Promise<Answer> {
    const { operation } = await this.accept(head, intent, body, revision);
    if (operation === null) throw new AppError('internal', `the store gave no operation for ${intent.kind}`);
    // A rotation that is held for a key is not settled by that once the key is there.
    const isMovedOn = intent.kind === 'rotation-key' || intent.kind === 'cancel-rotation';
    return this.#intents.answerOperation(
      head,
      operation,
      isMovedOn && !isFinal(operation.state) ? operation.history.length : 0,
    );
  }
}

/** True when the store took it, now or before under the same idempotency key. */
export function isAccepted(result: PhoneAcceptResult): result is AcceptedPhone {
  return result.outcome === 'accepted' || result.outcome === 'replayed';
}

function problemOf(result: Exclude<PhoneAcceptResult, AcceptedPhone>, intent: PhoneIntent): ProblemError {
  switch (result.outcome) {
    case 'key-reused':
      return new ProblemError('key-reused');
    case 'not-found':
      return new ProblemError('not-found', { detail: `there is no ${nounOf(intent)}` });
    case 'precondition-failed':
      return new ProblemError('precondition-failed');
    case 'not-delegated':
      return new ProblemError('not-delegated', { detail: `extension ${result.number}` });
    case 'not-comodato':
      return new ProblemError('not-in-comodato');
    case 'unknown-extension':
      return new ProblemError('unknown-extension', {
        detail: `there is no extension ${result.number}`,
        errors: [{ pointer: placeOf(intent, result.number), detail: 'no such extension' }],
      });
    case 'not-carried':
      return new ProblemError('value-not-carried', {
        detail: result.mac === null ? result.detail : `phone ${result.mac}: ${result.detail}`,
      });
    case 'softphone':
      return new ProblemError('softphone-line', {
        detail: `extension ${result.number} is a softphone's, phone ${result.mac} would have it as a line`,
      });
    case 'key-in-use':
      return new ProblemError('sip-key-in-use', {
        detail: `a phone has fetched key, user and registrar of extension ${result.number}; another key reaches it by rotation`,
      });
    case 'in-use':
      return new ProblemError('in-use', { detail: `it is in use by ${result.by}` });
    case 'in-rotation':
      return new ProblemError('in-rotation', {
        detail: `extension ${result.number} is in rotation ${result.rotation}`,
      });
    case 'too-late':
      return new ProblemError('rotation-too-late', { detail: `it is at step ${result.step}` });
    case 'no-sip-key':
      return new ProblemError('no-sip-key', { detail: `extension ${result.number} has no SIP key` });
  }
}

/** What a 404 is about. */
function nounOf(intent: PhoneIntent): string {
  switch (intent.kind) {
    case 'put-extension':
    case 'delete-extension':
    case 'confirm-delegation':
    case 'validate':
      return `extension ${intent.number}`;
    case 'put-phone':
    case 'delete-phone':
    case 'enrol':
    case 'return-phone':
    case 'end-earlier':
    case 'resync':
      return `phone ${intent.mac}`;
    case 'acknowledge-return':
      return `comodato record ${intent.id}`;
    case 'rotation-key':
      return `extension ${intent.number} in a rotation ${intent.rotation}`;
    case 'rotate':
    case 'cancel-rotation':
      return `rotation ${intent.rotation}`;
  }
}

/** Where the body names an extension. */
function placeOf(intent: PhoneIntent, number: string): string {
  if (intent.kind === 'put-phone') {
    return `/lines/${String(intent.phone.lines.findIndex(({ extension }) => extension === number))}/extension`;
  }
  return intent.kind === 'rotate' ? `/extensions/${String(intent.extensions.indexOf(number))}` : '';
}
