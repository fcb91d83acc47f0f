import { expect, test } from 'vitest';
import { canonicalJson } from '../../schemas/canonical-json.ts';
import { snapshotFrame } from './generation.ts';

test('frame and rows together are the canonical body', () => {
  const head = { generation: 7, takenAt: '2026-03-01T00:00:00Z' };
  const rows = [{ id: 'b', name: 'B' }, { id: 'a' }];
  for (const full of [head, { ...head, expectedCuts: 3 }]) {
    const { before, after } = snapshotFrame(full);
    expect(before + rows.map(canonicalJson).join(',') + after).toBe(canonicalJson({ ...full, subscribers: rows }));
  }
});
