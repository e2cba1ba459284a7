'use strict';
// Durations as everywhere in mockauth0: a number with its unit, "2h", "1h30m", "90s", "500ms"; "d" is 24 hours.

const UNITS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** milliseconds reads a duration. */
function milliseconds(text, what = 'a duration') {
  const parts = typeof text === 'string' ? [...text.matchAll(/(\d+(?:\.\d+)?)(ms|[smhd])/g)] : [];
  if (/^-/.test(text)) throw new TypeError(`mockauth0: ${what} is ${JSON.stringify(text)}; time does not run backwards`);
  if (parts.length === 0 || parts.map(([whole]) => whole).join('') !== text) {
    throw new TypeError(`mockauth0: ${what} is ${JSON.stringify(text)}; write it with its unit, such as "10s", "1h30m" or "30d"`);
  }
  return Math.round(parts.reduce((sum, [, number, unit]) => sum + Number(number) * UNITS[unit], 0));
}

module.exports = { milliseconds };
