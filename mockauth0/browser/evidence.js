
'use strict';
// The page works without this script: it adds the filters, and opens what an address leads to.
(() => {
  // control adds its filter to a timeline, and returns what shows all of its rows again.
  function control(timeline) {
    const tools = timeline.querySelector('.tools');
    const box = tools.querySelector('input[type=search]');
    const kinds = [...tools.querySelectorAll('input[type=checkbox]')];
    const all = tools.querySelector('button');
    const said = tools.querySelector('[role=status]');
    const rows = [...timeline.querySelectorAll('.row')];
    const folds = [...timeline.querySelectorAll('.fold')];
    const none = timeline.querySelector('.none');
    let texts = null; // by row, once somebody filters
    let opened = []; // by the filter

    function filter() {
      const words = box.value.toLowerCase().split(/\s+/).filter(Boolean);
      const off = new Set(kinds.filter((kind) => !kind.checked).map((kind) => kind.value));
      const narrowed = words.length > 0;
      texts ??= new Map(rows.map((row) => [row, row.textContent.toLowerCase()]));
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

    box.addEventListener('input', filter);
    box.addEventListener('keydown', (event) => {
      if (event.key === 'Escape') { box.value = ''; filter(); }
    });
    for (const kind of kinds) kind.addEventListener('change', filter);
    all.addEventListener('click', () => {
      const open = all.getAttribute('aria-pressed') !== 'true';
      for (const fold of folds) fold.open = open;
      all.setAttribute('aria-pressed', String(open));
    });
    tools.hidden = false;
    return () => { box.value = ''; for (const kind of kinds) kind.checked = true; filter(); };
  }

  const timelines = new Map([...document.querySelectorAll('.timeline')].map((timeline) => [timeline, control(timeline)]));

  function reveal() {
    const to = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!to) return;
    if (to.hidden) timelines.get(to.closest('.timeline'))?.();
    for (let at = to; at; at = at.parentElement) if (at.tagName === 'DETAILS') at.open = true;
    to.scrollIntoView({ block: to.matches('.case') ? 'start' : 'center' });
    if (to.matches('.row')) to.querySelector('details')?.setAttribute('open', '');
  }

  document.addEventListener('keydown', (event) => {
    if (event.key !== '/' || event.target.matches('input') || event.ctrlKey || event.metaKey || event.altKey) return;
    const box = [...document.querySelectorAll('.tools input[type=search]')].find((one) => one.checkVisibility());
    if (!box) return;
    event.preventDefault();
    box.focus();
  });
  addEventListener('hashchange', reveal);
  reveal();
})();
