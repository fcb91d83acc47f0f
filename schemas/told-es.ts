import { TOLD_OF_BOX } from './told/box.ts';
import { TOLD_OF_FORMATS } from './told/formats.ts';
import { TOLD_OF_HOLDS } from './told/holds.ts';
import { TOLD_OF_INPUT } from './told/input.ts';
import { TOLD_OF_LINKS } from './told/links.ts';
import { TOLD_OF_REMEDIES } from './told/remedies.ts';
import type { Told } from './told/told.ts';

const TOLD: Told = {
  ...TOLD_OF_BOX,
  ...TOLD_OF_FORMATS,
  ...TOLD_OF_HOLDS,
  ...TOLD_OF_INPUT,
  ...TOLD_OF_LINKS,
  ...TOLD_OF_REMEDIES,
};

const FORMS = Object.entries(TOLD)
  // The one with the most words of its own first: `{}: no answer` must not take what a longer one says better.
  .sort(([a], [b]) => b.length - a.length)
  .map(([english, spanish]) => {
    const words = english.split('{}').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
    return { form: new RegExp(`^${words.join('(.*?)')}$`, 's'), spanish };
  });

/**
 * The Spanish of a text that the product says in English: an error's message, an operation's detail, a fault of an
 * instruction. What stands in its gaps is looked up likewise. A text that is not ours (a router's, a library's) stays as
 * it is, for nobody finds a translated message in a manual.
 */
export function inSpanish(text: string): string {
  for (const { form, spanish } of FORMS) {
    const found = form.exec(text);
    if (found === null) continue;
    const gaps = found.slice(1).map(inSpanish);
    let next = 0;
    return spanish.replace(/\{(\d*)\}/g, (_, number: string) => {
      const at = number === '' ? next : Number(number) - 1;
      next += 1;
      return gaps[at] ?? '';
    });
  }
  return text;
}
