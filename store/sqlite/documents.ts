import { Type, type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import { AppError } from '../../schemas/app-error.ts';
import { Evidence, Operation, OperationKind, OperationReason, OperationState } from '../../schemas/operation.ts';
import { PlanillaReport } from '../../schemas/planilla.ts';
import { Portal } from '../../schemas/portal.ts';
import { ObservedSubscriber, RouterPlan, RouterStatus } from '../../schemas/router.ts';
import { Cutoff, Notice, Subscriber } from '../../schemas/subscriber.ts';

/** A wish of one facet as it is stored: what, since when, asked by which operation. */
function wishOf<Schema extends typeof Cutoff | typeof Notice>(value: Schema) {
  return Type.Object({ value, since: Type.Integer(), operation: Type.String() });
}

/** Everything wanted of a subscriber besides the subscriber itself, by facet. */
export const Wishes = Type.Object(
  {
    cutoff: Type.Optional(wishOf(Cutoff)),
    maintenance: Type.Optional(wishOf(Notice)),
    'payment-due': Type.Optional(wishOf(Notice)),
    custom: Type.Optional(wishOf(Notice)),
  },
  { additionalProperties: false },
);
export type Wishes = Static<typeof Wishes>;

const ImpliedRestore = Type.Object({ operation: Type.String(), since: Type.Integer() });

/** The same, as a snapshot brings it: values only. */
export const WishValues = Type.Object(
  {
    cutoff: Type.Optional(Cutoff),
    maintenance: Type.Optional(Notice),
    'payment-due': Type.Optional(Notice),
    custom: Type.Optional(Notice),
  },
  { additionalProperties: false },
);
export type WishValues = Static<typeof WishValues>;

const History = Operation.properties.history;
export type History = Static<typeof History>;

/** The answer a repeated request gets. */
const StoredRecord = Type.Object({
  id: Type.String(),
  revision: Type.Integer(),
  changedAt: Type.Integer(),
  subscriber: Subscriber,
  cutoff: Type.Union([wishOf(Cutoff), Type.Null()]),
  notices: Type.Object({
    maintenance: Type.Optional(wishOf(Notice)),
    'payment-due': Type.Optional(wishOf(Notice)),
    custom: Type.Optional(wishOf(Notice)),
  }),
});
const StoredAnswer = Type.Object({
  created: Type.Boolean(),
  operation: Type.Union([Operation, Type.Null()]),
  record: Type.Union([StoredRecord, Type.Null()]),
  /** Of a planilla only. */
  report: Type.Optional(PlanillaReport),
});
export type StoredAnswer = Static<typeof StoredAnswer>;

interface Check<Value> {
  Check(value: unknown): value is Value;
}

/** Reads the JSON of one column; what does not fit the schema means that the file was tampered with or is damaged. */
export function reader<Value>(what: string, check: Check<Value>): (json: string) => Value {
  return (json) => {
    const value: unknown = JSON.parse(json);
    if (check.Check(value)) return value;
    throw new AppError('store-corrupt', `a stored ${what} does not have its form`, {
      remedy: 'Restore the database from a backup.',
      retryable: false,
    });
  };
}

export const readSubscriberJson = reader('subscriber', Compile(Subscriber));
export const readWishes = reader('wish', Compile(Wishes));
export const readImpliedRestore = reader('implied restore', Compile(ImpliedRestore));
export const readWishValues = reader('staged wish', Compile(WishValues));
export const readHistory = reader('operation history', Compile(History));
export const readEvidence = reader('evidence', Compile(Evidence));
export const readNames = reader('list of names', Compile(Type.Array(Type.String())));
export const readData = reader('journal entry', Compile(Type.Record(Type.String(), Type.Unknown())));
export const readAnswer = reader('answer', Compile(StoredAnswer));
export const readObserved = reader('observation', Compile(Type.Omit(ObservedSubscriber, ['at'])));
export const readRouterStatus = reader('router status', Compile(RouterStatus));
export const readRouterPlan = reader('router plan', Compile(RouterPlan));
export const readPortalJson = reader('portal', Compile(Portal));

/** Checks a word of a closed vocabulary that stands in a column of its own. */
export function wordReader<Word extends string>(what: string, check: Check<Word>): (word: string) => Word {
  return (word) => {
    if (check.Check(word)) return word;
    throw new AppError('store-corrupt', `unknown ${what} ${word}`, { retryable: false });
  };
}

export const readState = wordReader('operation state', Compile(OperationState));
export const readKind = wordReader('operation kind', Compile(OperationKind));
export const readReason = wordReader('operation reason', Compile(OperationReason));

/** JSON with sorted keys and without undefined ones, so that equal values are equal texts. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item: unknown) => canonicalJson(item)).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value ?? null);
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  members.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`).join(',')}}`;
}
