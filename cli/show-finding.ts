import type { Finding } from '../schemas/finding.ts';
import type { Language } from './messages/messages.ts';

/** A finding's texts as the person reads them; one without a Spanish twin is shown in English. */
export function inLanguage(finding: Finding, language: Language): Pick<Finding, 'detail' | 'remedy'> {
  return language === 'es' && finding.es !== undefined ? finding.es : finding;
}
