const UNITS: readonly (readonly [string, number])[] = [
  ['w', 604_800_000],
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
];

/** RouterOS time (`1w2d3h4m5s`, `00:01:30`, `500ms`, plain seconds) in milliseconds, or null. */
export function parseDuration(text: string): number | null {
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  const clock = /^(?:(\d+)d)?(\d{1,2}):(\d{2}):(\d{2})$/.exec(text);
  if (clock !== null) {
    const [days = 0, hours = 0, minutes = 0, seconds = 0] = clock.slice(1).map((part) => Number(part || 0));
    return (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000;
  }
  if (!/^(\d+(w|d|h|ms|m|s))+$/.test(text)) return null;
  let sum = 0;
  for (const [, count, unit] of text.matchAll(/(\d+)(w|d|h|ms|m|s)/g)) {
    sum += Number(count) * (unit === 'ms' ? 1 : (UNITS.find(([name]) => name === unit)?.[1] ?? 0));
  }
  return sum;
}

/** Milliseconds as RouterOS 7 prints them: `1w2d3h4m5s`, no fraction of a second but below one. */
export function printDuration(ms: number): string {
  let rest = Math.max(0, ms);
  if (rest > 0 && rest < 1000) return `${Math.round(rest)}ms`;
  let text = '';
  for (const [unit, size] of UNITS) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) text += `${count}${unit}`;
  }
  return text === '' ? '0s' : text;
}

/** A moment as `creation-time` shows it: `2026-01-31 12:00:00`, in RouterOS 6 `jan/31/2026 12:00:00`. */
export function printMoment(wallMs: number, major: 6 | 7): string {
  const [date = '', time = ''] = new Date(wallMs).toISOString().slice(0, 19).split('T');
  if (major === 7) return `${date} ${time}`;
  const [year = '', month = '', day = ''] = date.split('-');
  const name = 'janfebmaraprmayjunjulaugsepoctnovdec'.slice(Number(month) * 3 - 3, Number(month) * 3);
  return `${name}/${day}/${year} ${time}`;
}
