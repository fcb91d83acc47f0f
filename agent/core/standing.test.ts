import { expect, test } from 'vitest';
import { portalWay } from './standing.ts';

const OLD = { domain: 'old.example', cnameTargets: [] };
const NEW = { domain: 'new.example', cnameTargets: [], addresses: ['198.51.100.10'], walledGarden: [] };

test('addresses given outright stand for the domain that is led to, where no resolver knows it', () => {
  const given = [{ address: '198.51.100.10', host: 'config', use: 'portal' }] as const;
  expect(portalWay(NEW, given, OLD)).toEqual({ domain: 'old.example', awaited: 'new.example', isAwaiting: true });
  expect(portalWay(NEW, [], OLD).domain).toBeNull();
});
