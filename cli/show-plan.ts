import { AppError } from '../schemas/app-error.ts';
import type { RouterPlan } from '../schemas/router.ts';
import { EXIT, exitCodeOf, type ExitCode } from './exit-codes.ts';
import { say, sayJson, type Invocation } from './invocation.ts';
import type { RouterOutcome } from './once.ts';
import { heldLines } from './show-held.ts';
import { inLanguage } from './show-finding.ts';
import { showError } from './show-error.ts';
import { stepLines } from './show-step.ts';
import { timeOf } from './times.ts';

/** A plan as an engineer reads it: the commands, then what waits and what to know. */
export function showPlan(invocation: Invocation, plan: RouterPlan, isAll = false): void {
  const { plan: texts } = invocation.messages;
  const { modes } = invocation.messages.site;
  const { mode, notSent } = plan;
  say(invocation, texts.router(plan.router, timeOf(plan.at) ?? '', mode === undefined ? null : modes[mode]));
  showSteps(invocation, plan.steps);
  if (plan.steps.length === 0) say(invocation, `  ${notSent === undefined ? texts.nothing : texts.nothingSent}`);
  if (notSent !== undefined && mode !== undefined) {
    say(invocation, `  ${texts.notSent(modes[mode])}`);
    showSteps(invocation, notSent.steps);
  }
  if (plan.heldOperations === undefined)
    for (const { subject, reason, detail } of plan.held) say(invocation, `  ${texts.held(subject, reason, detail)}`);
  for (const line of heldLines(invocation, plan, isAll)) say(invocation, `  ${line}`);
  for (const finding of plan.findings) {
    const { detail, remedy } = inLanguage(finding, invocation.messages.language);
    say(
      invocation,
      `  ${texts.finding(invocation.messages.doctor.severities[finding.severity], detail)}${remedy === undefined ? '' : ` → ${remedy}`}`,
    );
  }
}

function showSteps(invocation: Invocation, steps: RouterPlan['steps']): void {
  for (const step of steps) for (const line of stepLines(step, invocation)) say(invocation, `  ${line}`);
}

/** Prints what came of each router; the first failure decides the exit code. */
export function showOutcomes(
  invocation: Invocation,
  outcomes: readonly RouterOutcome[],
  options: { readonly json: boolean; readonly all?: boolean },
): ExitCode {
  const { plan: texts } = invocation.messages;
  const failed = outcomes.find(({ error }) => error !== null);
  if (options.json) {
    sayJson(invocation, {
      routers: outcomes.map(({ router, plan, done, error, stored }) => ({
        router,
        plan,
        ...(stored === undefined ? {} : { isOfThisFile: stored.isOfThisFile }),
        ...(done.length === 0 ? {} : { done }),
        ...(error === null ? {} : { error: told(error) }),
      })),
    });
    return failed === undefined ? EXIT.ok : exitCodeOf(failed.error);
  }
  for (const { router, plan, done, error, stored } of outcomes) {
    if (done.length > 0) say(invocation, texts.done(router));
    showSteps(invocation, done);
    if (plan !== null && stored !== undefined) say(invocation, texts.stored(router, plan.at));
    if (stored?.isOfThisFile === false) say(invocation, texts.otherFile(router));
    if (plan !== null) showPlan(invocation, plan, options.all);
    else if (error === null) say(invocation, texts.none(router));
    if (error === null) continue;
    if (stored !== undefined) invocation.io.stderr.write(`${texts.notReadSince(router, plan?.at ?? null)}\n`);
    invocation.io.stderr.write(`${router}: ${showError(error, invocation.messages)}`);
  }
  return failed === undefined ? EXIT.ok : exitCodeOf(failed.error);
}

function told(error: unknown): unknown {
  if (!(error instanceof AppError)) return { code: 'internal', message: String(error) };
  return { code: error.code, message: error.message, remedy: error.remedy };
}
