import { carriesToken } from '../../schemas/mask-url.ts';
import type { ProblemDetail } from '../../schemas/problem.ts';
import type { Cutoff, Notice } from '../../schemas/subscriber.ts';
import { addMonths, parseInstant } from './instant.ts';

/** WispHub's auto-login links die six months after they were issued; a notice must not outlive its link. */
const LINK_MONTHS = 6;

/** What the schema cannot say of a cut-off: days that exist, and an order of time. */
export function checkCutoff(cutoff: Cutoff, pointer: string): readonly ProblemDetail[] {
  return checkSpan(
    { pointer: `${pointer}/notBefore`, text: cutoff.notBefore },
    { pointer: `${pointer}/notAfter`, text: cutoff.notAfter },
  );
}

/** What the schema cannot say of a notice, seen from `now` (ms): as above, and the life of an auto-login link. */
export function checkNotice(notice: Notice, pointer: string, now: number): readonly ProblemDetail[] {
  const faults = checkSpan(
    { pointer: `${pointer}/start`, text: notice.start },
    { pointer: `${pointer}/end`, text: notice.end },
  );
  const end = notice.end === undefined ? null : parseInstant(notice.end);
  const isTooLong =
    notice.url !== undefined && end !== null && carriesToken(notice.url) && end > addMonths(now, LINK_MONTHS);
  return isTooLong
    ? [
        ...faults,
        {
          pointer: `${pointer}/end`,
          detail: `a page whose URL carries a login token lives ${String(LINK_MONTHS)} months: end must be earlier`,
        },
      ]
    : faults;
}

interface Bound {
  readonly pointer: string;
  readonly text: string | undefined;
}

function checkSpan(from: Bound, to: Bound): readonly ProblemDetail[] {
  const faults: ProblemDetail[] = [];
  for (const bound of [from, to]) {
    if (bound.text !== undefined && parseInstant(bound.text) === null) {
      faults.push({ pointer: bound.pointer, detail: 'no such day or time' });
    }
  }
  const start = from.text === undefined ? null : parseInstant(from.text);
  const end = to.text === undefined ? null : parseInstant(to.text);
  if (start !== null && end !== null && end < start) {
    faults.push({
      pointer: to.pointer,
      detail: `lies before ${from.pointer.slice(from.pointer.lastIndexOf('/') + 1)}`,
    });
  }
  return faults;
}
