import { expect, test } from 'vitest';
import { formatRefusal } from './refusal.ts';

const URL = 'https://phones.example.net/p/';

test('a Panasonic is told no address that would not fit its line, however many bytes its letters have', () => {
  const longest = URL.padEnd(485, 'x');
  expect(formatRefusal('panasonic', 'provisioningUrl', longest)).toBeNull();
  expect(formatRefusal('panasonic', 'provisioningUrl', `${longest}x`)).toMatch(/longer than 485 bytes/);
  expect(formatRefusal('panasonic', 'displayName', 'ñ'.repeat(243))).toMatch(/longer than 485 bytes/);
  // With the file’s name and the longest parameter’s: what a line may have.
  expect(`CFG_STANDARD_FILE_PATH="${longest}Config{MAC}.cfg"\r\n`.length).toBeLessThanOrEqual(537);
});

test('a Panasonic is told a macro as a name, and never as its way home', () => {
  expect(formatRefusal('panasonic', 'displayName', '{MAC}')).toBeNull();
  expect(formatRefusal('panasonic', 'provisioningUrl', `${URL}{MODEL}/`)).toMatch(/macro/);
});
