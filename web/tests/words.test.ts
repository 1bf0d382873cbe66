import { expect, test } from 'vitest';
import { days } from '../src/chat/days';
import { webAddress } from '../src/shared/address';
import { adviceFor, subjectOf, wordsForEnd, wordsForUsage } from '../src/shared/words';

test('what an answer cost is told as far as it is known', () => {
  expect(wordsForUsage({ first_token_ms: 420, duration_ms: 2420, output_tokens: 100, input_tokens: 1234 })).toEqual({
    brief: '420 ms · 50 tokens/s',
    full: 'First token after 420 ms, 2.4 s in all, 1,234 tokens in, 100 tokens out',
  });
  expect(wordsForUsage({ duration_ms: 10 }).brief).toBe('');
  expect(wordsForUsage(undefined)).toEqual({ brief: '', full: '' });
});

test.each([
  ['get_current_weather', 'current weather'],
  ['search-web', 'web'],
  ['kitchen_clock', 'kitchen clock'],
  ['get', 'get'],
])('%s is about %s', (tool, subject) => expect(subjectOf(tool)).toBe(subject));

test('a server that asks to wait is quoted', () => {
  expect(adviceFor({ code: 'overloaded', retryAfter: 2.2 })).toBe('Try again in 3 s.');
  expect(adviceFor({ code: 'something_new' })).toBe('');
  expect(wordsForEnd('something_new')).toBe('Ended: something new.');
  expect(wordsForEnd('stop')).toBe('');
});

test.each(['javascript:alert(1)', 'JAVASCRIPT:alert(1)', ' javascript:x', 'java\nscript:x', 'data:text/html,x', 'blob:x', 'file:///etc', '/chat', '//host', 'chat', ''])(
  '%j is nowhere to go', (address) => expect(webAddress(address)).toBeNull());

test('conversations stand under their days', () => {
  const now = new Date(2026, 0, 20, 12);
  const at = (day: number, hour: number) => ({ id: `${day}-${hour}`, title: '', updated_at: new Date(2026, 0, day, hour).toISOString() });
  const groups = days([at(20, 11), at(20, 0), at(19, 23), at(15, 1), at(1, 1)], now, false);
  expect(groups.map(({ name, entries }) => [name, entries.length])).toEqual([['Today', 2], ['Yesterday', 1], ['The last seven days', 1], ['Older', 1]]);
  expect(days([at(20, 1), at(1, 1)], now, true)).toHaveLength(1);
});
