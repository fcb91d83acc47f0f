import type { Finding } from '../../../schemas/finding.ts';
import { finding } from '../findings/table.ts';
import { isTrue } from '../row.ts';
import { answered, isSeen, QUESTIONS, type DoctorFacts } from './facts.ts';
import { routerNow } from './router-time.ts';

/** Below it RouterOS begins to refuse rows (278 KB free were seen on 16 MB boards). */
const DISK_LOW_BYTES = 1_048_576;
const DISK_FULL_BYTES = 307_200;
const SKEW_SECONDS = 120;

/** Version, device-mode, disk, clock; and what could not be seen. */
export function checkSystem(facts: DoctorFacts): readonly Finding[] {
  return [...unseen(facts), ...version(facts), ...deviceMode(facts), ...disk(facts), ...clock(facts)];
}

/** A missing right is told once, by `policy-missing`. */
function unseen({ answers }: DoctorFacts): readonly Finding[] {
  return [...answers].flatMap(([question, answer]) =>
    answer.kind === 'unseen' && answer.code !== 'router-not-permitted'
      ? [finding('not-seen', { what: QUESTIONS[question].menu, why: answer.why })]
      : [],
  );
}

function version(facts: DoctorFacts): readonly Finding[] {
  const text = answered(facts, 'resource')[0]?.get('version') ?? '';
  const [, major = NaN, minor = NaN] = (/^(\d+)\.(\d+)/.exec(text) ?? []).map(Number);
  const isOld = major < 6 || (major === 6 && minor < 49) || (major === 7 && minor < 9);
  return isOld ? [finding('version-old', { version: text })] : [];
}

function deviceMode(facts: DoctorFacts): readonly Finding[] {
  const row = answered(facts, 'deviceMode')[0];
  if (row === undefined) return [];
  const isProxyAllowed = isTrue(row.get('proxy') ?? 'yes');
  const mode = row.get('mode') ?? '';
  return [
    ...(isProxyAllowed || facts.settings.backend.kind !== 'web-proxy' ? [] : [finding('device-mode-proxy', null)]),
    ...(isTrue(row.get('flagged')) ? [finding('device-mode-flagged', null)] : []),
    ...(isProxyAllowed && ['home', 'basic'].includes(mode) ? [finding('device-mode-basic', { mode })] : []),
  ];
}

function disk(facts: DoctorFacts): readonly Finding[] {
  const free = Number(answered(facts, 'resource')[0]?.get('free-hdd-space') ?? NaN);
  if (!(free < DISK_LOW_BYTES)) return [];
  return [finding('disk-low', { freeKiB: Math.floor(free / 1024) }, free < DISK_FULL_BYTES ? 'error' : 'warning')];
}

function clock(facts: DoctorFacts): readonly Finding[] {
  const row = answered(facts, 'clock')[0];
  const now = row === undefined ? null : routerNow(row);
  const seconds = now === null ? 0 : Math.round(Math.abs(now - facts.now) / 1000);
  const shown = `${row?.get('date') ?? ''} ${row?.get('time') ?? ''}`;
  const isNtpOff = isSeen(facts, 'ntp') && !isTrue(answered(facts, 'ntp')[0]?.get('enabled'));
  const isOld = answered(facts, 'resource')[0]?.get('version')?.startsWith('6.') === true;
  return [
    ...(seconds > SKEW_SECONDS ? [finding('clock-skew', { seconds, clock: shown })] : []),
    ...(isNtpOff ? [finding('ntp-off', { isOld })] : []),
  ];
}
