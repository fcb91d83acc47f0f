import type { HeldCommand, HeldOperation, Whom } from '../../schemas/held-operation.ts';
import type { OperationKind } from '../../schemas/operation.ts';
import type { Decision } from './decision.ts';
import type { Hold } from './desired/live.ts';
import { printKey } from './ownership.ts';
import { stepsOf } from './plan/plan.ts';
import { printStep, STEP_ACTION, type Step } from './plan/step.ts';

/** So many subscribers of an operation are named; their number is told whole. */
const NAMED = 100;

/** A change that waits: one that the decision holds, or a restore or cut that a foreign row prevents. */
export type Waiting = Pick<Hold, 'subscriber' | 'facet' | 'reason' | 'detail' | 'limit'> & {
  /** Null where no open operation asks for it. */
  readonly operation: string | null;
};

export interface HeldInput {
  readonly decision: Decision;
  /** What would be decided if all that waits for somebody were let through; null where nothing does. */
  readonly letThrough: Decision | null;
  readonly waiting: readonly Waiting[];
  /** Kinds of the open operations. */
  readonly kinds: ReadonlyMap<string, OperationKind>;
  /** A subscriber's name, where he is known. */
  readonly nameOf: (id: string) => string | undefined;
  /** When the decision was made, as RFC 3339. */
  readonly at: string;
  readonly mask: (url: string) => string;
  /** So many commands at most, over all operations. */
  readonly maxCommands: number;
}

/** What waits, by operation and reason: whom it would hit, and the commands that letting it through would write. */
export function heldOperations(input: HeldInput): readonly HeldOperation[] {
  const groups = new Map<string, Waiting[]>();
  for (const one of input.waiting) {
    const key = `${one.reason} ${one.operation ?? ''}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [one]);
    else group.push(one);
  }
  const written = newSteps(input);
  let left = input.maxCommands;
  return [...groups.values()].flatMap((group): readonly HeldOperation[] => {
    const [first] = group;
    if (first === undefined) return [];
    const way = wayOf(first.reason);
    const isLifted = way !== 'wait' || first.reason === 'central-stale';
    const kind = first.operation === null ? null : (input.kinds.get(first.operation) ?? null);
    const steps = !isLifted
      ? []
      : kind === 'adopt'
        ? takeOverSteps(input.decision)
        : stepsFor(new Set(group.map(({ subscriber }) => subscriber)), written, input);
    const commands = steps.slice(0, left).map((step) => commandOf(step, input.mask));
    left -= commands.length;
    const { cut, restored, noticed } = whomOf(group, input.decision);
    return [
      {
        operation: first.operation,
        kind,
        reason: first.reason,
        detail: first.detail,
        since: input.at,
        cut,
        restored,
        noticed,
        ...namesOf([cut, restored, noticed], input.nameOf),
        ...(first.limit === undefined ? {} : { limit: first.limit }),
        way,
        commands,
        omitted: steps.length - commands.length,
      },
    ];
  });
}

function namesOf(whom: readonly Whom[], nameOf: HeldInput['nameOf']): Pick<HeldOperation, 'names'> {
  const named = whom
    .flatMap(({ first }) => first)
    .flatMap((id) => {
      const name = nameOf(id);
      return name === undefined ? [] : [[id, name] as const];
    });
  return named.length === 0 ? {} : { names: Object.fromEntries(named) };
}

function wayOf(reason: string): HeldOperation['way'] {
  if (reason === 'brake') return 'release';
  return reason === 'foreign-row' ? 'claim' : 'wait';
}

/** A held restore is of somebody whom no instruction cuts now; everything else that is no notice is a cut. */
function whomOf(group: readonly Waiting[], { live }: Decision): Readonly<Record<'cut' | 'restored' | 'noticed', Whom>> {
  const cut = new Set(live.subscribers.filter((one) => one.cut !== null).map(({ id }) => id));
  const of = (isMeant: (one: Waiting) => boolean): Whom => {
    const ids = [...new Set(group.filter(isMeant).map(({ subscriber }) => subscriber))];
    return { count: ids.length, first: ids.slice(0, NAMED) };
  };
  const isRestored = ({ facet, reason, subscriber }: Waiting): boolean =>
    facet === 'cutoff' && (reason === 'brake' || reason === 'foreign-row') && !cut.has(subscriber);
  return {
    cut: of((one) => one.facet === 'cutoff' && !isRestored(one)),
    restored: of(isRestored),
    noticed: of((one) => one.facet !== 'cutoff'),
  };
}

/** What the step of an adoption would write: with whom it opens goes all else of it. */
function takeOverSteps({ plan, adoption }: Decision): readonly Step[] {
  const present = new Set(stepsOf(plan).map(signOf));
  return stepsOf(adoption.takeOver).filter((step) => !present.has(signOf(step)));
}

/** The steps of ours that only letting through would add. */
function newSteps({ decision, letThrough }: HeldInput): readonly Step[] {
  if (letThrough === null) return [];
  const present = new Set(stepsOf(decision.plan).map(signOf));
  return stepsOf(letThrough.plan).filter((step) => step.foreign === undefined && !present.has(signOf(step)));
}

/** Two plans of one read: what is the same step has the same kind, row and values. */
function signOf(step: Step): string {
  const { kind, menu, key, subscriber } = step;
  const rest = 'id' in step ? step.id : kind === 'drop-connections' ? step.addresses.join() : '';
  const values = 'values' in step ? JSON.stringify(step.values) : '';
  return `${kind} ${menu} ${printKey(key)} ${subscriber ?? ''} ${rest} ${values}`;
}

/** The steps for these subscribers, and those that are nobody's. Removals of connections are told for them alone. */
function stepsFor(
  subscribers: ReadonlySet<string>,
  steps: readonly Step[],
  { letThrough }: HeldInput,
): readonly Step[] {
  const addresses = new Map(
    letThrough?.live.subscribers.map((one) => [one.id, one.addresses.map(({ text }) => text)]) ?? [],
  );
  return steps.flatMap((step): readonly Step[] => {
    if (step.kind !== 'drop-connections') {
      return step.subscriber === null || subscribers.has(step.subscriber) ? [step] : [];
    }
    const mine = step.subscribers.filter((id) => subscribers.has(id));
    if (mine.length === step.subscribers.length) return [step];
    const theirs = mine.flatMap((id) => addresses.get(id) ?? []).filter((text) => step.addresses.includes(text));
    return mine.length === 0 ? [] : [{ ...step, subscribers: mine, addresses: theirs }];
  });
}

function commandOf(step: Step, mask: (url: string) => string): HeldCommand {
  return {
    sign: STEP_ACTION[step.kind] === 'removed' ? '-' : '+',
    row: printKey(step.key),
    command: printStep(step, mask),
  };
}
