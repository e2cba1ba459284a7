// What the events mean: lanes of a client and a person with their tokens and renewals. All of it is bounded, whatever the tenant does.

const most = { events: 5000, lanes: 40, marks: 500, bars: 300, moves: 300, pending: 500, families: 500 };

const ms = (text) => text ? Date.parse(text) : NaN;

// kinds of marks, for people.
export const kinds = {
  login: 'Login', logout: 'Logout', silent: 'Silent renewal', refresh: 'Refresh', code: 'Code exchange', token: 'Token request',
  absence: 'Renewal that was due',
};

export const barKinds = { access: 'Access token', id: 'ID token', session: 'Session', family: 'Refresh token' };

// endings say why a session or a refresh token was over before its time, or at it; the keys are the words of the events.
const endings = { logout: 'logged out', idle_expired: 'expired, unused for too long', absolute_expired: 'expired at the end of its life',
  reused: 'revoked, as one that had been replaced was used again' };

export class Model {
  constructor() {
    this.names = new Map(); // of users, by id
    this.clear();
  }

  clear() {
    this.events = []; // { event, text }, oldest first
    this.dropped = 0; // events that were here and went
    this.missed = 0; // events that never came here
    this.lanes = new Map();
    this.families = new Map(); // bars of refresh tokens, by id; rotation makes a family of one
    this.moves = [];
    this.pending = new Map(); // exchanges that are not answered yet, by request id
    this.diagnoses = new Map(); // by request id, or by number where no request came
    this.begun = NaN; // the first time that was seen
    this.latest = NaN; // the last one
  }

  take(event, text) {
    this.events.push({ event, text });
    if (this.events.length > most.events + 500) {
      this.events.splice(0, 500);
      this.dropped += 500;
    }
    const at = ms(event.date);
    if (event.kind === 'gap') {
      this.missed += event.details?.missed ?? 0;
      return;
    }
    if (!(this.begun <= at)) this.begun = at;
    this.latest = at;
    const x = this.exchange(event, at);
    if (event.user_id && event.user_name) this.names.set(event.user_id, event.user_name);
    this[`on_${event.kind}`]?.(event, at, x, event.details ?? {});
  }

  // exchange gathers what belongs to one request until it is answered.
  exchange(event, at) {
    const id = event.request_id;
    if (!id) return undefined;
    let x = this.pending.get(id);
    if (!x) {
      if (event.kind !== 'request') return undefined;
      x = { id, at, seq: event.seq, endpoint: event.endpoint, query: event.details?.query ?? {}, logs: [], faults: 0 };
      this.pending.set(id, x);
      if (this.pending.size > most.pending) this.pending.delete(this.pending.keys().next().value);
    }
    x.client ||= event.client_id || x.query.client_id;
    x.clientName ||= event.client_name;
    x.user ||= event.user_id;
    return x;
  }

  on_log(event, at, x, details) {
    if (event.type === 'w') return;
    if (details.family) this.refreshToken(event, at, details);
    if (x) x.logs.push({ type: event.type, error: details.error, grant: details.grant, expires: details.expires_in, family: details.family });
    if (event.type === 's') {
      const lane = this.lane(event.client_id, event.client_name, event.user_id);
      lane.ended = false;
      this.mark(lane, { at, kind: 'login', state: 'ok', title: 'Login', request: event.request_id, seq: event.seq });
    } else if (event.type === 'slo') {
      for (const lane of this.lanes.values()) {
        if (lane.user && lane.user === event.user_id) lane.ended = true;
      }
      this.mark(this.lane(event.client_id, event.client_name, event.user_id),
        { at, kind: 'logout', state: 'ok', title: 'Logout', request: event.request_id, seq: event.seq });
    }
  }

  // refreshToken is what an event tells of one: it was handed out, exchanged, or revoked.
  refreshToken(event, at, { family, reason }) {
    const why = event.type === 'srrt' ? 'revoked' : reason === 'reused' ? reason : '';
    if (!why && /^f/.test(event.type)) return;
    const bar = this.family(family, this.lane(event.client_id, event.client_name, event.user_id), at);
    bar.used = at;
    if (why) this.over(family, at, why);
  }

