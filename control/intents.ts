import { AppError } from '../schemas/app-error.ts';
import { isSettled, type Operation } from '../schemas/operation.ts';
import type { AcceptResult, ControlStore, IdempotencyKey, Intent, IntentContext } from '../store/ports.ts';
import type { Clock } from './clock.ts';
import { maskOperation } from './core/mask-answers.ts';
import { etagOf, NO_REVISION } from './core/request-headers.ts';
import type { Fingerprint } from './fingerprint.ts';
import { json, type Answer, type RequestHead } from './http/exchange.ts';
import { ProblemError } from './http/problems.ts';
import type { KeysInProgress } from './keys-in-progress.ts';
import type { OperationWaits } from './operation-waits.ts';

export interface IntentDeps {
  readonly store: ControlStore;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly fingerprint: Fingerprint;
  readonly waits: OperationWaits;
  readonly keys: KeysInProgress;
  /** Ids of the routers there are. */
  readonly routers: () => Promise<readonly string[]>;
  /** Called after a commit of our own: the store's watch tells only of others'. */
  readonly onCommit: () => void;
}

export type Accepted = Extract<AcceptResult, { readonly outcome: 'accepted' | 'replayed' }>;

/** The present revision of the document that `If-Match` is about; asked only when it names several. */
export type RevisionOf = () => Promise<number | null>;

export function noRevision(): Promise<null> {
  return Promise.resolve(null);
}

/** Hands intents to the store, and says in HTTP what became of them. */
export class Intents {
  readonly #deps: IntentDeps;

  constructor(deps: IntentDeps) {
    this.#deps = deps;
  }

  /** Accepts an intent or throws the problem that stands against it. `body` is what the idempotency key vouches for. */
  async accept(head: RequestHead, intent: Intent, body: unknown, revision: RevisionOf = noRevision): Promise<Accepted> {
    const result = await this.during(head, body, revision, (context) => this.#deps.store.acceptIntent(intent, context));
    if (result.outcome === 'accepted' || result.outcome === 'replayed') return result;
    throw problemOf(result);
  }

  /** Hands a context made of the request's head to `work`, one request at a time for an idempotency key. */
  async during<Result>(
    head: RequestHead,
    body: unknown,
    revision: RevisionOf,
    work: (context: IntentContext) => Promise<Result>,
  ): Promise<Result> {
    const idempotency = this.idempotencyOf(head, body);
    const context = {
      ...(await this.contextOf(head, idempotency)),
      ...(head.ifMatch === null ? {} : { ifMatch: await oneRevision(head.ifMatch, revision) }),
    };
    const result = await this.#deps.keys.during(idempotency, () => work(context));
    this.#deps.onCommit();
    return result;
  }

  /** Accepts an intent whose fruit is an operation, and answers it: at once, or when it is settled if that was preferred. */
  async submit(head: RequestHead, intent: Intent, body: unknown, revision: RevisionOf = noRevision): Promise<Answer> {
    const { operation } = await this.accept(head, intent, body, revision);
    if (operation === null) throw new AppError('internal', `the store gave no operation for ${intent.kind}`);
    return this.answerOperation(head, operation);
  }

  /** 202 with the operation, or 200 once it is settled by more moves than `beyond` (RFC 7240 §4.3). */
  async answerOperation(head: RequestHead, accepted: Operation, beyond = 0): Promise<Answer> {
    const location = `/v1/operations/${accepted.id}`;
    const { waitSeconds } = head;
    if (waitSeconds === null) return json(202, maskOperation(accepted), { location });
    const operation =
      isSettled(accepted.state) && beyond === 0
        ? accepted
        : await this.#deps.waits.settled(accepted.id, waitSeconds, head.gone, beyond);
    if (operation === null) return json(202, maskOperation(accepted), { location });
    const applied = { 'preference-applied': `wait=${String(waitSeconds)}` };
    return isSettled(operation.state)
      ? json(200, maskOperation(operation), { 'content-location': location, ...applied })
      : json(202, maskOperation(operation), { location, ...applied });
  }

  /** The part of a context that every change has. */
  async contextOf(head: RequestHead, idempotency: IdempotencyKey | null): Promise<IntentContext> {
    return {
      actor: head.actor,
      at: this.#deps.clock.now(),
      operation: this.#deps.newId(),
      routers: await this.#deps.routers(),
      ...(idempotency === null ? {} : { idempotency }),
    };
  }

  idempotencyOf(head: RequestHead, body: unknown): IdempotencyKey | null {
    if (head.idempotencyKey === null) return null;
    const fingerprint = this.#deps.fingerprint([head.method, head.path, body]);
    return { key: head.idempotencyKey, owner: head.actor.name, fingerprint };
  }
}

/** The store compares with one revision: of several tags, the one that is current; else one that no document has. */
async function oneRevision(
  ifMatch: NonNullable<RequestHead['ifMatch']>,
  revision: RevisionOf,
): Promise<number | 'any'> {
  if (typeof ifMatch === 'number' || ifMatch === 'any') return ifMatch;
  const current = await revision();
  return current !== null && ifMatch.includes(current) ? current : NO_REVISION;
}

function problemOf(result: Exclude<AcceptResult, Accepted>): ProblemError {
  switch (result.outcome) {
    case 'key-reused':
      return new ProblemError('key-reused');
    case 'not-found':
      return new ProblemError('not-found');
    case 'precondition-failed':
      return new ProblemError('precondition-failed');
    case 'address-held':
      return new ProblemError('address-held', { detail: `${result.address} is held by subscriber ${result.by}` });
  }
}

/** Headers that name a document's revision. */
export function etagHeader(revision: number): Readonly<Record<string, string>> {
  return { etag: etagOf(revision) };
}
