import type { HeldOperation, RouterPlan } from '../schemas/router.ts';
import type { Invocation } from './invocation.ts';
import { firstOf } from './messages/first-of.ts';
import type { HeldEffect } from './messages/held-messages.ts';
import { printable } from './table.ts';
import { timeOf } from './times.ts';

const EFFECTS: readonly HeldEffect[] = ['cut', 'restored', 'noticed'];
/** So many held operations, and commands of each, are shown unless all are asked for. */
const SHOWN_OPERATIONS = 20;
const SHOWN_COMMANDS = 10;
/** So many subscribers fit into a command to claim. */
const CLAIMED = 10;

/** What a plan holds: whom it would hit, why it waits, what would be written, and how it is let through or withdrawn. */
export function heldLines(
  { messages }: Pick<Invocation, 'messages'>,
  plan: Pick<RouterPlan, 'router' | 'heldOperations'>,
  isAll: boolean,
): readonly string[] {
  const held = plan.heldOperations ?? [];
  const shown = isAll ? held : held.slice(0, SHOWN_OPERATIONS);
  const rest = held.length - shown.length;
  return [
    ...shown.flatMap((one) => linesOf(one, plan.router, messages, isAll)),
    ...(rest === 0 ? [] : [messages.held.others(rest)]),
  ].map(printable);
}

function linesOf(
  held: HeldOperation,
  router: string,
  { held: texts, told }: Invocation['messages'],
  isAll: boolean,
): readonly string[] {
  const commands = isAll ? held.commands : held.commands.slice(0, SHOWN_COMMANDS);
  const more = held.commands.length - commands.length;
  const lines = [
    ...EFFECTS.filter((effect) => held[effect].count > 0).map((effect) =>
      texts.effect(effect, held[effect].count, named(held[effect], texts.moreWord)),
    ),
    held.limit === undefined ? told(held.detail) : texts.limit(held.limit),
    ...commands.map(({ sign, command }) => `${sign} ${command}`),
    ...(more > 0 ? [texts.more(more + held.omitted, true)] : []),
    ...(more === 0 && held.omitted > 0 ? [texts.more(held.omitted, false)] : []),
    ...waysOf(held, router, texts),
  ];
  return [texts.head(held, held.kind, timeOf(held.since) ?? ''), ...lines.map((line) => `  ${line}`)];
}

/** The first of them, and how many more there are. */
function named({ count, first }: HeldOperation['cut'], more: string): string {
  const rest = Array.from({ length: count - first.length }, () => '');
  return firstOf([...first, ...rest], more);
}

function waysOf(held: HeldOperation, router: string, texts: Invocation['messages']['held']): readonly string[] {
  const [subscriber] = held.cut.first;
  const isOwn = held.kind === 'cutoff' && held.cut.count === 1 && subscriber !== undefined;
  const withdrawn = isOwn
    ? [texts.withdrawCut(subscriber)]
    : held.kind === 'desired-state'
      ? [texts.withdrawSnapshot]
      : held.kind === 'adopt'
        ? [texts.withdrawAdopt(router)]
        : [];
  switch (held.way) {
    case 'release':
      return held.operation === null ? [] : [texts.release(router, held.operation), ...withdrawn];
    case 'claim': {
      const subscribers = EFFECTS.flatMap((effect) => held[effect].first).slice(0, CLAIMED);
      return [texts.claim(router, subscribers)];
    }
    case 'wait':
      return [texts.waits, ...withdrawn];
  }
}
