import { movesSeen, passView, reconciledBy, type Look } from '../../agent/record.ts';
import { planReport, statusReport } from '../../agent/report.ts';
import type { WorkerDeps } from '../../agent/worker-deps.ts';

type OnSettled = NonNullable<WorkerDeps['onSettled']>;

/**
 * Looks at passes that decided nothing because all was as the last one had left it. `onKept` is told of each, with what a
 * fresh look would have told, written or waited for otherwise, or null.
 */
export function comparedWithFresh(onKept: (difference: string | null) => void): OnSettled {
  return ({ plan, adoption, nextChange, status, report, reconciled }, fresh) => {
    const was = tell({ plan, adoption, nextChange }) + tellTimeless({ status, report, reconciled });
    const is = toldBy(fresh);
    onKept(was === is ? null : `a pass was left out that would tell otherwise by now: ${was} instead of ${is}`);
  };
}

function toldBy(look: Look): string {
  const { plan, adoption, live } = look.decision;
  const deps = { settings: look.ground.settings };
  const view = passView(look, deps, movesSeen(look, deps));
  const told = tellTimeless({
    status: statusReport(view),
    report: planReport(view, Number.POSITIVE_INFINITY),
    reconciled: reconciledBy(look, deps),
  });
  return tell({ plan, adoption, nextChange: live.nextChange }) + told;
}

/** All of it as text, maps and sets too. */
function tell(value: unknown): string {
  return JSON.stringify(value, (_, one: unknown) => plain(one));
}

/** When something was seen is told anew each time. */
const TIMES = new Set(['at', 'since', 'lastSeen', 'lastPass', 'readAt']);

function tellTimeless(value: unknown): string {
  return JSON.stringify(value, (name, one: unknown) => (TIMES.has(name) ? null : plain(one)));
}

function plain(one: unknown): unknown {
  if (one instanceof Map) return { map: [...one] };
  return one instanceof Set ? { set: [...one] } : one;
}
