import { expect, test } from 'vitest';
import type { Applied, Flash, VendorRules } from '../../lab/phones/vendor.ts';
import { LAB_VENDORS } from '../../lab/phones/vendors.ts';
import { Secret } from '../../schemas/secret.ts';
import type { ServedPhone, ServedToken } from '../../store/phone-ports.ts';
import { Catalogue } from '../catalogue.ts';
import { FORMATS } from '../core/vendors/table.ts';
import { enrolment, IPLAN, provisioning, servedPhone, sha256 } from './http/phones.ts';
import { soldAs } from './rotation/site.ts';

const MAC = '805ec0aabb01';
const home = (token: string): string => `https://phones.example.net/p/${token}/`;

test.each(Object.values(LAB_VENDORS))('a $vendor that is enrolled again takes every text on its way', (rules) => {
  const catalogue = new Catalogue({ publicUrl: 'https://phones.example.net', registrars: [IPLAN], now: () => 1_000 });
  const [flash, known] = [new Map<string, string>(), new Map<string, string>()];
  const serve = (revision: number, tokens: readonly ServedToken[]): void => {
    const served: ServedPhone = servedPhone(MAC, tokens, { revision });
    catalogue.put([{ ...served, phone: { ...served.phone, ...soldAs(rules.vendor) } }]);
  };
  /** What becomes of the file with the lines, and where the phone fetches from after all of its files. */
  const fetch = (kind: ServedToken['kind'], token: string): [Applied | null, string | null] => {
    const results = FORMATS[rules.vendor].files.map((file): Applied | null => {
      const name = file.name(MAC, rules.model);
      const text = catalogue.find(kind, sha256(token), name)?.bytes.toString(rules.encoding ?? 'utf8');
      if (text === undefined) throw new Error(`${kind} ${token} is not served`);
      const result = rules.apply(name, text, MAC, flash, known);
      return file.hasLines ? result : null;
    });
    return [results.find((result) => result !== null) ?? null, homeIn(rules, flash)];
  };

  serve(1, [provisioning('old'), enrolment('first', 2_000)]);
  expect(fetch('enrolment', 'first')).toEqual(['applied', home('old')]);
  expect(fetch('provisioning', 'old')).toEqual(['applied', home('old')]);
  // It polls where it is before somebody leads it elsewhere.
  serve(2, [provisioning('old', true), provisioning('new'), enrolment('second', 2_000)]);
  expect(fetch('provisioning', 'old')).toEqual(['applied', home('old')]);
  expect(fetch('enrolment', 'second')).toEqual(['applied', home('new')]);
  expect(fetch('provisioning', 'new')).toEqual(['applied', home('new')]);
  serve(3, [provisioning('new', true)]);
  expect(fetch('provisioning', 'new')).toEqual(['applied', home('new')]);
});

test.each(Object.values(LAB_VENDORS))('a $vendor finds home by whatever publicUrl', (rules) => {
  for (const publicUrl of ['http://192.0.2.7:8471', 'https://phones.example.net', 'https://example.net:8443/voz/ip']) {
    const url = `${publicUrl}/p/0123456789abcdefABCDEF/`;
    const place = {
      mac: MAC,
      model: null,
      revision: 1,
      version: 1,
      fileKey: null,
      pollMinutes: 15,
      provisioningUrl: new Secret(url),
    };
    const [flash, known] = [new Map<string, string>(), new Map<string, string>()];
    for (const file of FORMATS[rules.vendor].files)
      expect(rules.apply(file.name(MAC, rules.model), file.enrolment(place), MAC, flash, known)).toBe('applied');
    expect(homeIn(rules, flash)).toBe(url);
  }
});

/** As everybody writes it: where a phone is told the port apart, that of the scheme is one and the same place. */
function homeIn(rules: VendorRules, flash: Flash): string | null {
  const url = rules.provisioningUrl(flash);
  return url === null ? null : new URL(url).href;
}
