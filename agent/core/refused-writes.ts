import { maskUrl } from '../../schemas/mask-url.ts';
import type { Finding } from '../../schemas/finding.ts';
import { finding } from './findings/table.ts';
import { placeOf } from './plan/diff-set.ts';
import { stepsOf, type Plan } from './plan/plan.ts';
import { printStep, type Step } from './plan/step.ts';

/** So many passes in a row a router refuses the same write before that is told, and nobody else's rows wait for it. */
const TOLD_AFTER = 3;

/** A write that the router did not take, and what it said. */
export interface RefusedWrite {
  /** As an engineer would type it, tokens masked (I9). */
  readonly command: string;
  readonly why: string;
  /** The list and address that stay without our row, as `placeOf` has them; null where a row stands all the same. */
  readonly place: string | null;
}

/** How often in a row each write was refused. */
export type Refusals = ReadonlyMap<string, { readonly times: number; readonly write: RefusedWrite }>;

export function refusedWrite(step: Step, why: string): RefusedWrite {
  const isWanting = step.kind === 'add' && step.values['list'] !== undefined;
  return { command: printStep(step, maskUrl), why, place: isWanting ? placeOf(step.values) : null };
}

/** Counts on after a pass that wrote: what it did not refuse again is over. */
export function countRefusals(before: Refusals, refused: readonly RefusedWrite[]): Refusals {
  return new Map(
    refused.map((write) => [write.command, { times: (before.get(write.command)?.times ?? 0) + 1, write }]),
  );
}

/** Those that were refused so often that another try is no answer. */
export function standingRefusals(refusals: Refusals): readonly RefusedWrite[] {
  return [...refusals.values()].filter(({ times }) => times >= TOLD_AFTER).map(({ write }) => write);
}

/** Those of them that a plan still has: what was put right at the router meanwhile is no matter any more. */
export function refusedStill(refused: readonly RefusedWrite[], plan: Plan): readonly RefusedWrite[] {
  if (refused.length === 0) return [];
  const planned = new Set(stepsOf(plan).map((step) => printStep(step, maskUrl)));
  return refused.filter(({ command }) => planned.has(command));
}

/** The plan without rows of the shared lists that the router does not take: whoever does without them does not wait. */
export function leftOf(plan: Plan, refused: readonly RefusedWrite[]): Plan {
  const given = new Set(refused.filter(({ place }) => place !== null).map(({ command }) => command));
  if (given.size === 0) return plan;
  const isLeft = (step: Step): boolean => step.subscriber !== null || !given.has(printStep(step, maskUrl));
  const stages = plan.stages
    .map((stage) =>
      stage.name === 'allow' ? { ...stage, sequences: stage.sequences.filter((steps) => steps.some(isLeft)) } : stage,
    )
    .filter(({ sequences }) => sequences.length > 0);
  return { ...plan, stages };
}

export function refusalFindings(router: string, refused: readonly RefusedWrite[]): readonly Finding[] {
  const [first] = refused;
  return first === undefined ? [] : [finding('write-refused', { router, count: refused.length, ...first })];
}
