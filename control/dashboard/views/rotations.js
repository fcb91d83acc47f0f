/**
 * @import { RotationDocument, RotationEnd, RotationEvidence, RotationExtension, RotationStep } from '../../../schemas/rotation.ts'
 * @import { Context, View } from './context.js'
 * @import { Tone } from './parts.js'
 */
import { h, patch } from '../dom.js';
import { fill, textOf } from '../texts/words.js';
import { chip, emptyNote, evidenceOf, firstOf, when } from './parts.js';

/** @type {readonly RotationStep[]} */
const STEPS = ['baseline', 'awaiting_key', 'proven', 'staged', 'pushed', 'fetched', 'registered', 'committed'];
/** @type {Readonly<Record<RotationEnd, Tone>>} */
const END_TONES = { committed: 'good', rolled_back: 'warn', needs_support: 'bad', cancelled: 'calm' };
/** Extensions of one rotation at once: those that are not done come first. */
const EXTENSIONS = 50;

/**
 * Rotations, newest first, each extension with its progress.
 *
 * @param {Context} context
 * @returns {View}
 */
export function rotationsView(context) {
  const element = h('div', { class: 'stack' });
  return {
    element,
    update: (shown) => {
      const rotations = [...shown.rotations.values()].sort((a, b) => Date.parse(b.createdAt) - Date.parse(a.createdAt));
      const blocks = rotations.map((rotation) => ({
        key: rotation.id,
        sign: rotation,
        make: () => rotationCard(rotation, context),
      }));
      const empty = { key: '', sign: 0, make: () => emptyNote(context.words.rotation.empty) };
      patch(element, blocks.length === 0 ? [empty] : blocks);
    },
  };
}

/**
 * @param {RotationDocument} rotation
 * @param {Context} context
 */
function rotationCard({ id, reason, end, extensions, createdAt }, context) {
  const { words } = context;
  const committed = extensions.filter((one) => one.end === 'committed').length;
  const ordered = [...extensions].sort((a, b) => Number(a.end === 'committed') - Number(b.end === 'committed'));
  return h(
    'article',
    { class: 'card', 'aria-labelledby': `rotation-${id}` },
    h(
      'header',
      {},
      h('h3', { id: `rotation-${id}` }, reason),
      h('p', { class: 'chips' }, end === null ? chip('busy', words.rotation.open) : endChip(end, context)),
    ),
    h(
      'p',
      { class: 'faint' },
      `${words.rotation.started} `,
      when(createdAt, context),
      ` · ${fill(words.rotation.done, { part: committed, whole: extensions.length })} · `,
      h('code', { class: 'id' }, id),
    ),
    h('ul', { class: 'rotating' }, ...firstOf(ordered, EXTENSIONS, (one) => extensionItem(one, context), context)),
  );
}

/**
 * @param {RotationEnd} end
 * @param {Context} context
 */
function endChip(end, { words }) {
  return chip(END_TONES[end], words.rotation.ends[end]);
}

/**
 * @param {RotationExtension} extension
 * @param {Context} context
 */
function extensionItem({ number, step, end, evidence }, context) {
  const { words } = context;
  const at = STEPS.indexOf(step);
  return h(
    'li',
    { 'data-step': step },
    h(
      'p',
      { class: 'rotating-head' },
      h('strong', {}, h('span', { class: 'faint' }, `${words.rotation.extension} `), number),
      end === null ? null : endChip(end, context),
      h(
        'span',
        { class: 'step-of' },
        fill(words.rotation.stepOf, { part: at + 1, whole: STEPS.length, name: words.rotation.steps[step] }),
      ),
    ),
    h(
      'ol',
      { class: 'progress', 'aria-label': fill(words.rotation.steps_label, { number }) },
      ...STEPS.map((one, place) => stepItem(one, stateOf(place, at, end), end, context)),
    ),
    end === null ? h('p', { class: 'detail' }, words.rotation.explained[step]) : null,
    h(
      'details',
      { 'data-name': `evidence-${number}`, class: 'quiet' },
      h('summary', {}, fill(words.rotation.evidence, { count: evidence.length })),
      evidence.length === 0
        ? h('p', { class: 'faint' }, words.rotation.evidenceNone)
        : h('ol', { class: 'steps-taken' }, ...evidence.map((one) => evidenceItem(one, context))),
    ),
  );
}

/** @typedef {'done' | 'now' | 'stopped' | 'todo'} StepState */

/**
 * @param {number} place
 * @param {number} at
 * @param {RotationEnd | null} end
 * @returns {StepState}
 */
function stateOf(place, at, end) {
  if (place < at || end === 'committed') return 'done';
  if (place > at) return 'todo';
  return end === null ? 'now' : 'stopped';
}

/**
 * @param {RotationStep} step
 * @param {StepState} state
 * @param {RotationEnd | null} end
 * @param {Context} context
 */
function stepItem(step, state, end, { words }) {
  const tone = state === 'stopped' && end !== null ? END_TONES[end] : null;
  return h(
    'li',
    { class: [state, tone].filter((one) => one !== null).join(' '), 'aria-current': state === 'now' ? 'step' : null },
    h('span', { class: 'step-name' }, words.rotation.steps[step]),
    h('span', { class: 'unseen' }, `: ${words.rotation.stepStates[state]}`),
  );
}

/**
 * @param {RotationEvidence} evidence
 * @param {Context} context
 */
function evidenceItem({ at, step, what, data }, context) {
  const { words } = context;
  return h(
    'li',
    {},
    h('strong', {}, evidenceWord(what, context)),
    h('span', { class: 'faint' }, ` · ${words.rotation.steps[step]} · `),
    when(at, context),
    evidenceOf(data),
  );
}

/**
 * A reason can stand where a word of the rotation does.
 *
 * @param {string} what
 * @param {Context} context
 * @returns {string}
 */
function evidenceWord(what, { words }) {
  return textOf(words.rotation.words, what) ?? textOf(words.reasons, what)?.what ?? what.replaceAll('-', ' ');
}
