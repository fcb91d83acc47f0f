import { DOMParser, onErrorStopParsing, type Element } from '@xmldom/xmldom';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AppError } from '../../../schemas/app-error.ts';
import { PLAIN_TEXT } from '../../../schemas/extension.ts';
import { formatRefusal, lineLimit, SERVED_VENDORS } from '../../../schemas/phone-format.ts';
import type { PhoneVendor } from '../../../schemas/phone.ts';
import { Secret } from '../../../schemas/secret.ts';
import type { PhoneLine, PhoneModel, VendorFormat } from './model.ts';
import { formatOf } from './table.ts';

/** What a phone would make of one line: read by a parser that shares nothing with the renderers. */
interface ReadLine {
  readonly number: string | undefined;
  readonly authUser: string | undefined;
  readonly displayName: string | undefined;
  readonly key: string | undefined;
  readonly isActive: boolean;
}

const READERS: Readonly<Partial<Record<PhoneVendor, (text: string) => readonly ReadLine[]>>> = {
  yealink: readYealink,
  grandstream: readGrandstream,
  snom: readSnom,
};

const FORMATS = SERVED_VENDORS.map((vendor) => {
  const format = formatOf(vendor);
  const read = READERS[vendor];
  if (format === null || read === undefined) throw new Error(`no format for ${vendor}`);
  return { vendor, format, read };
});

const PLAIN = new RegExp(PLAIN_TEXT, 'u');
const SPECIAL = [
  '<',
  '&',
  '>',
  '"',
  "'",
  ']]>',
  '<!--',
  '-->',
  '%NULL%',
  '%null%',
  '$USER',
  '#',
  '=',
  ' ',
  '\n',
  '\r\n',
];
const SPECIALS = [
  ...SPECIAL,
  '\0',
  '\t',
  '\u0085',
  '\u2028',
  '\ufeff',
  '\ufffe',
  '\ud800',
  'Ñ',
  '会',
  '📞',
  '</P34>',
  'account.1.enable = 0',
];
const nasty = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc
    .array(fc.oneof(fc.constantFrom(...SPECIALS), fc.string({ unit: 'grapheme', maxLength: 3 })), { maxLength: 6 })
    .map((parts) => parts.join('')),
);
const values = fc.record({ number: nasty, authUser: nasty, displayName: nasty, key: nasty });

test.each(FORMATS)(
  '$vendor: a value is carried exactly or refused, as control would refuse it',
  ({ vendor, format, read }) => {
    fc.assert(
      fc.property(values, ({ number, authUser, displayName, key }) => {
        const refusals = [
          formatRefusal(vendor, 'number', number),
          formatRefusal(vendor, 'authUser', authUser),
          formatRefusal(vendor, 'displayName', displayName),
          formatRefusal(vendor, 'sipKey', key),
        ];
        const text = rendered(format, lineOf({ number, authUser, displayName, key }));
        if (refusals.some((refusal) => refusal !== null)) {
          expect(text).toBeNull();
          return;
        }
        if (text === null) throw new Error('refused what control accepts');
        const lines = read(text);
        expect(lines[1]).toEqual({ number, authUser, displayName, key, isActive: true });
        expect(lines.filter(({ isActive }) => isActive)).toHaveLength(1);
        expect(lines).toHaveLength(format.lines);
      }),
      { numRuns: 300 },
    );
  },
);

test.each(FORMATS)(
  '$vendor: what the wire lets in is carried, but for what the format names',
  ({ vendor, format, read }) => {
    fc.assert(
      fc.property(nasty, (displayName) => {
        fc.pre(displayName !== '' && PLAIN.test(displayName));
        fc.pre(formatRefusal(vendor, 'displayName', displayName) === null);
        const text = rendered(format, lineOf({ number: '1', authUser: '1', displayName, key: 'k' }));
        expect(text === null ? null : read(text)[1]?.displayName).toBe(displayName);
      }),
    );
  },
);

test.each(FORMATS)('$vendor: a refusal is an error with a code and does not repeat the value', ({ format }) => {
  const line = lineOf({ number: '1', authUser: '1', displayName: 'x', key: 'top-secret\nsip = 1' });
  expect(() => format.whole(modelOf(line))).toThrow(AppError);
  expect(() => format.whole(modelOf(line))).not.toThrow(/top-secret/);
});

test.each(FORMATS)('$vendor: a line that is gone is cleared by name', ({ format, read }) => {
  const lines = read(
    format.whole({ ...modelOf(lineOf({ number: '1', authUser: '2', displayName: '3', key: '4' })), slots: [] }),
  );
  expect(lines).toHaveLength(format.lines);
  for (const { isActive, number, key } of lines) {
    expect(isActive).toBe(false);
    expect(['', '%NULL%']).toContain(number);
    expect(['', '%NULL%']).toContain(key);
  }
});

