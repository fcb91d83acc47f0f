import { expect, test } from 'vitest';
import { maskFields, maskPlan } from './mask-answers.ts';

test('query values are masked wherever they stand; paths are left alone', () => {
  const id = '3f2504e0-4f89-11d3-9a0c-0305e82c3301';
  expect(
    maskFields({ rows: [{ url: `https://a.example/aviso/cutoff/${id}/?t=secret` }], count: 1, none: null }),
  ).toEqual({
    rows: [{ url: `https://a.example/aviso/cutoff/${id}/?t=***` }],
    count: 1,
    none: null,
  });
});

test('I9: commands of a plan show no query value, sent or not', () => {
  const step = {
    action: 'created',
    menu: '/ip/proxy/access',
    row: 'cutoff:s5',
    lane: 'cut',
    command: '/ip/proxy/access/add action-data="https://a.example/x?t=secret" local-port=999',
  } as const;
  const plan = maskPlan({ router: 'r0', at: '', held: [], findings: [], steps: [step], notSent: { steps: [step] } });
  for (const shown of [plan.steps[0], plan.notSent?.steps[0]])
    expect(shown?.command).toBe('/ip/proxy/access/add action-data="https://a.example/x?t=***" local-port=999');
});
