// A mail of the inbox: its code and link, and how it looks.

import { link } from './detail.js';
import { button, el, say } from './dom.js';
import { moment } from './time.js';

export function show({ subject, to, date, link: at, code }, open, key) {
  return el('article', { class: 'item', 'data-mail': key }, el('h3', {}, subject), el('p', { class: 'dim' }, `To ${to}, ${moment(Date.parse(date))}`),
    code && el('p', {}, 'Code ', el('code', { class: 'code' }, code), ' ',
      button('Copy', async () => { await navigator.clipboard.writeText(code); say('Copied.'); }, { 'aria-label': 'Copy the code' })),
    at && el('p', {}, 'Link ', link(at)),
    el('details', { open }, el('summary', {}, 'As the person sees it'), frameOf({ subject, to, at, code })));
}

// A mail is shown in a frame of its own, which runs no script and is of no origin. The policy is the only way to markup in this page,
// and escapes all that it is given. There are no styles: a mail has the attributes that mail programs know.
const escaped = (text) => String(text).replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
const written = (json) => {
  const { subject, to, at, code } = JSON.parse(json, (_, value) => (typeof value === 'string' ? escaped(value) : value));
  return `<!doctype html><title>${subject}</title><body bgcolor="#f3f5f8" text="#1b1e23" link="#0b57d0"><table align="center" width="90%" bgcolor="#ffffff" cellpadding="24">` +
    `<tr><td align="center"><font face="sans-serif"><h2>${subject}</h2><p>For ${to}</p>${code ? `<p><font size="6"><b>${code}</b></font></p>` : ''}` +
    `${/^https?:/.test(at ?? '') ? `<p><a href="${at}" target="_blank" rel="noreferrer noopener"><b>${subject}</b></a></p><p><font size="2">${at}</font></p>` : ''}</font></td></tr></table>`;
};
const policy = globalThis.trustedTypes?.createPolicy('console-mail', { createHTML: written }) ?? { createHTML: written };

function frameOf(mail) {
  const frame = el('iframe', { sandbox: 'allow-popups allow-popups-to-escape-sandbox', title: `Mail: ${mail.subject}`, loading: 'lazy' });
  frame.srcdoc = policy.createHTML(JSON.stringify(mail));
  return frame;
}
