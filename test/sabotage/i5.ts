import { worker, type Sabotage } from './sabotage.ts';

/** What breaks I5. */
export const I5: readonly Sabotage[] = [
  {
    promise: 'I5',
    file: 'agent/core/canonical.ts',
    line: 'return a === b || canonicalValue(property, a) === canonicalValue(property, b);',
    becomes: 'return a === b;',
    test: { file: `${worker}/verified.test.ts`, name: 'I5: everything asked for twice writes nothing' },
  },
  {
    promise: 'I5',
    file: 'provisioner/told-versions.ts',
    line: 'const version = last?.content === content ? last.version',
    becomes: 'const version = last?.content === text ? last.version',
    test: { file: 'provisioner/told-versions.test.ts', name: 'I5: the same content keeps its version' },
  },
  {
    promise: 'I5',
    file: 'agent/core/canonical.ts',
    line: "    case 'match-subdomain':\n",
    becomes: '',
    test: { file: `${worker}/garden-forward.test.ts`, name: 'I5: on 7.24 the router’s DNS follows' },
  },
  {
    promise: 'I5',
    file: 'control/planilla/import.ts',
    line: 'sipKey !== null || extensionChanges(before, extension).length > 0',
    becomes: 'sipKey === null || extensionChanges(before, extension).length > 0',
    test: { file: 'control/test/planilla.test.ts', name: 'another key for a phone in comodato takes leave' },
  },
  {
    promise: 'I5',
    file: 'control/core/planilla/cell.ts',
    line: 'return text.startsWith("\'") && FORMULA.test(text) ? text.slice(1) : text;',
    becomes: 'return text;',
    test: { file: 'control/test/planilla.test.ts', name: 'what is exported is imported as the same' },
  },
  {
    promise: 'I5',
    file: 'store/sqlite/delegations.ts',
    line: "return was && before.email === after.email ? null : 'begins';",
    becomes: "return 'begins';",
    test: { file: 'control/test/web-access.test.ts', name: 'what was delegated is delegated_pending until' },
  },
  {
    promise: 'I5',
    file: 'control/core/planilla/web-access.ts',
    line: "(webAccess === 'establish' && email !== undefined)) continue;",
    becomes: "webAccess === 'establish') continue;",
    test: { file: 'control/core/planilla/web-access.test.ts', name: 'nothing stands against a set exactly when' },
  },
];
