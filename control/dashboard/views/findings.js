/**
 * @import { Finding } from '../../../schemas/finding.ts'
 * @import { Context } from './context.js'
 * @import { Tone } from './parts.js'
 */
import { h } from '../dom.js';
import { textOf } from '../texts/words.js';
import { chip } from './parts.js';

/** Worst first: what needs somebody stands at the top. */
const SEVERITIES = ['error', 'warning', 'info'];
/** @type {Readonly<Record<string, Tone>>} */
const SEVERITY_TONES = { error: 'bad', warning: 'warn', info: 'calm' };

/** @param {readonly Finding[]} findings */
export function byGravity(findings) {
  return [...findings].sort((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity));
}

/**
 * What was found and what mends it, in the page's language where the finding has it.
 *
 * @param {Finding} finding
 * @param {Context} context
 */
export function findingItem(finding, { words, language }) {
  const { code, severity } = finding;
  const { detail, remedy } = language === 'es' && finding.es !== undefined ? finding.es : finding;
  return h(
    'li',
    { class: SEVERITY_TONES[severity] ?? 'calm' },
    h(
      'p',
      { class: 'finding-what' },
      chip(SEVERITY_TONES[severity] ?? 'calm', words.router.severity[severity]),
      ' ',
      h('strong', {}, textOf(words.findings, code) ?? code),
    ),
    h('p', { class: 'detail' }, detail),
    remedy === undefined
      ? null
      : h('p', { class: 'remedy' }, h('span', { class: 'faint' }, `${words.router.remedy}: `), h('code', {}, remedy)),
  );
}
