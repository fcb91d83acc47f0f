import { maskOperation } from '../../control/core/mask-answers.ts';
import type { Operation, OperationState } from '../../schemas/operation.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { say, sayJson, screenWidth, type Invocation } from '../invocation.ts';
import { reasonText } from '../reasons.ts';
import { heldLines } from '../show-held.ts';
import { atSiteDesk, idOf, notFound, type SiteDesk } from '../site-desk.ts';
import { causeLines } from '../site-operation.ts';
import { fields, printable, table } from '../table.ts';
import { timeOf } from '../times.ts';

export interface OperationsOptions {
  readonly json: boolean;
  readonly held: boolean;
  readonly all: boolean;
  readonly limit: number;
}

const HELD: readonly OperationState[] = ['held'];
const UNDER_WAY: readonly OperationState[] = ['received', 'planned', 'applied'];
const OVER: readonly OperationState[] = ['verified', 'failed', 'superseded'];

/** Shows what was asked for and how far it is, held ones first, or one operation with what to do about it. */
export async function showOperations(
  invocation: Invocation,
  id: string | undefined,
  options: OperationsOptions,
): Promise<ExitCode> {
  return atSiteDesk(invocation, async (desk) => {
    if (id !== undefined) return showOne(invocation, desk, idOf(id, invocation), options);
    const { held, limit, json } = options;
    const items: Operation[] = [];
    for (const states of held ? [HELD] : [HELD, UNDER_WAY, OVER])
      items.push(...(await desk.store.listOperations(states, limit - items.length)).map(maskOperation));
    const { operations: counts } = await desk.store.counts();
    if (json) sayJson(invocation, { items, counts });
    else for (const line of listing(invocation, items, counts.held)) say(invocation, line);
    return EXIT.ok;
  });
}

async function showOne(
  invocation: Invocation,
  { store }: SiteDesk,
  id: string,
  { json, all }: OperationsOptions,
): Promise<ExitCode> {
  const found = await store.readOperation(id);
  if (found === null) throw notFound(`operation/${id}`, invocation);
  const operation = maskOperation(found);
  const places = await store.heldOn(id);
  const parts = await store.operationParts(id);
  if (json) {
    sayJson(invocation, { ...operation, parts, heldOn: places });
    return EXIT.ok;
  }
  const { held: texts, site } = invocation.messages;
  const { columns } = texts.operations;
  const lines = [
    ...fields([
      [columns.id, operation.id],
      [columns.kind, operation.kind],
      [columns.subject, operation.subject],
      [columns.state, site.states[operation.state]],
      [columns.asked, timeOf(operation.history[0]?.at ?? null) ?? ''],
      [columns.since, timeOf(operation.history.at(-1)?.at ?? null) ?? ''],
    ]),
    ...parts.map(({ router, state, reason }) => texts.part(router, site.states[state], reason)),
    ...(await causeLines(invocation, store, operation)),
    ...(operation.reason === 'empty-snapshot' ? [`  ${texts.releaseWhole(operation.id)}`] : []),
    ...places.flatMap(({ router, held }) => [
      `${router}:`,
      ...heldLines(invocation, { router, heldOperations: [held] }, all).map((line) => `  ${line}`),
    ]),
  ];
  for (const line of lines) say(invocation, line);
  return EXIT.ok;
}

function listing(invocation: Invocation, items: readonly Operation[], held: number): readonly string[] {
  const { held: texts, site, language } = invocation.messages;
  const { columns, none } = texts.operations;
  if (items.length === 0) return [none];
  const shown = items.filter(({ state }) => state === 'held');
  const reasons = [...new Set(shown.flatMap(({ reason }) => reason ?? []))];
  const { id, kind, subject, state, reason, since } = columns;
  return [
    ...table(
      [id, kind, subject, state, reason, since],
      items.map((one) => [
        one.id,
        one.kind,
        one.subject,
        site.states[one.state],
        one.reason ?? site.words.none,
        timeOf(one.history.at(-1)?.at ?? null) ?? '',
      ]),
      { width: screenWidth(invocation), shrink: [[3, 8]] },
    ),
    ...(held > shown.length ? [texts.others(held - shown.length)] : []),
    ...reasons.flatMap((word) => {
      const text = reasonText(word, language);
      return text === null ? [] : [site.heldBy(word, text.what), `  ${site.todo(printable(text.todo))}`];
    }),
    ...(reasons.includes('brake') ? [texts.releaseAll] : []),
  ];
}
