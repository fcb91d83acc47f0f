import type { DoctorReport } from '../schemas/doctor.ts';
import type { Invocation } from './invocation.ts';
import { inLanguage } from './show-finding.ts';
import { timeOf } from './times.ts';

/** A report as an engineer reads it: gravest first, the command that mends each on a line of its own. */
export function doctorLines({ messages }: Invocation, router: string, report: DoctorReport): readonly string[] {
  const { doctor: texts } = messages;
  const { findings, version, checkedAt } = report;
  const words = texts.severities;
  const width = Math.max(...Object.values(words).map((word) => word.length));
  const codeWidth = Math.max(0, ...findings.map(({ code }) => code.length));
  const indent = ' '.repeat(width + codeWidth + 6);
  const lines = [texts.head(router, version, timeOf(checkedAt) ?? '')];
  for (const finding of findings) {
    const { detail, remedy } = inLanguage(finding, messages.language);
    lines.push(`  ${words[finding.severity].padEnd(width)}  ${finding.code.padEnd(codeWidth)}  ${detail}`);
    if (remedy !== undefined) lines.push(`${indent}→ ${remedy}`);
  }
  const count = (severity: keyof typeof words): number => findings.filter((one) => one.severity === severity).length;
  lines.push(`  ${texts.sum(count('error'), count('warning'), count('info'))}`);
  return lines;
}
