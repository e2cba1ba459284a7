'use strict';

/**
 * Traffic knows what the pages of a context have in flight, by the events of Playwright. A later answer of a page comes after the events of
 * what the page did before it.
 */
class Traffic {
  started = 0; // everything that ever started, to see that nothing new did
  outside = 0; // what of it the script of a page does not see the end of: all but its requests
  onOutside; // called when there is more of that
  #inFlight = new Map(); // request: is it a navigation
  #loading = new Map(); // frame: whether its document has come, 'response' or 'document'
  #waiting = [];
  #listeners = [];
  #tenant;

  /** tenant is the origin of the tenant, with a slash at its end: it keeps requests waiting while a page is ahead. */
  constructor(context, tenant) {
    this.#tenant = tenant;
    this.#on(context, 'request', (request) => this.#begin(request));
    this.#on(context, 'response', (response) => this.#answered(response));
    this.#on(context, 'requestfinished', (request) => this.#end(request));
    this.#on(context, 'requestfailed', (request) => this.#end(request));
    this.#on(context, 'page', (page) => this.#watch(page));
    for (const page of context.pages()) this.#watch(page);
  }

  #on(emitter, name, listener) {
    emitter.on(name, listener);
    this.#listeners.push({ emitter, name, off: () => emitter.off(name, listener) });
  }

  // isOwn tells whether the script of the page that sent a request sees its end: not what the tenant keeps waiting.
  #isOwn(request) {
    return (request.resourceType() === 'fetch' || request.resourceType() === 'xhr') && !request.url().startsWith(this.#tenant);
  }

  #startOutside() {
    this.started++;
    this.outside++;
    this.onOutside?.();
  }

  /** hasOthers tells whether somebody else hears what is under way in a context or a page. */
  hasOthers(emitter) {
    return WATCHED.some((name) => emitter.listenerCount(name) > this.#listeners.filter((each) => each.emitter === emitter && each.name === name).length);
  }

  #watch(page) {
    this.#startOutside();
    this.#on(page, 'frameattached', () => this.#startOutside());
    this.#on(page, 'framenavigated', (frame) => {
      this.#startOutside();
      if (this.#loading.has(frame)) this.#loading.set(frame, 'document');
      this.#wake();
    });
    this.#on(page, 'framedetached', (frame) => this.#drop((other) => other === frame || within(other, frame)));
    this.#on(page, 'worker', () => this.#startOutside());
    this.#on(page, 'close', () => this.#drop((frame) => frame.page() === page));
    this.#on(page, 'crash', () => this.#drop((frame) => frame.page() === page));
  }

  #begin(request) {
    if (!/^https?:/.test(request.url()) || request.url().endsWith('/favicon.ico')) return;
    if (this.#isOwn(request)) this.started++;
    else this.#startOutside();
    if (request.resourceType() === 'eventsource' || request.resourceType() === 'websocket') return;
    this.#inFlight.set(request, frameOf(request));
  }

  #answered(response) {
    const request = response.request();
    if (!this.#inFlight.has(request)) return;
    // A frame that is removed while its document comes never reports the end; and an event stream has none.
    if (request.isNavigationRequest()) {
      const frame = this.#inFlight.get(request);
      const redirect = response.status() >= 300 && response.status() < 400 && response.headers().location;
      if (frame && !frame.isDetached() && !redirect && response.status() !== 204 && response.status() !== 205) this.#loading.set(frame, 'response');
      this.#end(request);
    } else if (/^text\/event-stream/.test(response.headers()['content-type'] ?? '')) this.#end(request);
  }

  #end(request) {
    const failed = this.#inFlight.get(request);
    if (this.#inFlight.delete(request)) {
      if (failed && request.isNavigationRequest() && request.failure()) this.#loading.delete(failed);
      this.#wake();
    }
  }

  #drop(which) {
    for (const frame of this.#loading.keys()) if (which(frame)) this.#loading.delete(frame);
    for (const [request, frame] of this.#inFlight) if (frame && which(frame)) this.#inFlight.delete(request);
    this.#wake();
  }

  #wake() {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  /** busy lists what is in flight, for people. */
  busy(held = 0) {
    const all = [...this.#inFlight.keys()].map((request) => `${request.method()} ${request.url()}`);
    const loading = [...this.#loading.keys()].map((frame) => `the frame ${frame.url() || frame.name() || '(new)'} is loading`);
    if (all.length > 0 && all.length <= held) return []; // the tenant waits on purpose, and so do the frames that wait for it
    return [...all, ...loading];
  }

  /** isBusyOutside tells whether anything is under way of which the script of a page does not see the end. */
  isBusyOutside() { return this.#loading.size > 0 || [...this.#inFlight.keys()].some((request) => !this.#isOwn(request)); }

  /** loaded notes that the document of a frame has come. */
  loaded(frame) {
    if (this.#loading.get(frame) === 'document') {
      this.#loading.delete(frame);
      this.#wake();
    }
  }

  isLoading(frame) { return this.#loading.get(frame) === 'document'; }

  /** change resolves to true when something ends, and to false after ms. */
  change(ms) {
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), ms);
      this.#waiting.push(() => { clearTimeout(timer); resolve(true); });
    });
  }

  stop() {
    for (const { off } of this.#listeners.splice(0)) off();
    this.#wake();
  }
}

// Events at which a test may look at the time.
const WATCHED = ['request', 'response', 'requestfinished', 'requestfailed', 'console', 'websocket', 'dialog'];

function frameOf(request) {
  try {
    return request.frame();
  } catch { // of a service worker, or of a page that is about to come
    return null;
  }
}

function within(frame, above) {
  for (let at = frame.parentFrame(); at; at = at.parentFrame()) if (at === above) return true;
  return false;
}

module.exports = { Traffic };
