'use strict';
// How many renewals there were, and what to say when there should have been more or fewer.
const { stillValid, textOf, unasked } = require('./report.js');

// Auth0's types of the log: a silent authorization, and an exchange of a refresh token.
const RENEWED = ['ssa', 'sertft'];

/** allEvents gets the events that match, also where they do not fit into one answer. */
async function allEvents(client, query = {}) {
  const all = [];
  for (let after = query.after; ;) {
    const { events, more } = await client.listEvents({ ...query, after });
    all.push(...events);
    if (!more || events.length === 0) return all;
    after = events.at(-1).seq;
  }
}

/** newest is the point from which checkRenewals counts. */
async function newest(client) {
  const [{ last: event }, { last: diagnosis }] = await Promise.all([client.listEvents({ kind: 'log' }), client.listDiagnoses()]);
  return { event, diagnosis };
}

/**
 * checkRenewals counts the renewals since a point, all or those by one client. problem says what is wrong, for people; '' when there were
 * exactly `times`. domain is the tenant's, and now its time.
 */
async function checkRenewals(client, since, { by, times, domain, now }) {
  const renewals = (await allEvents(client, { kind: 'log', after: since.event, client: by })).filter((event) => RENEWED.includes(event.type));
  const count = renewals.length;
  if (count === times) return { count, problem: '' };
  const { diagnoses } = await client.listDiagnoses({ after: since.diagnosis });
  let why = '';
  if (diagnoses.length > 0) why = textOf(diagnoses);
  else if (count < times) {
    why = stillValid(await allEvents(client, { kind: 'token', client: by }), now) || unasked(await allEvents(client, { kind: 'request' }), domain);
  }
  return { count, problem: `mockauth0: ${plural(count, 'renewal')} instead of ${times}${by ? ` by ${by}` : ''}${why && `\n\n${why}`}` };
}

function plural(n, what) { return `${n === 0 ? 'no' : n} ${what}${n === 1 ? '' : 's'}`; }

module.exports = { allEvents, checkRenewals, newest };
