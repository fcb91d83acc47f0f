import type { Messages } from './messages.ts';

/** What each error code means, and the way out when the error itself names none. */
export const ERRORS_EN: Messages['errors'] = {
  'config-invalid': {
    what: 'the configuration cannot be used',
    remedy: 'Mend the places named; config.example.yaml has every key.',
  },
  'config-unreadable': {
    what: 'the configuration cannot be read',
    remedy:
      'Check that the file named is there and can be read. For the configuration itself: copy config.example.yaml to ./config.yaml, or name yours with --config FILE.',
  },
  'secret-unreadable': {
    what: 'a secret cannot be read',
    remedy: 'Make the file, variable or credential that the configuration names.',
  },
  'data-dir-invalid': {
    what: 'the data folder cannot be used',
    remedy:
      'Run `wisp-edge init`, and check whom the folder belongs to. A file of another user: run this as that user (runuser -u wisp-edge-control -- wisp-edge …).',
  },
  'store-busy': { what: 'another process keeps the database locked', remedy: 'Try again.' },
  'store-corrupt': {
    what: 'the database is damaged',
    remedy: 'Stop wisp-edge, keep the file, restore the database from a backup.',
  },
  'store-newer': {
    what: 'the database belongs to a newer version',
    remedy: 'Install that version again, or restore the backup made before the upgrade.',
  },
  'seal-broken': {
    what: 'a sealed secret cannot be opened',
    remedy: 'Restore the key files that belong to this database.',
  },
  'lock-held': { what: 'it is running already', remedy: 'Stop the other process first.' },
  'listen-failed': {
    what: 'the port cannot be opened',
    remedy: 'See who holds it (`ss -ltnp`), or choose another one.',
  },
  'api-unreachable': {
    what: 'the API cannot be reached',
    remedy: 'Start `wisp-edge control`, and check control.listen.',
  },
  'api-refused': { what: 'the API refused', remedy: 'Read its answer above.' },
  'not-found': { what: 'it does not exist', remedy: 'Check the name.' },
  conflict: { what: 'it contradicts what is there', remedy: 'Read the present state, then decide.' },
  'generation-mismatch': { what: 'the generation is out of turn', remedy: 'Send a snapshot with a higher generation.' },
  'invalid-input': { what: 'the input is not valid', remedy: 'Correct it and try again.' },
  'router-unreachable': {
    what: 'the router cannot be reached',
    remedy: 'Check its host, port and the firewall in between.',
  },
  'router-login-refused': {
    what: 'the router refused the login',
    remedy:
      'Check the user, its address= in /user, and that its group has the policies api, read and write. A lost password, on the router: /user set [find name=USER] password=… – the one in its password file.',
  },
  'router-tls': {
    what: 'the router’s certificate is not the expected one',
    remedy: 'Compare the pin in the configuration with the router.',
  },
  'router-timeout': {
    what: 'the router did not answer in time',
    remedy:
      'Check that port and tls fit together (8728 plain, 8729 TLS), and its load; raise commandTimeoutSeconds if it is slow.',
  },
  'router-closed': { what: 'the router closed the connection', remedy: 'It is tried again by itself.' },
  'router-fatal': { what: 'the router ended the session', remedy: 'Read its message.' },
  'router-protocol': {
    what: 'the router said what the protocol does not allow',
    remedy: 'Check that the port is the API’s.',
  },
  'router-trap': { what: 'the router refused a command', remedy: 'Read its message.' },
  'router-no-such-item': { what: 'the row is gone', remedy: 'It is read again by itself.' },
  'router-duplicate': { what: 'the row exists already', remedy: 'It is read again by itself.' },
  'router-unknown-parameter': {
    what: 'this RouterOS does not know an argument',
    remedy: 'Report the RouterOS version.',
  },
  'router-no-such-command': {
    what: 'this RouterOS has no such menu',
    remedy: 'Install the package, or upgrade RouterOS.',
  },
  'router-not-permitted': {
    what: 'the router’s user may not do this',
    remedy: 'Give its group the rights read, write, api, test.',
  },
  'router-device-mode': {
    what: 'device-mode forbids it',
    remedy: 'Allow it with /system/device-mode/update and press the button.',
  },
  'router-flagged': { what: 'the router is flagged', remedy: 'See /system/device-mode/print on the router.' },
  'router-interrupted': { what: 'the command was interrupted', remedy: 'It is tried again by itself.' },
  'driver-limit': { what: 'the driver cannot do this', remedy: 'Use driver: native for this router.' },
  'dns-timeout': { what: 'a resolver did not answer', remedy: 'Check agent.portal.resolvers.' },
  'dns-failure': { what: 'a name could not be resolved', remedy: 'Check the name and agent.portal.resolvers.' },
  'dns-invalid-answer': { what: 'a resolver gave an invalid answer', remedy: 'Use another resolver.' },
  'sip-unavailable': {
    what: 'the SIP stack cannot send',
    remedy: 'Is drachtio-server running? It is tried again by itself.',
  },
  'sip-drachtio-refused': {
    what: 'drachtio-server refused the secret',
    remedy: 'Correct provisioner.sip.secret, then reload.',
  },
  'sip-protocol': { what: 'something is not valid SIP', remedy: 'Correct the field that the message names.' },
  'value-not-carried': {
    what: 'a phone’s format cannot carry a value',
    remedy: 'Change the value that the message names.',
  },
  aborted: { what: 'it was ended', remedy: 'Start it again when you want.' },
  internal: { what: 'a fault of wisp-edge itself', remedy: 'Report it, with the log.' },
};
