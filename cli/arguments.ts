import { InvalidArgumentError } from 'commander';

/** `--timeout`: seconds, at most a day. */
export function seconds(text: string): number {
  const value = Number(text);
  if (Number.isFinite(value) && value > 0 && value <= 86_400) return value;
  throw new InvalidArgumentError('1 … 86400');
}

/** `--canary`, `--wave`: how many at once. */
export function count(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= 100) return value;
  throw new InvalidArgumentError('1 … 100');
}
