import { worker, type Sabotage } from './sabotage.ts';

/** What breaks I10. */
export const I10: readonly Sabotage[] = [
  {
    promise: 'I10',
    file: 'agent/look.ts',
    line: 'new Set([...before, ...subscribers])',
    becomes: 'new Set(subscribers)',
    test: { file: `${worker}/brake-site.test.ts`, name: 'I10: who was released and went offline before his cut' },
  },
  {
    promise: 'I10',
    file: 'store/sqlite/releases.ts',
    line: "'INSERT INTO releases (router, name, operation, subscribers, at) VALUES (?, ?, ?, ?, ?)',",
    becomes: "'INSERT INTO releases (router, name, operation, subscribers, at) VALUES (?, ?, substr(?, 1, 0), ?, ?)',",
    test: { file: 'store/test/intents.test.ts', name: 'I10: a second release under a name adds to the first' },
  },
  {
    promise: 'I10',
    file: 'store/sqlite/record-cache.ts',
    line: 'if (known?.revision === revision) return known.records;',
    becomes: "if (known !== undefined && revision !== '') return known.records;",
    test: { file: 'store/test/record-cache.test.ts', name: 'subscribers that nobody changed are not read again' },
  },
  {
    promise: 'I10',
    file: 'store/sqlite/generation-policies.ts',
    line: 'return merge(id, current, wanted, instructedSince(connection, id, receivedAfter), {',
    becomes: 'return merge(id, current, wanted, new Set(), {',
    test: { file: 'store/test/generations.test.ts', name: 'I10: a restore acknowledged while a delta of thousands' },
  },
  {
    promise: 'I10',
    file: 'store/sqlite/phone-sheet.ts',
    line: 'for (const ended of judged.writes.ended) writeEnded(connection, ended, context);',
    becomes: '',
    test: { file: 'store/test/comodato.test.ts', name: 'a sheet ends comodato by the same rule' },
  },
  {
    promise: 'I10',
    file: 'store/sqlite/comodato.ts',
    line: 'if (found.acknowledged !== null) return true;',
    becomes: '',
    test: { file: 'store/test/comodato.test.ts', name: 'I10: a record outlives its phone' },
  },
  {
    promise: 'I10',
    file: 'control/planilla/import.ts',
    line: 'acceptPhoneSheet({ ...asked, since },',
    becomes: 'acceptPhoneSheet(asked,',
    test: { file: 'control/test/planilla.test.ts', name: 'what is put while a planilla is read and judged' },
  },
];
