import { inSpanish } from '../../schemas/told-es.ts';
import { maskUrlsIn } from '../../schemas/mask-url.ts';
import type { Operation } from '../../schemas/operation.ts';
import type { HeldOperation, PlanStep, RouterPlan } from '../../schemas/router.ts';

/**
 * Masks query values of URLs in whatever the store hands out. Writers mask already; this is the second lock on the same
 * door (I9). Path parts are left to the writers, who know which of them are ids.
 */
function maskTexts(value: unknown): unknown {
  if (typeof value === 'string') return maskQueries(value);
  if (Array.isArray(value)) return value.map(maskTexts);
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, maskTexts(field)]));
  }
  return value;
}

/** The same for the fields of a record, such as an event's data. */
export function maskFields(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).map(([key, field]) => [key, maskTexts(field)]));
}

/** A plan whose commands, and reasons to hold, show no query value. */
export function maskPlan(plan: RouterPlan): RouterPlan {
  return {
    ...plan,
    steps: plan.steps.map(maskStep),
    ...(plan.notSent === undefined ? {} : { notSent: { ...plan.notSent, steps: plan.notSent.steps.map(maskStep) } }),
    held: plan.held.map((held) => ({ ...held, detail: maskQueries(held.detail) })),
    ...(plan.heldOperations === undefined ? {} : { heldOperations: plan.heldOperations.map(maskHeld) }),
  };
}

function maskStep(step: PlanStep): PlanStep {
  return { ...step, command: maskQueries(step.command) };
}

function maskHeld(held: HeldOperation): HeldOperation {
  return {
    ...held,
    detail: maskQueries(held.detail),
    es: { detail: maskQueries(inSpanish(held.detail)) },
    commands: held.commands.map((line) => ({ ...line, command: maskQueries(line.command) })),
  };
}

/** An operation whose evidence shows no query value of a URL. */
export function maskOperation(operation: Operation): Operation {
  return {
    ...operation,
    history: operation.history.map((step) =>
      step.evidence === undefined ? step : { ...step, evidence: maskFields(step.evidence) },
    ),
    ...(operation.result === undefined ? {} : { result: maskFields(operation.result) }),
  };
}

function maskQueries(text: string): string {
  return text.replace(/(https?:\/\/[^\s"'\\<>?#]*)(\?[^\s"'\\<>]*)/g, (_url, path: string, query: string) => {
    return path + maskUrlsIn(`https://x/${query}`).slice('https://x/'.length);
  });
}
