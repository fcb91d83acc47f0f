import type { Adoption, AdoptStep } from '../schemas/adoption.ts';
import type { Invocation } from './invocation.ts';
import { inLanguage } from './show-finding.ts';
import { stepLines } from './show-step.ts';
import { printable, table } from './table.ts';
import { timeOf } from './times.ts';

/** So many commands of a step are shown; `--json` has them all. */
const SHOWN = 200;

/** What of WispHub's is on a router, what is wrong with it and by what policy it is resolved. */
export function pictureLines({ messages }: Invocation, view: Adoption): readonly string[] {
  const { adopt, site, doctor, language } = messages;
  const { columns } = adopt;
  const head = adopt.head(view.router, timeOf(view.at) ?? '', view.step, view.isDone, site.modes[view.mode]);
  if (view.parts.length === 0) return [head, adopt.nothing(view.router)];
  const rows = view.parts.map(({ part, menu, rows: count, disabled }) => [
    adopt.parts[part],
    menu.replace(/(?<=.)\//g, ' '),
    String(count),
    String(disabled),
  ]);
  return [
    head,
    ...table([columns.part, columns.menu, columns.rows, columns.disabled], rows),
    ...view.findings.flatMap((finding) => {
      const { detail, remedy } = inLanguage(finding, language);
      return [
        printable(`${doctor.severities[finding.severity]} (${finding.code}): ${detail}`),
        ...(remedy === undefined ? [] : [`  ${adopt.policy(printable(remedy))}`]),
      ];
    }),
  ];
}

/** The commands of a step, as an engineer would type them; a row that is not ours says what it was. */
export function adoptionLines(invocation: Invocation, view: Adoption, step: AdoptStep): readonly string[] {
  const { adopt, plan } = invocation.messages;
  const heading = adopt.step[step];
  if (step === 'claim') return [heading, `  ${adopt.claimWrites}`];
  const { steps, omitted = 0 } = step === 'manage' ? view.manage : view.handBack;
  const more = omitted + Math.max(0, steps.length - SHOWN);
  return [
    heading,
    ...(steps.length === 0 ? [`  ${plan.nothing}`] : []),
    ...steps.slice(0, SHOWN).flatMap((one) => stepLines(one, invocation).map((line) => `  ${line}`)),
    ...(more > 0 ? [`  ${adopt.more(more)}`] : []),
  ];
}
