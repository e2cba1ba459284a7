// The console's page: it joins the parts, follows the tenant's events, and asks for what no event tells.

import { follow, get, useToken } from './api.js';
import { Controls } from './controls.js';
import { Detail } from './detail.js';
import { button, by, el, say, soon } from './dom.js';
import { Log } from './log.js';
import { Model } from './model.js';
import { Panels } from './panels.js';
import { Timeline } from './timeline.js';

const model = new Model();
const controls = new Controls({ moved: () => timeline.soon(), changed: () => refresh(true) });
const now = () => controls.now();
const detail = new Detail({ root: by('detail'), model, now, showEvent });
const timeline = new Timeline({ root: by('chart'), model, now, open: (item) => show(item, true) });
const panels = new Panels({ model, controls, changed: () => refresh(true), clear });
const log = new Log({
  root: panels.events, model, search: panels.search, kinds: panels.kinds, count: (text) => { panels.count.textContent = text; },
  open: (event) => { chosen = true; detail.event(event); uncover(); },
});
panels.shown = () => { log.draw(); refresh(true); };

let chosen = false; // a person has opened something: a new failure does not take its place
let failure = ''; // the newest one that opened by itself

document.title = `${location.host} · console`;
by('tenant').textContent = location.host;
by('zooms').append(
  ...[['1 min', 6e4], ['10 min', 6e5], ['1 h', 36e5], ['1 d', 864e5], ['30 d', 2592e6]].map(([label, length]) =>
    button(label, () => timeline.last(length), { 'aria-label': `Show the last ${label}` })),
  button('All', () => timeline.all(), { 'aria-label': 'Show all' }),
  button('−', () => timeline.zoom(2), { 'aria-label': 'Zoom out' }),
  button('+', () => timeline.zoom(0.5), { 'aria-label': 'Zoom in' }));

async function show(item, person) {
  if (person) chosen = true;
  try {
    await detail.open(item);
    if (person) uncover();
  } catch (trouble) {
    say(trouble.message, true);
  }
}

// uncover brings the details into sight where they are below the timeline.
function uncover() {
  const box = by('detail').getBoundingClientRect();
  if (box.top > innerHeight * 0.7 || box.bottom < 80) by('detail').scrollIntoView({ block: 'start' });
}

async function showEvent(seq) {
  const kept = model.events.find((one) => one.event.seq === seq)?.event ?? (await get(`/events?after=${seq - 1}`)).events.find((one) => one.seq === seq);
  if (kept) detail.event(kept);
  else say(`The tenant does not keep event ${seq} any more.`, true);
}

// newest opens the newest failure by itself, until a person opens something.
function newest() {
  if (chosen) return;
  let last;
  for (const lane of model.lanes.values()) {
    for (const mark of lane.marks) {
      const why = mark.diagnosis ?? model.diagnoses.get(mark.request); // a first look whether somebody is logged in is no failure
      if (mark.state === 'failed' && why && !(mark.at < last?.at)) last = mark;
    }
  }
  if (!last || last.key === failure) return;
  failure = timeline.chosen = last.key;
  by('heard').textContent = last.title; // for whoever does not see the timeline
  show(last, false);
}

function clear() {
  model.clear();
  chosen = false;
  failure = timeline.chosen = '';
  by('detail').replaceChildren(el('h2', { id: 'detail-title' }, 'Details'), el('p', { class: 'dim' }, 'The newest failure opens by itself.'));
  log.refilter();
  timeline.all();
}

const head = document.querySelector('header');
new ResizeObserver(() => document.documentElement.style.setProperty('--head', `${head.offsetHeight}px`)).observe(head);

let asked = 0;

// refresh asks for what the tenant lists and no event tells. While it asks, another call waits: what a person did is asked for as soon
// as the answers are there.
async function refresh(person) {
  if (refresh.busy) {
    if (person) refresh.again = true;
    else refreshSoon();
    return;
  }
  refresh.busy = true;
  try {
    const [{ diagnoses, last }, { sessions }, { refresh_tokens }] = await Promise.all([
      get(`/diagnoses?after=${asked}`), get('/sessions'), get('/refresh-tokens'), controls.refresh()]);
    asked = last;
    model.diagnosed(diagnoses);
    model.living(sessions ?? [], refresh_tokens ?? [], now());
    panels.draw({ sessions: sessions ?? [], families: refresh_tokens ?? [] });
    timeline.soon();
    newest();
  } catch (trouble) {
    if (trouble.status) state('lost', trouble);
  } finally {
    refresh.busy = false;
    if (refresh.again) refresh(refresh.again = false);
  }
}

const refreshSoon = soon(refresh, 300);
const drawSoon = soon(() => { if (!document.hidden) { log.draw(); panels.load(panels.mails); } }, 200);

function state(what, trouble) {
  const box = by('state');
  const text = { live: 'Live', lost: trouble?.message ?? 'Connection lost; trying again', refused: trouble?.message }[what];
  if (box.dataset.state === what && box.textContent === text) return;
  box.dataset.state = what;
  box.replaceChildren(text);
  if (what === 'live') refresh();
  if (what === 'refused') box.append(tokenForm());
}

// tokenForm is for whoever came without the token in the address.
function tokenForm() {
  const input = el('input', { type: 'password', id: 'token', autocomplete: 'off' });
  return el('form', { onsubmit: (event) => { event.preventDefault(); useToken(input.value); location.reload(); } },
    el('label', { for: 'token' }, 'Control token'), input, el('button', {}, 'Use it'));
}

follow((event, text) => {
  if (event.kind === 'gap' && !event.details?.missed) { // another tenant is there now
    asked = 0;
    clear();
  }
  model.take(event, text);
  timeline.soon();
  drawSoon();
  if (['log', 'session', 'clock', 'fault', 'no_answer', 'config', 'token'].includes(event.kind)) refreshSoon();
}, state);
setInterval(() => { if (!document.hidden) refresh(); }, 2000);
setInterval(() => { if (!document.hidden) { controls.tick(); timeline.soon(); } }, 1000);
document.addEventListener('visibilitychange', () => { if (!document.hidden) { refresh(); drawSoon(); } });