  // family is the bar of a refresh token.
  family(id, { client, user }, at) {
    let bar = this.families.get(id);
    if (!bar) {
      bar = { kind: 'family', key: `f${id}`, id, client, user, from: at, to: Infinity, fresh: true };
      this.families.set(id, bar);
      if (this.families.size > most.families) this.families.delete(this.families.keys().next().value);
    }
    return bar;
  }

  familiesOf({ client, user }) {
    return [...this.families.values()].filter((bar) => bar.client === client && bar.user === user);
  }

  // lives are the bars of sessions and refresh tokens.
  lives() {
    return [...[...this.lanes.values()].flatMap((lane) => lane.bars.filter(({ kind }) => kind === 'session')), ...this.families.values()];
  }

  // over ends the bar of a session or a refresh token. It stays so when a list comes that the tenant made before.
  over(id, at, why) {
    for (const bar of this.lives().filter((one) => one.id === id)) {
      bar.gone = { to: at, ended: endings[why] ?? (why || 'ended') };
      Object.assign(bar, bar.gone);
    }
  }

  on_token(event, at, x, details) {
    const kind = { access_token: 'access', id_token: 'id' }[details.token];
    if (!kind) return;
    const to = details.claims?.exp * 1000;
    this.issued(event, x, kind, at, to);
    if (x && kind === 'access') x.jwt = true;
  }

  // issued is a token that lives from now on.
  issued(event, x, kind, at, to) {
    const lane = this.lane(event.client_id, event.client_name, event.user_id);
    if (kind === 'access') {
      if (x) x.before ??= lane.expiry ?? NaN;
      lane.expiry = to;
      lane.issued = at;
      lane.ended = false;
    }
    this.bar(lane, { kind, from: at, to, request: event.request_id, seq: event.seq });
  }

  on_session(event, at, x, details) {
    const id = details.session;
    if (!id) return;
    if (details.change === 'begun') {
      const lane = this.lane(event.client_id, event.client_name, event.user_id);
      this.bar(lane, { kind: 'session', id, fresh: true, from: at, to: ms(details.idle_expires), absolute: ms(details.expires), seq: event.seq,
        request: event.request_id });
    } else if (details.change === 'ended' || details.change === 'expired') {
      const end = details.change === 'expired' ? Math.min(at, ms(details.idle_expires) || at, ms(details.expires) || at) : at;
      this.over(id, end, details.why);
    }
  }

  on_refresh_token(event, at, x, { family, why }) {
    this.over(family, at, why);
  }

  on_fault(event, at, x) {
    if (x) x.faults++;
  }

  on_clock(event, at, x, details) {
    this.moves.push({ at, by: details.by_ms ?? 0, frozen: details.frozen, seq: event.seq, key: `m${event.seq}` });
    if (this.moves.length > most.moves) this.moves.splice(0, 50);
  }

  on_no_answer(event, at, x, details) {
    this.answered(event, at, x, { error: details.why === 'connection_cut' ? 'the connection was cut' : 'no answer' });
  }

