import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const CSS = readFileSync(join(import.meta.dirname, 'tones.css'), 'utf8');
const [light = '', dark = ''] = CSS.split('@media (prefers-color-scheme: dark)');

/** Text on ground, as the style sheets put them together. */
const PAIRS: readonly (readonly [string, string])[] = [
  ...['ground', 'card'].flatMap((ground) =>
    ['text', 'faint', 'accent', 'good', 'busy', 'warn', 'bad', 'calm'].map((text) => [text, ground] as const),
  ),
  ...['good', 'busy', 'warn', 'bad', 'calm'].map((tone) => [tone, `${tone}-ground`] as const),
  ...['warn', 'bad'].map((tone) => ['text', `${tone}-ground`] as const),
  ['accent-text', 'accent'],
];

test.each([
  ['light', light],
  ['dark', dark],
])('%s: every text stands out from its ground by 4.5 (WCAG 2.2, 1.4.3)', (_name, css) => {
  const colors = new Map([...css.matchAll(/--([a-z-]+): (#[0-9a-f]{6});/g)].map((match) => [match[1], match[2]]));
  const luminance = (name: string): number => luminanceOf(colors.get(name) ?? `no --${name}`);
  for (const [text, ground] of PAIRS) {
    const [low = 0, high = 0] = [luminance(text), luminance(ground)].sort((a, b) => a - b);
    expect([text, ground, (high + 0.05) / (low + 0.05) >= 4.5]).toEqual([text, ground, true]);
  }
});

/** Relative luminance (WCAG 2.2). */
function luminanceOf(color: string): number {
  const parts = /^#(..)(..)(..)$/.exec(color)?.slice(1) ?? [];
  if (parts.length !== 3) throw new Error(color);
  const [red = 0, green = 0, blue = 0] = parts.map((part) => {
    const value = parseInt(part, 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
