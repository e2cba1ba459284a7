// Times are the tenant's, in milliseconds, and are shown in UTC.

const pad = (n, digits = 2) => String(Math.abs(n)).padStart(digits, '0');

export const day = (ms) => new Date(ms).toISOString().slice(0, 10);
export const hour = (ms, fraction = 0) => new Date(ms).toISOString().slice(11, fraction ? 20 + fraction : 19);
export const moment = (ms, fraction = 0) => valid(ms) ? `${day(ms)} ${hour(ms, fraction)}` : 'unknown';

// valid tells whether a time can be shown: a token may say anything.
export const valid = (ms) => Number.isFinite(ms) && Math.abs(ms) < 8.64e15 && ms > -6.2e13;

// span is a length of time, in the two largest units: "2 h 5 min".
export function span(ms) {
  const sign = ms < 0 ? '−' : '';
  ms = Math.abs(ms);
  if (ms < 1000) return `${sign}${Math.round(ms)} ms`;
  if (ms < 10_000) return `${sign}${(ms / 1000).toFixed(1).replace('.0', '')} s`;
  let seconds = Math.round(ms / 1000);
  const parts = [];
  for (const [unit, size] of [['d', 86400], ['h', 3600], ['min', 60], ['s', 1]]) {
    const n = Math.floor(seconds / size);
    seconds -= n * size;
    if (n) parts.push(`${n} ${unit}`);
    if (parts.length === 2 || (parts.length && !n)) break;
  }
  return sign + parts.join(' ');
}

// offset is how far the tenant's clock is from the real one.
export const offset = (ms) => Math.abs(ms) < 1000 ? 'as the real clock' : `${span(Math.abs(ms))} ${ms > 0 ? 'ahead of' : 'behind'} the real clock`;

const steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400, 172800, 604800, 1209600, 2592000]
  .map((seconds) => seconds * 1000);

// ticks are round times between two, at most so many.
export function ticks(from, to, most) {
  const step = steps.find((size) => (to - from) / size <= most) ?? Math.ceil((to - from) / most / 2592e6) * 2592e6;
  const found = [];
  for (let at = Math.ceil(from / step) * step; at <= to; at += step) {
    const midnight = at % 86400e3 === 0;
    found.push({ at, label: step >= 86400e3 ? day(at).slice(5) : midnight ? day(at).slice(5) : hour(at).slice(0, step < 60e3 ? 8 : 5), midnight });
  }
  return found;
}

// milliseconds reads a duration as people write it: "90s", "5 min", "2h30m", "1d".
export function milliseconds(text) {
  const units = { ms: 1, s: 1e3, sec: 1e3, m: 6e4, min: 6e4, h: 36e5, d: 864e5 };
  let sum = 0;
  const sign = /^\s*[-−]/.test(text) ? -1 : 1;
  const rest = text.replace(/^\s*[-−+]/, '').replace(/(\d+(?:\.\d+)?)\s*(ms|sec|s|min|m|h|d)\s*/gi, (_, n, unit) => {
    sum += n * units[unit.toLowerCase()];
    return '';
  });
  return rest.trim() || !sum ? NaN : sign * sum;
}
