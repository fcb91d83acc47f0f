import type { Finding } from '../schemas/finding.ts';
import type { ControlStore } from '../store/ports.ts';
import type { Invocation } from './invocation.ts';
import type { Language } from './messages/messages.ts';
import { printable } from './table.ts';

/** A finding's texts as the person reads them; one without a Spanish twin is shown in English. */
export function inLanguage(finding: Finding, language: Language): Pick<Finding, 'detail' | 'remedy'> {
  return language === 'es' && finding.es !== undefined ? finding.es : finding;
}

/** What is found of portal and walled garden: of the whole site, so it is told once and not of every router. */
export async function siteFindings(
  store: Pick<ControlStore, 'readPortalRound' | 'siteDoctor'>,
): Promise<readonly Finding[]> {
  const [round, doctor] = await Promise.all([store.readPortalRound(), store.siteDoctor()]);
  return [...(round?.findings ?? []), ...(doctor?.findings ?? [])];
}

export function siteFindingLines(findings: readonly Finding[], { messages }: Invocation): readonly string[] {
  const { severities } = messages.doctor;
  return findings.map((one) =>
    printable(`portal ${severities[one.severity]}: ${inLanguage(one, messages.language).detail}`),
  );
}

/** A finding with its code, and below it what to do. */
export function findingLines(one: Finding, { messages }: Invocation): readonly string[] {
  const { detail, remedy } = inLanguage(one, messages.language);
  const head = `${messages.doctor.severities[one.severity]}  ${one.code}  ${detail}`;
  return [head, ...(remedy === undefined ? [] : [`  → ${remedy}`])].map(printable);
}
