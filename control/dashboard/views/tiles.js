/**
 * @import { Shown } from '../live/model.js'
 * @import { Context } from './context.js'
 * @import { Tone } from './parts.js'
 */
import { h, patch } from '../dom.js';
import { fill, textOf } from '../texts/words.js';
import { byGravity, findingItem } from './findings.js';
import { isInOrder } from './routers.js';

/**
 * The site at a glance; each number leads to where it is explained.
 *
 * @param {Context} context
 */
export function tiles({ words }) {
  const element = h('ul', { class: 'tiles', 'aria-label': words.tiles.label });
  /** @param {Shown} shown */
  const update = (shown) => {
    const routers = [...shown.routers.values()];
    const phones = [...shown.phones.values()];
    // A router that is only watched, or was handed back, is nobody's to put in order.
    const managed = routers.filter(({ mode }) => mode === 'manage');
    const inOrder = managed.filter(isInOrder).length;
    const registered = phones.filter((phone) => phone.registered).length;
    const held = shown.site.operations['held'] ?? 0;
    const { paidButCut } = shown.site;
    // Who is cut, not who should be: held cuts are none yet.
    const cut = routers.reduce((sum, { counts }) => sum + counts.cut, 0);
    const open = [...shown.rotations.values()].filter((rotation) => rotation.end === null).length;
    /** @type {readonly (readonly [string, string, string | number, Tone])[]} */
    const all = [
      ['#routers', words.tiles.routers, partOf(inOrder, managed.length), toneOf(inOrder, managed.length)],
      ['#routers', words.tiles.cut, cut, 'calm'],
      ['#operations', words.tiles.held, held, held > 0 ? 'warn' : 'calm'],
      ['#routers', words.tiles.paidButCut, paidButCut, paidButCut > 0 ? 'bad' : 'calm'],
      ['#phones', words.tiles.phones, partOf(registered, phones.length), toneOf(registered, phones.length)],
      ['#rotations', words.tiles.rotations, open, open > 0 ? 'busy' : 'calm'],
    ];
    patch(
      element,
      all.map(([href, name, value, tone]) => ({
        key: name,
        sign: [value, tone],
        make: () =>
          h(
            'li',
            { class: tone },
            h('a', { href }, h('span', { class: 'tile-value' }, value), h('span', { class: 'tile-name' }, name)),
          ),
      })),
    );
  };
  /**
   * @param {number} part
   * @param {number} whole
   */
  const partOf = (part, whole) => (whole === 0 ? '—' : fill(words.tiles.of, { part, whole }));
  return { element, update };
}

/**
 * What keeps the whole site from being ready, and what was found of its portal; each router says its own on its card.
 *
 * @param {Context} context
 */
export function siteNotes(context) {
  const { words, language } = context;
  const element = h('div', { class: 'site-notes' });
  /** @param {Shown} shown */
  const update = ({ site }) => {
    const reasons = site.degraded.filter(({ subject }) => !subject.startsWith('router/'));
    const findings = byGravity([...(site.portal?.findings ?? []), ...(site.doctor?.findings ?? [])]);
    const ofPortal = {
      key: 'portal',
      sign: findings,
      make: () =>
        h(
          'section',
          { class: 'note', 'aria-label': words.tiles.portal },
          h('h4', {}, words.tiles.portal),
          h('ul', { class: 'findings' }, ...findings.map((finding) => findingItem(finding, context))),
        ),
    };
    const notes = reasons.map(({ subject, code, detail, es }) => ({
      key: `${subject} ${code}`,
      sign: detail,
      make: () =>
        h(
          'div',
          { class: 'note warn' },
          h('h4', {}, textOf(words.findings, code) ?? code),
          h('p', { class: 'detail' }, language === 'es' ? (es?.detail ?? detail) : detail),
        ),
    }));
    patch(element, findings.length === 0 ? notes : [...notes, ofPortal]);
  };
  return { element, update };
}

/**
 * @param {number} part
 * @param {number} whole
 * @returns {Tone}
 */
function toneOf(part, whole) {
  if (whole === 0) return 'calm';
  return part === whole ? 'good' : 'warn';
}
