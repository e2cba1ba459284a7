
'use strict';
// The page works without this script: it adds the filter, and opens what an address leads to.
(() => {
  const tools = document.querySelector('.tools');
  if (!tools) return;
  const box = tools.querySelector('input[type=search]');
  const kinds = [...tools.querySelectorAll('input[type=checkbox]')];
  const all = tools.querySelector('button');
  const said = tools.querySelector('[role=status]');
  const rows = [...document.querySelectorAll('#timeline .row')];
  const folds = [...document.querySelectorAll('#timeline .fold')];
  const none = document.querySelector('#timeline .none');
  const texts = new Map(rows.map((row) => [row, row.textContent.toLowerCase()]));
  let opened = []; // by the filter

  function filter() {
    const words = box.value.toLowerCase().split(/\s+/).filter(Boolean);
    const off = new Set(kinds.filter((kind) => !kind.checked).map((kind) => kind.value));
    const narrowed = words.length > 0;
    let shown = 0;
    for (const row of rows) {
      row.hidden = off.has(row.dataset.kind) || !words.every((word) => texts.get(row).includes(word));
      if (!row.hidden) shown++;
    }
    for (const fold of opened) fold.open = false;
    opened = [];
    for (const fold of folds) {
      fold.hidden = !fold.querySelector('.row:not([hidden])');
      if (narrowed && !fold.hidden && !fold.open) { fold.open = true; opened.push(fold); }
    }
    none.hidden = shown > 0;
    said.textContent = narrowed || off.size ? `${shown} of ${rows.length}` : '';
  }

  function reveal() {
    const to = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!to) return;
    if (to.hidden) { box.value = ''; for (const kind of kinds) kind.checked = true; filter(); }
    for (let at = to; at; at = at.parentElement) if (at.tagName === 'DETAILS') at.open = true;
    to.scrollIntoView({ block: 'center' });
    to.querySelector('details')?.setAttribute('open', '');
  }

  box.addEventListener('input', filter);
  for (const kind of kinds) kind.addEventListener('change', filter);
  all.addEventListener('click', () => {
    const open = all.getAttribute('aria-pressed') !== 'true';
    for (const fold of folds) fold.open = open;
    all.setAttribute('aria-pressed', String(open));
  });
  document.addEventListener('keydown', (event) => {
    if (event.key === '/' && event.target !== box && !event.ctrlKey && !event.metaKey && !event.altKey) { event.preventDefault(); box.focus(); }
    if (event.key === 'Escape' && event.target === box) { box.value = ''; filter(); }
  });
  addEventListener('hashchange', reveal);
  tools.hidden = false;
  reveal();
})();
