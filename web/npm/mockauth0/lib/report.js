'use strict';
// What a failed test gets attached: why renewals failed, and what happened, for people.

/** textOf says why renewals failed. */
function textOf(diagnoses) {
  if (diagnoses.length === 0) return 'No renewal failed, as far as the tenant knows.\n';
  return diagnoses.map((diagnosis) => {
    const { causes: [cause, ...others] } = diagnosis;
    const lines = [
      `## ${cause.title} (\`${cause.code}\`, ${cause.confidence})`, '',
      `At ${diagnosis.date} ${diagnosis.client_name ?? diagnosis.client_id ?? 'an application'} got \`${diagnosis.outcome}\`${
        diagnosis.endpoint ? ` from ${diagnosis.endpoint}` : ''}.`,
      '', cause.why, '', `**What to change:** ${cause.remedy}`, '',
      ...cause.evidence.map((evidence) => `- ${evidence.text}${evidence.seq ? ` (event ${evidence.seq})` : ''}`),
    ];
    if (cause.read) lines.push('', `Read: ${cause.read}`);
    if (cause.scenario) lines.push('', `See it: \`npx mockauth0 reproduce ${cause.scenario}\``);
    if (others.length > 0) lines.push('', `Less likely: ${others.map((other) => `${other.title} (\`${other.code}\`)`).join(', ')}`);
    return `${lines.join('\n')}\n`;
  }).join('\n');
}

/** stillValid explains why no renewal came when the newest access token is good for longer; '' when it is not. */
function stillValid(tokens, now) {
  const newest = tokens.filter(({ details }) => details?.token === 'access_token' && details.claims?.exp).at(-1);
  if (!newest || newest.details.claims.exp * 1000 < now.getTime()) return '';
  return `The newest access token of ${newest.client_name ?? newest.client_id} is valid until ${seconds(new Date(newest.details.claims.exp * 1000))
  }, and it is ${seconds(now)} in the test: an app asks for another one when it has expired.\n` +
    'Advance past that time, or give the API a shorter token_lifetime in the directory of the tenant.\n';
}

/** unasked explains what a tenant means that no page has asked anything; '' when one has. */
function unasked(requests, domain) {
  if (requests.length > 0) return '';
  return 'No request of a page has reached the tenant in this test. Either nothing had the app ask, as its Log in button does,\n' +
    `or the app was built for another domain than ${domain}: give mockauth0 the app's as the option "domain".\n`;
}

function seconds(time) { return time.toISOString().replace(/\.\d+/, ''); }

/** timelineOf has one line for each event, with the time since the first. */
function timelineOf(events) {
  if (events.length === 0) return 'Nothing happened at the tenant.\n';
  const first = Date.parse(events[0].date);
  return events.map((event) => {
    const { details = {} } = event;
    const said = [event.description, details.status, details.error, details.why ?? details.reason].filter((part) => part !== undefined && part !== '');
    return `${since(Date.parse(event.date) - first).padStart(14)}  ${event.kind.padEnd(10)} ${event.client_name ?? ''}${event.client_name ? ': ' : ''}${said.join(' · ')}`;
  }).join('\n') + '\n';
}

function since(ms) {
  const seconds = Math.floor(Math.abs(ms) / 1000);
  const two = (n) => String(n).padStart(2, '0');
  return `${ms < 0 ? '-' : '+'}${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}.${String(Math.abs(ms) % 1000).padStart(3, '0')}`;
}

module.exports = { stillValid, textOf, timelineOf, unasked };
