import type { PhoneDialect } from './dialect.ts';
import type { FormatField } from './rule.ts';

/**
 * Why Cisco's flat-profile cannot carry a value, whichever phones read it: they cut blanks off its ends, and `$NAME` is
 * replaced. `$$` stands for one `$` in rules and log texts only; of names and passwords no guide says either (SPA901
 * provisioning guide pp. 40–42, 8800 MPP guide pp. 74 and 80).
 */
export function flatProfileRefusal(dialect: PhoneDialect, field: FormatField, value: string): string | null {
  if (value !== value.trim()) return `${dialect}: ${field} may not begin or end with a blank`;
  if (field === 'provisioningUrl')
    return value.includes('|') ? `${dialect}: ${field} may not hold a |: in a Profile_Rule it ends the URL` : null;
  return value.includes('$') ? `${dialect}: ${field} may not hold a $: the phone may replace what follows it` : null;
}
