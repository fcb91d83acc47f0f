import type { RouterStatus } from '../schemas/router.ts';
import type { ControlStore } from '../store/ports.ts';
import type { Messages } from './messages/messages.ts';

/** A failure that says nothing of the next attempt: the agent connects again within the second. */
const FAILURES_THAT_COUNT = 2;

/** The routers that the running agent cannot reach, as it last wrote of them. */
export async function routersAway(
  store: Pick<ControlStore, 'routerStatuses'>,
  routers: readonly string[],
): Promise<readonly RouterStatus[]> {
  const statuses = await store.routerStatuses();
  return statuses.filter(({ id, connection }) => connection === 'down' && routers.includes(id));
}

/**
 * Whether a router stays away: the agent must have failed twice running, for what it wrote before it was asked may be of
 * another day, and a connection that was only lost is back before anybody reads of it.
 */
export class AwayWatch {
  readonly #store: Pick<ControlStore, 'routerStatuses'>;
  readonly #router: string;
  readonly #failures = new Set<string>();

  constructor(store: Pick<ControlStore, 'routerStatuses'>, router: string) {
    this.#store = store;
    this.#router = router;
  }

  async isAway(): Promise<boolean> {
    const [status] = await routersAway(this.#store, [this.#router]);
    if (status === undefined) this.#failures.clear();
    // Each failure is written with its time.
    else this.#failures.add(JSON.stringify(status));
    return this.#failures.size >= FAILURES_THAT_COUNT;
  }
}

/** What keeps the agent from a router and what mends it, a line each. */
export function awayLines(messages: Messages, { id, lastError }: RouterStatus): readonly string[] {
  const { site, labels } = messages;
  if (lastError === null) return [site.away(id, labels.unnamed)];
  const { what, remedy } = errorText(messages, lastError);
  return [site.away(id, `${lastError.code}: ${what}`), `  ${site.todo(remedy)}`];
}

/** What each code means and mends stands among the messages; what the agent said of this one failure goes before it. */
export function errorText(
  { language, errors, labels }: Messages,
  { code, message, remedy, es }: NonNullable<RouterStatus['lastError']>,
): { readonly what: string; readonly remedy: string } {
  const known = Object.entries(errors).find(([name]) => name === code)?.[1];
  if (language === 'en' || known === undefined) {
    return { what: message, remedy: remedy ?? known?.remedy ?? labels.unnamed };
  }
  return { what: `${known.what} (${es?.message ?? message})`, remedy: es?.remedy ?? known.remedy };
}
