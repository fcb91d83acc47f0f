import type { DoctorReport, SiteDoctor } from '../schemas/doctor.ts';
import type { Finding } from '../schemas/finding.ts';
import type { Invocation } from './invocation.ts';
import { inLanguage } from './show-finding.ts';
import { timeOf } from './times.ts';

/** A report as an engineer reads it: gravest first, the command that mends each on a line of its own. */
export function doctorLines(invocation: Invocation, router: string, report: DoctorReport): readonly string[] {
  const { findings, version, checkedAt } = report;
  return [invocation.messages.doctor.head(router, version, timeOf(checkedAt) ?? ''), ...lines(invocation, findings)];
}

/** What was found that is no router's own; nothing where nothing is to mend. */
export function siteDoctorLines(invocation: Invocation, { findings, checkedAt }: SiteDoctor): readonly string[] {
  if (findings.length === 0) return [];
  return [invocation.messages.doctor.site(timeOf(checkedAt) ?? ''), ...lines(invocation, findings)];
}

function lines({ messages }: Invocation, findings: readonly Finding[]): readonly string[] {
  const { doctor: texts } = messages;
  const words = texts.severities;
  const width = Math.max(...Object.values(words).map((word) => word.length));
  const codeWidth = Math.max(0, ...findings.map(({ code }) => code.length));
  const indent = ' '.repeat(width + codeWidth + 6);
  const count = (severity: keyof typeof words): number => findings.filter((one) => one.severity === severity).length;
  return [
    ...findings.flatMap((finding) => {
      const { detail, remedy } = inLanguage(finding, messages.language);
      return [
        `  ${words[finding.severity].padEnd(width)}  ${finding.code.padEnd(codeWidth)}  ${detail}`,
        ...(remedy === undefined ? [] : [`${indent}→ ${remedy}`]),
      ];
    }),
    `  ${texts.sum(count('error'), count('warning'), count('info'))}`,
  ];
}