  on_response(event, at, x, details) {
    const log = x?.logs.find((one) => one.error);
    const error = log?.error || details.error || details.response?.error ||
      (details.status >= 400 ? `HTTP ${details.status}` : /[?#&]error=([^&]*)/.exec(details.location ?? '')?.[1]);
    this.answered(event, at, x, { error, grant: details.grant });
  }

  answered(event, at, x, { error, grant }) {
    if (!x) return;
    this.pending.delete(x.id);
    grant ||= x.logs.find((log) => log.grant)?.grant;
    const kind = kindOf(x, grant);
    const failed = Boolean(error) || x.logs.some((log) => /^f/.test(log.type));
    if (!kind || kind === 'code' && !failed || kind === 'token' && !failed) {
      this.opaque(event, at, x);
      return;
    }
    const lane = this.lane(x.client, x.clientName, x.user);
    const before = x.before ?? lane.expiry;
    const late = x.at - before;
    this.opaque(event, at, x);
    lane.asked = x.at;
    const state = failed ? 'failed' : late > 0 ? 'late' : 'ok';
    let title = `${kinds[kind]} ${failed ? `failed: ${error ?? 'refused'}` : 'succeeded'}`;
    this.mark(lane, { at: x.at, kind, state, title, late: late > 0 ? late : 0, request: x.id, seq: x.seq, faults: x.faults, error });
  }

  // opaque draws the life of an access token that is no JWT: only the log tells it.
  opaque(event, at, x) {
    const life = x.logs.find((log) => log.expires)?.expires;
    if (life && !x.jwt) this.issued({ ...event, client_id: x.client, client_name: x.clientName, user_id: x.user }, x, 'access', at, at + life * 1000);
  }

  // lane finds that of a client and a person. A request that names nobody belongs to the only person of the client.
  lane(client = '', name = '', user = '') {
    let key = `${client} ${user}`;
    if (!user && !this.lanes.has(key)) {
      const own = [...this.lanes.values()].filter((lane) => lane.client === client && lane.user);
      if (own.length === 1) key = own[0].key;
    }
    let lane = this.lanes.get(key);
    if (lane) this.lanes.delete(key); // it goes to the end of those that may be dropped
    else lane = { key, client, user, marks: [], bars: [], first: this.latest };
    this.lanes.set(key, lane);
    lane.name ||= name || client;
    if (this.lanes.size > most.lanes) this.lanes.delete(this.lanes.keys().next().value);
    return lane;
  }

  mark(lane, mark) {
    mark.key = `e${mark.seq}${mark.kind}`;
    lane.marks.push(mark);
    if (lane.marks.length > most.marks) lane.marks.splice(0, 50);
  }

  bar(lane, bar) {
    bar.key = `b${bar.seq}`;
    lane.bars.push(bar);
    if (lane.bars.length > most.bars) lane.bars.splice(0, 30);
  }

  // person names the user of a lane.
  person(lane) {
    return lane.user ? this.names.get(lane.user) ?? lane.user : 'nobody known';
  }

  // diagnosed takes in why renewals failed. A renewal that never came has a mark by this alone.
  diagnosed(list) {
    for (const one of list) {
      const key = one.request_id || `d${one.seq}`;
      if (this.diagnoses.has(key)) continue;
      this.diagnoses.set(key, one);
      if (one.request_id) continue;
      const lane = this.lane(one.client_id, one.client_name, one.user_id);
      this.mark(lane, { at: ms(one.date), kind: 'absence', state: 'failed', title: 'A renewal was due and never came', seq: key, diagnosis: one });
    }
    while (this.diagnoses.size > 500) this.diagnoses.delete(this.diagnoses.keys().next().value);
  }

  // living takes in what the tenant lists: until when sessions last, and refresh tokens.
  living(sessions, families, now) {
    for (const one of families) {
      this.family(one.id, { client: one.client_id, user: one.user_id }).from = ms(one.created_at);
    }
    const known = new Map([...sessions, ...families].map((one) => [one.id, one]));
    for (const bar of this.lives()) {
      const one = known.get(bar.id);
      if (one) {
        Object.assign(bar, { listed: one, ended: '', to: Math.min(...[one.expires_at, one.idle_expires_at].filter(Boolean).map(ms), Infinity) });
      } else if (!bar.fresh && !bar.ended && !(bar.to <= now)) { // no event told of its end, or the ring does not keep it
        Object.assign(bar, bar.gone ?? { to: bar.listed ? now : bar.used ?? now, ended: 'not good any more' });
      }
      bar.fresh = false; // what came after the tenant made its lists is in the next ones
    }
  }

  // missing is the expiry by which no renewal came, of a lane that was neither logged out nor has asked since.
  missing(lane, now) {
    return lane.expiry < now && !lane.ended && !(lane.asked > lane.issued) ? lane.expiry : NaN;
  }
}

function kindOf(x, grant) {
  if (x.endpoint === 'authorize') return x.query.prompt === 'none' ? 'silent' : undefined;
  if (x.endpoint !== 'token') return undefined;
  return { refresh_token: 'refresh', authorization_code: 'code' }[grant] ?? 'token';
}
