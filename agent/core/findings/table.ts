import type { Finding, Severity } from '../../../schemas/finding.ts';
import { ACCESS_TEXTS } from './access-texts.ts';
import { ADOPT_TEXTS } from './adopt-texts.ts';
import { FIREWALL_TEXTS } from './firewall-texts.ts';
import { GARDEN_TEXTS } from './garden-texts.ts';
import { NOTICE_SERVER_TEXTS } from './notice-server-texts.ts';
import { PASS_TEXTS } from './pass-texts.ts';
import { PHONE_DHCP_TEXTS } from './phone-dhcp-texts.ts';
import { PORTAL_TEXTS } from './portal-texts.ts';
import { SELF_TEST_TEXTS } from './self-test-texts.ts';
import { SITE_TEXTS } from './site-texts.ts';
import { SYSTEM_TEXTS } from './system-texts.ts';
import type { FindingText } from './text.ts';

const TEXTS = {
  ...PASS_TEXTS,
  ...NOTICE_SERVER_TEXTS,
  ...ACCESS_TEXTS,
  ...SYSTEM_TEXTS,
  ...FIREWALL_TEXTS,
  ...SITE_TEXTS,
  ...PORTAL_TEXTS,
  ...GARDEN_TEXTS,
  ...PHONE_DHCP_TEXTS,
  ...SELF_TEST_TEXTS,
  ...ADOPT_TEXTS,
};
export type FindingCode = keyof typeof TEXTS;

/** What each kind of finding wants to be told. */
type SeenBy = {
  readonly [Code in FindingCode]: (typeof TEXTS)[Code] extends FindingText<infer Seen> ? Seen : never;
};

const TABLE: { readonly [Code in FindingCode]: FindingText<SeenBy[Code]> } = TEXTS;

/** The one way to make a finding: both languages come from one table. `severity` overrides the table's. */
export function finding<Code extends FindingCode>(code: Code, seen: SeenBy[Code], severity?: Severity): Finding {
  const text: FindingText<SeenBy[Code]> = TABLE[code];
  return { code, severity: severity ?? text.severity, ...text.en(seen), es: text.es(seen) };
}
