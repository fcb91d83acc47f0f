import { expect, test } from 'vitest';
import { checkPortal } from './check-site.ts';

test('a certificate that is not good is told once for all the addresses it stands on', () => {
  const seen = (address: string, why: string) => ({
    address,
    https: { kind: 'certificate', why } as const,
    http: { kind: 'ok', why: '' } as const,
  });
  const findings = checkPortal({
    domain: 'clientes.example.net',
    resolvers: [],
    portal: [seen('198.51.100.10', 'expired'), seen('198.51.100.11', 'expired'), seen('198.51.100.12', 'other name')],
  });
  expect(findings.map(({ code, detail }) => [code, /on (.+) is not good: ([a-z ]+)\./.exec(detail)?.slice(1)])).toEqual(
    [
      ['portal-certificate', ['198.51.100.10, 198.51.100.11', 'expired']],
      ['portal-certificate', ['198.51.100.12', 'other name']],
    ],
  );
});
