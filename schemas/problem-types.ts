/**
 * Every problem the HTTP API answers has one of these codes, as `urn:wisp-edge:problem:<code>`; docs/problems.md has a
 * section for each, in English and Spanish, checked by a test. Codes are stable: add, never rename.
 */
export interface ProblemType {
  readonly status: number;
  readonly title: string;
  /** What the caller should do when the place of the fault has nothing better to say. */
  readonly remedy: string;
}

export const PROBLEM_TYPES = {
  'invalid-request': {
    status: 400,
    title: 'The request does not fit its schema',
    remedy: 'Correct the places that `errors` names; GET /openapi.json has the schema.',
  },
  'malformed-json': {
    status: 400,
    title: 'The body is not JSON',
    remedy: 'Send one JSON document in UTF-8.',
  },
  'malformed-request': {
    status: 400,
    title: 'The request is not well-formed HTTP',
    remedy: 'Check the request line, the path escapes and Content-Length.',
  },
  'unknown-router': {
    status: 400,
    title: 'No such router in the configuration',
    remedy: 'Use one of the routers that the detail names, or add the router to agent.routers and reload.',
  },
  'unknown-registrar': {
    status: 400,
    title: 'No such registrar in the configuration',
    remedy: 'Use one of the registrars that the detail names, or add it to provisioner.registrars and reload.',
  },
  'unknown-extension': {
    status: 400,
    title: 'A line names an extension that is not there',
    remedy: 'PUT the extension first, or correct the line.',
  },
  'planilla-unreadable': {
    status: 400,
    title: 'The body cannot be read as a planilla',
    remedy: 'Correct the file as the detail says; GET /v1/phones/export shows its headings.',
  },
  unauthenticated: {
    status: 401,
    title: 'A valid bearer token is needed',
    remedy: 'Send `Authorization: Bearer <token>` with a token whose SHA-256 stands in control.tokens.',
  },
  forbidden: {
    status: 403,
    title: 'The token lacks the scope',
    remedy: 'Use a token with the scope that the detail names, or add the scope in control.tokens and reload.',
  },
  'not-found': {
    status: 404,
    title: 'No such thing',
    remedy: 'Check the id; the list of its kind shows which there are.',
  },
  'no-such-route': {
    status: 404,
    title: 'No such route',
    remedy: 'GET /openapi.json lists every route.',
  },
  'no-plan-yet': {
    status: 404,
    title: 'The agent has not looked at this router yet',
    remedy: 'Wait for the first pass; GET /v1/routers/{id} says whether the router can be reached.',
  },
  'method-not-allowed': {
    status: 405,
    title: 'This path does not have this method',
    remedy: 'Use one of the methods in the Allow header.',
  },
  'request-timeout': {
    status: 408,
    title: 'The request did not arrive in time',
    remedy: 'Send it again; check the link between the platform and this box.',
  },
  'address-held': {
    status: 409,
    title: 'The address belongs to another subscriber',
    remedy: 'Take the address from the subscriber that the detail names first, or correct this one.',
  },
  'generation-mismatch': {
    status: 409,
    title: 'The generation does not follow the last one',
    remedy: 'Send a snapshot whose generation is higher than the one the detail names, or a delta on that one.',
  },
  'release-is-whole': {
    status: 409,
    title: 'An empty snapshot is the whole site’s',
    remedy:
      'No router alone can have it. POST /v1/operations/{id}/release without `routers` makes it the desired state of the site: everybody is forgotten. To withdraw it send the right snapshot with a higher generation.',
  },
  'key-in-progress': {
    status: 409,
    title: 'A request with this Idempotency-Key is still at work',
    remedy: 'Wait a second and send the same request again.',
  },
  'value-not-carried': {
    status: 409,
    title: 'The phone’s configuration format cannot carry a value',
    remedy: 'Change the value that the detail names; it is never mangled.',
  },
  'softphone-line': {
    status: 409,
    title: 'The extension of a softphone would be a line of a phone',
    remedy: 'Take the line off the phone that the detail names, or the mark `softphone` off the extension.',
  },
  'sip-key-in-use': {
    status: 409,
    title: 'A phone works with the key that is set',
    remedy:
      'Rotate the key: POST /v1/rotations proves the new one before the phone gets it. For another user or registrar take the line off its phones first.',
  },
  'planilla-refused': {
    status: 409,
    title: 'A row of the planilla is refused, and nothing of it was written',
    remedy: 'Correct the rows that `report` names, or take them out, and send the whole planilla again.',
  },
  'not-delegated': {
    status: 409,
    title: 'The web key of the extension is not delegated',
    remedy: 'PUT the extension with `webAccess: delegate` and its email first.',
  },
  'web-access-incomplete': {
    status: 409,
    title: 'DELEGAR or ESTABLECER lacks something',
    remedy:
      'Give the email that is missing; set `establish` for every extension of a registrar at once, by POST /v1/phones/import.',
  },
  'not-in-comodato': {
    status: 409,
    title: 'No line of the phone is in comodato',
    remedy: 'DELETE the phone: only what the provider lent is given back to him, and has a record of that.',
  },
  'in-use': {
    status: 409,
    title: 'Something else still needs it',
    remedy: 'Take it out of the phone or the rotation that the detail names first.',
  },
  'in-rotation': {
    status: 409,
    title: 'The extension is in an open rotation',
    remedy: 'Wait for the rotation that the detail names to end, or cancel it.',
  },
  'rotation-too-late': {
    status: 409,
    title: 'The rotation no longer takes a key',
    remedy: 'GET the rotation: its step and evidence say how far it has come.',
  },
  'no-sip-key': {
    status: 409,
    title: 'The extension has no SIP key',
    remedy: 'PUT the extension with sipKey, or give the key with the request.',
  },
  'vendor-not-served': {
    status: 409,
    title: 'This version does not write configurations for this model',
    remedy: 'Where the model’s name is wrong, PUT the phone with its own, or with none.',
  },
  'precondition-failed': {
    status: 412,
    title: 'The document has changed',
    remedy: 'GET it again, decide anew, and send If-Match with the new ETag.',
  },
  'body-too-large': {
    status: 413,
    title: 'The body is too large',
    remedy: 'Send less at once: 256 KiB, 2 MiB to /v1/phones/import, or 64 MiB to /v1/desired-state.',
  },
  'unsupported-media-type': {
    status: 415,
    title: 'Only JSON is read here',
    remedy:
      'Send `Content-Type: application/json` in UTF-8, to /v1/phones/import text/csv too, without Content-Encoding.',
  },
  'key-reused': {
    status: 422,
    title: 'The Idempotency-Key was used for another request',
    remedy: 'Use a fresh key for each request that differs.',
  },
  'too-many-logins': {
    status: 429,
    title: 'Too many refused tokens from this address',
    remedy: 'Correct the token and wait the seconds of Retry-After.',
  },
  'too-many-streams': {
    status: 429,
    title: 'Too many event streams are open',
    remedy: 'Close streams that nobody reads, or poll GET /v1/events?after=.',
  },
  'headers-too-large': {
    status: 431,
    title: 'The request head is too large',
    remedy: 'Send fewer and shorter headers: 16 KiB in all.',
  },
  internal: {
    status: 500,
    title: 'A fault of ours',
    remedy: 'Look for the request id of `instance` in the log of control, and report it.',
  },
  'not-ready': {
    status: 503,
    title: 'Not everything is as it should be',
    remedy: 'See `reasons`; GET /v1/routers/{id} says what to do for each router.',
  },
  'no-provisioner': {
    status: 503,
    title: 'This box has no provisioner',
    remedy: 'Add the section provisioner to the configuration and restart.',
  },
  'store-busy': {
    status: 503,
    title: 'The store is busy',
    remedy: 'Send the same request again after the seconds of Retry-After; nothing was changed.',
  },
  'store-unavailable': {
    status: 503,
    title: 'The store does not answer',
    remedy: 'Look at the log of control and at the disk that holds dataDir.',
  },
  'shutting-down': {
    status: 503,
    title: 'The service is stopping',
    remedy: 'Send the same request again after the seconds of Retry-After.',
  },
} as const satisfies Readonly<Record<string, ProblemType>>;

export type ProblemCode = keyof typeof PROBLEM_TYPES;

/** The stable `type` of a problem. */
export function problemUri(code: ProblemCode): string {
  return `urn:wisp-edge:problem:${code}`;
}

/** Every code, for tests and documents. */
export function problemCodes(): readonly ProblemCode[] {
  return Object.keys(PROBLEM_TYPES).filter((code): code is ProblemCode => code in PROBLEM_TYPES);
}
