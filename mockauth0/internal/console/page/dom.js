// Elements. Whatever a tenant or an app wrote is put in as text: nothing here reads markup, and the page's policy makes the browser
// refuse to.

// el makes an element. Functions are listeners (onclick), true is an attribute without a value, false and undefined are none.
export function el(tag, attributes, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (typeof value === 'function') made.addEventListener(name.slice(2), value);
    else if (value === true) made.setAttribute(name, '');
    else if (value !== false && value != null) made.setAttribute(name, value);
  }
  made.append(...children.flat(9).filter((child) => child != null && child !== false && child !== ''));
  return made;
}

export const by = (id) => document.getElementById(id);

// button is one that runs a task. It cannot be pressed twice, and says when the task failed.
export function button(label, task, attributes) {
  const made = el('button', { type: 'button', ...attributes }, label);
  made.addEventListener('click', () => busy(made, task));
  return made;
}

// twice is a button for what cannot be taken back: it wants to be pressed again.
export function twice(label, again, task, attributes) {
  let armed = 0;
  const rest = () => { armed = 0; made.textContent = label; };
  const made = button(label, async () => {
    if (!armed) {
      made.textContent = again;
      armed = setTimeout(rest, 5000);
      return;
    }
    clearTimeout(armed);
    rest();
    await task();
  }, { class: 'danger', ...attributes });
  return made;
}

// busy runs a task for a control. aria-disabled, and not disabled: the focus would be lost with it.
export async function busy(control, task) {
  if (control.getAttribute('aria-disabled')) return;
  control.setAttribute('aria-disabled', 'true');
  try {
    await task();
  } catch (failure) {
    say(failure.message, true);
  } finally {
    control.removeAttribute('aria-disabled');
  }
}

// still makes a change, and scrolls so that what the pointer is on stays below it: a person may be about to press it.
export function still(change) {
  const at = [...document.querySelectorAll(':hover')].at(-1);
  const top = at?.getBoundingClientRect().top;
  change();
  if (at?.isConnected) scrollBy(0, at.getBoundingClientRect().top - top);
}

// redraw puts others in place of what is in an element. The focus stays where it was.
export function redraw(at, ...children) {
  const all = () => [...at.querySelectorAll('button,summary,input')];
  const i = all().indexOf(document.activeElement);
  at.replaceChildren(...children);
  if (i >= 0) (all()[i] ?? all().at(-1) ?? at).focus();
}

let hush = 0;

// say tells a person what was done, or what failed.
export function say(text, failed = false) {
  const box = by('said');
  box.className = failed ? 'bad' : '';
  box.replaceChildren(el('span', {}, text), el('button', { type: 'button', onclick: unsay, 'aria-label': 'Close this message' }, '×'));
  clearTimeout(hush);
  if (!failed) hush = setTimeout(unsay, 6000);
}

function unsay() {
  by('said').replaceChildren();
}

// table makes one with a header; rows are lists of cells, each a text or elements.
export function table(caption, heads, rows, none) {
  if (!rows.length) return el('p', { class: 'dim' }, none);
  return el('div', { class: 'scroll', tabindex: 0, role: 'group', 'aria-label': caption },
    el('table', {}, el('caption', { class: 'unseen' }, caption),
      el('thead', {}, el('tr', {}, heads.map((head) => el('th', { scope: 'col' }, head || el('span', { class: 'unseen' }, 'Actions'))))),
      el('tbody', {}, rows.map((row) => el('tr', {}, row.map((cell) => el('td', {}, cell)))))));
}

// pairs is a list of names and values; values that are missing are left out.
export function pairs(list) {
  const shown = list.filter(([, value]) => value != null && value !== '');
  if (!shown.length) return '';
  return el('dl', {}, shown.map(([name, value]) => [el('dt', {}, name), el('dd', {}, plain(value))]));
}

export function plain(value) {
  if (value instanceof Node || typeof value === 'string') return value;
  return Array.isArray(value) && value.every((one) => typeof one === 'string') ? value.join(', ') : JSON.stringify(value);
}

// save hands a person a file.
export function save(name, blob) {
  const address = URL.createObjectURL(blob);
  const link = el('a', { href: address, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

// soon runs a task once for all calls of the next moments.
export function soon(task, after = 250) {
  let waiting = 0;
  return () => {
    waiting ||= setTimeout(() => { waiting = 0; task(); }, after);
  };
}
