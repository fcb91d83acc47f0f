import { expect, test } from 'vitest';
import { ProblemError } from './problems.ts';
import { readBody } from './request-body.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const jsonHead = { type: 'application/json', encoding: undefined };

function refusal(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    return error instanceof ProblemError ? `${error.code}: ${error.message}` : String(error);
  }
  return 'accepted';
}

test('no bytes is no body, whatever its type', () => {
  for (const type of [undefined, 'application/json', 'text/html', 'nonsense']) {
    expect(readBody(bytes(''), { type, encoding: 'gzip' })).toBeUndefined();
  }
});

test('JSON in UTF-8 is read, with or without a charset', () => {
  for (const type of ['application/json', 'Application/JSON; charset=UTF-8', 'application/json;charset="utf-8"']) {
    expect(readBody(bytes('{"a":"ñ"}'), { type, encoding: undefined })).toEqual({ a: 'ñ' });
  }
});

test.each(['text/plain', 'application/json; charset=latin1', 'application/jsonx', undefined])(
  '%s is refused',
  (type) => {
    expect(refusal(() => readBody(bytes('{}'), { type, encoding: undefined }))).toContain('unsupported-media-type');
  },
);

test('a compressed body is refused', () => {
  expect(refusal(() => readBody(bytes('{}'), { type: 'application/json', encoding: 'gzip' }))).toContain('unsupported');
});

test('what is no JSON is refused without being quoted', () => {
  expect(refusal(() => readBody(bytes('{"sipKey":"secret'), jsonHead))).toMatch(/^malformed-json: not JSON/);
  expect(refusal(() => readBody(bytes('secret'), jsonHead))).not.toContain('secret');
  expect(refusal(() => readBody(new Uint8Array([0x22, 0xff, 0x22]), jsonHead))).toContain('malformed-json');
});
