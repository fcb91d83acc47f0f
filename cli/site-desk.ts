import { knownRouters } from '../control/known-routers.ts';
import { validatorOf, type Validator } from '../control/http/validate.ts';
import { AppError } from '../schemas/app-error.ts';
import { Id } from '../schemas/ids.ts';
import type { ProblemDetail } from '../schemas/problem.ts';
import type { RouterStatus } from '../schemas/router.ts';
import type { AcceptResult, Intent } from '../store/ports.ts';
import type { IntentContext } from '../store/terms.ts';
import { openDesk, type Desk } from './desk.ts';
import type { Invocation } from './invocation.ts';

type Accepted = Extract<AcceptResult, { readonly outcome: 'accepted' | 'replayed' }>;

/** The desk of the verbs about subscribers, notices and routers. */
export interface SiteDesk extends Desk {
  /** Every router of the configuration, as the agent last wrote of it. */
  readonly routers: readonly RouterStatus[];
  /** Hands an intent to the store; what stands against it is thrown, in the person's language. */
  readonly accept: (intent: Intent, condition?: Pick<IntentContext, 'ifMatch'>) => Promise<Accepted>;
}

const isId = validatorOf(Id);

/** Opens the store for one verb about the site, and closes it afterwards. */
export async function atSiteDesk<Result>(
  invocation: Invocation,
  work: (desk: SiteDesk) => Promise<Result>,
): Promise<Result> {
  return openDesk(invocation, 'agent', async (desk) => {
    const agent = desk.loaded.config.agent;
    const routers = await knownRouters(desk.store, {
      routers: agent?.routers.map(({ id, mode }) => ({ id, mode })) ?? null,
    });
    return work({
      ...desk,
      routers,
      accept: async (intent, condition = {}) => {
        const context = { ...desk.context(routers.map(({ id }) => id)), ...condition };
        const result = await desk.store.acceptIntent(intent, context);
        if (result.outcome === 'accepted' || result.outcome === 'replayed') return result;
        throw refusal(result, intent, invocation);
      },
    });
  });
}

/** An id as a person types it. */
export function idOf(text: string, { messages }: Invocation): string {
  const checked = isId(text);
  if (checked.ok) return checked.value;
  throw wrongInput(messages.usage.invalidValue(text));
}

/** A router that the configuration has; an unknown one is refused by name, as the API does. */
export function routerOf({ routers }: SiteDesk, id: string, { messages }: Invocation): RouterStatus {
  const found = routers.find((router) => router.id === id);
  if (found !== undefined) return found;
  const known = routers.map((router) => router.id).slice(0, 50);
  // Not `not-found`: a name that the configuration does not have is wrong usage, whichever verb it was given to.
  throw wrongInput(messages.site.faults.unknownRouter(id, known));
}

/** Names an option in place of a pointer: `/notBefore` is `--not-before`, `/addresses/1` is `--address`. */
export type OptionNames = Readonly<Record<string, string>>;

/** The value, or its first fault in the API's own words, told by the option that carried it. */
export function checked<Value>(
  check: Validator<Value>,
  value: unknown,
  names: OptionNames,
  invocation: Invocation,
): Value {
  const result = check(value);
  if (result.ok) return result.value;
  return refuseFaults(result.faults, names, invocation);
}

/** Throws the faults, if there are any. */
export function refuse(faults: readonly ProblemDetail[], names: OptionNames, invocation: Invocation): void {
  if (faults.length > 0) refuseFaults(faults, names, invocation);
}

function refuseFaults(faults: readonly ProblemDetail[], names: OptionNames, { messages }: Invocation): never {
  const said = faults.map(({ pointer, detail }) => {
    const [, field = ''] = pointer.split('/');
    return messages.site.faults.field(names[field] ?? field, messages.site.faults.detail(detail));
  });
  throw wrongInput(said.join('; '));
}

/** What of an option that was not given is left out of a document. */
export function given<Value extends object>(fields: Value): Partial<Value> {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as Partial<Value>;
}

/** `noun/id`, which nobody knows. */
export function notFound(subject: string, { messages }: Invocation): AppError {
  return new AppError('not-found', messages.desk.notFound(subject), { retryable: false });
}

export function wrongInput(message: string): AppError {
  return new AppError('invalid-input', message, { retryable: false });
}

function refusal(result: Exclude<AcceptResult, Accepted>, intent: Intent, invocation: Invocation): AppError {
  switch (result.outcome) {
    case 'not-found':
      return notFound(subjectOf(intent), invocation);
    case 'address-held':
      return new AppError('conflict', invocation.messages.site.faults.addressHeld(result.address, result.by), {
        retryable: false,
      });
    case 'precondition-failed':
      return new AppError('conflict', invocation.messages.site.faults.changedMeanwhile, { retryable: true });
    case 'key-reused':
      // No verb names an idempotency key.
      return new AppError('internal', `the store answered ${result.outcome}`, { retryable: false });
  }
}

function subjectOf(intent: Intent): string {
  if ('id' in intent) return `subscriber/${intent.id}`;
  return 'router' in intent ? `router/${intent.router}` : intent.kind;
}