test.each(FORMATS)('$vendor: as many lines as control is told', ({ vendor, format }) => {
  expect(format.lines).toBe(lineLimit(vendor));
});

function lineOf(texts: { number: string; authUser: string; displayName: string; key: string }): PhoneLine {
  const { key, ...rest } = texts;
  return {
    ...rest,
    key: new Secret(key),
    domain: 'sip.example.net',
    port: 5060,
    transport: 'udp',
    expiresSeconds: 600,
  };
}

/** The line stands second, so that a breakout upwards and downwards would show. */
function modelOf(line: PhoneLine): PhoneModel {
  const provisioningUrl = new Secret('https://phones.example.net/p/abc/');
  return {
    mac: '805ec0aabbcc',
    provisioningUrl,
    pollMinutes: 15,
    revision: 1,
    slots: [{ kind: 'clear' }, { kind: 'line', line }],
  };
}

function rendered(format: VendorFormat, line: PhoneLine): string | null {
  try {
    return format.whole(modelOf(line));
  } catch (error) {
    if (error instanceof AppError && error.code === 'value-not-carried') return null;
    throw error;
  }
}

/** As the administrator manual describes it: a comment begins with `#`, the key ends at the first `=`, blanks do not count. */
function readYealink(text: string): readonly ReadLine[] {
  const lines = text.split(/\r\n|[\n\r\u0085\u2028\u2029\0]/);
  expect(lines[0]).toBe('#!version:1.0.0.1');
  const entries = lines
    .filter((line) => line.trim() !== '' && !line.startsWith('#'))
    .map((line) => {
      const at = line.indexOf('=');
      if (at < 0) throw new Error('a line without =');
      return [line.slice(0, at).trim(), line.slice(at + 1).trim()] as const;
    });
  const settings = new Map(entries);
  expect(settings.size).toBe(entries.length);
  const count = entries.filter(([key]) => /^account\.\d+\.enable$/.test(key)).length;
  return Array.from({ length: count }, (_, at) => {
    const account = `account.${at + 1}`;
    return {
      number: settings.get(`${account}.user_name`),
      authUser: settings.get(`${account}.auth_name`),
      displayName: settings.get(`${account}.display_name`),
      key: settings.get(`${account}.password`),
      isActive: settings.get(`${account}.enable`) === '1',
    };
  });
}

const GRANDSTREAM = [
  { active: 'P271', number: 'P35', authUser: 'P36', key: 'P34', displayName: 'P3' },
  ...[4, 5, 6, 17, 18].map((n) => ({
    active: `P${n}01`,
    number: `P${n}04`,
    authUser: `P${n}05`,
    key: `P${n}06`,
    displayName: `P${n}07`,
  })),
];

function readGrandstream(text: string): readonly ReadLine[] {
  const root = rootOf(text);
  expect(root.tagName).toBe('gs_provision');
  const [mac, config] = childrenOf(root);
  expect(mac?.textContent).toBe('805ec0aabbcc');
  const entries =
    config === undefined ? [] : childrenOf(config).map((item) => [item.tagName, item.textContent ?? ''] as const);
  const values = new Map(entries);
  expect(values.size).toBe(entries.length);
  return GRANDSTREAM.map(({ active, number, authUser, key, displayName }) => ({
    number: values.get(number),
    authUser: values.get(authUser),
    displayName: values.get(displayName),
    key: values.get(key),
    isActive: values.get(active) === '1',
  }));
}

function readSnom(text: string): readonly ReadLine[] {
  const root = rootOf(text);
  expect(root.tagName).toBe('settings');
  const settings = childrenOf(root).flatMap(childrenOf);
  const valueOf = (name: string, idx: string): string | undefined => {
    const found = settings.filter((item) => item.tagName === name && item.getAttribute('idx') === idx);
    expect(found.length).toBeLessThan(2);
    return found[0]?.textContent ?? undefined;
  };
  return settings
    .filter(({ tagName }) => tagName === 'user_active')
    .map((item) => {
      const idx = item.getAttribute('idx') ?? '';
      return {
        number: valueOf('user_name', idx),
        authUser: valueOf('user_pname', idx),
        displayName: valueOf('user_realname', idx),
        key: valueOf('user_pass', idx),
        isActive: item.textContent === 'on',
      };
    });
}

function rootOf(text: string): Element {
  const root = new DOMParser({ onError: onErrorStopParsing }).parseFromString(text, 'text/xml').documentElement;
  if (root === null) throw new Error('no root element');
  return root;
}

function childrenOf(element: Element): readonly Element[] {
  return Array.from(element.children);
}
