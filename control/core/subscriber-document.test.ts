import { expect, test } from 'vitest';
import { subscriberDocument } from './subscriber-document.ts';

test('defaults are filled in, instructions are dated, URLs are masked', () => {
  const document = subscriberDocument(
    {
      id: 's5',
      subscriber: { name: 'Ana', router: 'r0', addresses: ['10.0.0.5'] },
      cutoff: { value: { reason: 'mora', url: 'https://a.example/c/s5?t=secret' }, since: 0, operation: 'o1' },
      notices: { custom: { value: { text: 'hola' }, since: 1000, operation: 'o2' } },
    },
    null,
  );
  expect(document).toEqual({
    id: 's5',
    name: 'Ana',
    router: 'r0',
    addresses: ['10.0.0.5'],
    autoCut: true,
    autoNotice: true,
    cutoff: {
      reason: 'mora',
      url: 'https://a.example/c/s5?t=***',
      since: '1970-01-01T00:00:00.000Z',
      operation: 'o1',
    },
    notices: [{ kind: 'custom', text: 'hola', since: '1970-01-01T00:00:01.000Z', operation: 'o2' }],
    observed: null,
  });
});
