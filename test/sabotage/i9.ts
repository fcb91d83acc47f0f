import { worker, type Sabotage } from './sabotage.ts';

/** What breaks I9, phones apart. */
export const I9: readonly Sabotage[] = [
  {
    promise: 'I9',
    file: 'agent/core/held.ts',
    line: 'command: printStep(step, mask),',
    becomes: 'command: printStep(step, (url) => url),',
    test: { file: 'cli/test/held.test.ts', name: 'a held cut is shown as the commands' },
  },
  {
    promise: 'I9',
    file: 'agent/core/reissue.ts',
    line: "return url === '' ? null : maskUrl(",
    becomes: "return url === '' ? null : ((text: string, _plain: object) => text)(",
    test: {
      file: `${worker}/portal-change.test.ts`,
      name: 'I4: an address that a held page leads to stays in the list',
    },
  },
  {
    promise: 'I9',
    file: 'agent/router-passes.ts',
    line: "{ router: deps.settings.router, written: pass.written }, 'rows written'",
    becomes: "{ router: deps.settings.router, as: deps.target.password.reveal() }, 'rows written'",
    test: { file: `${worker}/cuts.test.ts`, name: 'I2: two holders of one address are both held' },
  },
  {
    promise: 'I9',
    file: 'control/server.ts',
    line: "{ requestId: request.id, method, route, status, ms, actor }, 'request answered'",
    becomes: "{ headers: request.headers, method, route, status, ms, actor }, 'request answered'",
    test: { file: 'control/test/extensions.test.ts', name: 'an extension is read page by page' },
  },
  {
    promise: 'I9',
    file: 'control/fingerprint.ts',
    line: "createHmac('sha256', key.reveal()).update(canonicalJson(value)).digest('hex');",
    becomes: "createHmac('sha256', key.reveal()).digest('hex') + canonicalJson(value);",
    test: { file: 'control/test/extensions.test.ts', name: 'the same key again under one Idempotency-Key' },
  },
  {
    promise: 'I9',
    file: 'agent/notice-server/from-store.ts',
    line: 'const declared = hasIdentity(wish.subscriber) ? [] : wish.subscriber.addresses;',
    becomes: 'const declared = wish.subscriber.addresses;',
    test: {
      file: 'agent/notice-server/from-store.test.ts',
      name: 'I9: before the first pass a page is where its subscriber was last seen',
    },
  },
  {
    promise: 'I9',
    file: 'control/core/planilla/columns.ts',
    line: 'columns[at] === null && KEY_WORDS.test(heading)',
    becomes: "heading === 'webkey' && KEY_WORDS.test(heading)",
    test: { file: 'control/core/planilla/columns.test.ts', name: 'a web key is no SIP key' },
  },
  {
    promise: 'I9',
    file: 'control/core/planilla/web-key.ts',
    line: 'return rows.filter(({ webKey }) => webKey.isAmong(sipKeys)).map(({ line }) => line);',
    becomes: 'return [];',
    test: { file: 'control/core/planilla/web-key.test.ts', name: 'a web key that is a SIP key of any row' },
  },
  {
    promise: 'I9',
    file: 'store/sqlite/phone-intents.ts',
    line: "connection.run(insert, enrolment.hash, mac, 'enrolment', enrolment.sealed, expiresAt, order, null);",
    becomes: "connection.run(insert, enrolment.hash, mac, 'enrolment', null, expiresAt, order, null);",
    test: { file: 'store/test/phones.test.ts', name: 'the provisioner, and nobody else, can read the enrolment token' },
  },
  {
    promise: 'I9',
    file: 'store/sqlite/phone-accept.ts',
    line: '...keyFor(FILE_KEY, fileKeyPlace(hash), {',
    becomes: '...keyFor(FILE_KEY, tokenPlace(hash), {',
    test: { file: 'store/test/file-keys.test.ts', name: 'a file key is told to the provisioner with its token alone' },
  },
  {
    promise: 'I9',
    file: 'store/sqlite/ended-tokens.ts',
    line: 'newer.kind = phone_tokens.kind AND newer.enrolment > phone_tokens.enrolment',
    becomes: 'newer.kind = phone_tokens.kind AND newer.enrolment < phone_tokens.enrolment',
    test: { file: 'store/test/phones.test.ts', name: 'I5: an earlier token and earlier credentials end at once' },
  },
  {
    promise: 'I9',
    file: 'cli/config/rules.ts',
    line: "return refusal !== 'unspecified' && refusal !== 'multicast' && refusal !== 'broadcast';",
    becomes: "return refusal !== 'multicast' && refusal !== 'broadcast';",
    test: { file: 'cli/config/legacy-tls.test.ts', name: 'the listener for old phones is refused at 0.0.0.0' },
  },
];
