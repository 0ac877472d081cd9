// What the pages can't do by themselves: times in the viewer's time zone, and one stream of events for an open page.
(() => {
  'use strict';

  const MINUTE = 60;
  const UNITS = [['day', 86400], ['hour', 3600], ['minute', MINUTE], ['second', 1]];
  const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });

  function absolute(time) {
    const thisYear = time.getFullYear() === new Date().getFullYear();
    return new Intl.DateTimeFormat('en-GB', {
      day: 'numeric', month: 'short', year: thisYear ? undefined : 'numeric', hour: '2-digit', minute: '2-digit',
    }).format(time);
  }

  function distance(time) {
    const seconds = Math.round((time - Date.now()) / 1000);
    if (Math.abs(seconds) < 5) {
      return 'just now';
    }
    const [unit, length] = UNITS.find(([, size]) => Math.abs(seconds) >= size);
    return relative.format(Math.trunc(seconds / length), unit);
  }

  function tellTimes(root) {
    root.querySelectorAll('time[data-when]').forEach((element) => {
      const time = new Date(element.dateTime);
      if (Number.isNaN(time.getTime())) {
        return;
      }
      element.textContent = element.dataset.when === 'ago' ? distance(time) : absolute(time);
      element.title = time.toLocaleString('en-GB', { dateStyle: 'full', timeStyle: 'long' });
    });
  }

  // Days in a form are the viewer's, as are the times on the page.
  document.querySelectorAll('input[data-zone]').forEach((input) => {
    const before = input.value;
    input.value = Intl.DateTimeFormat().resolvedOptions().timeZone || before;
    input.form.querySelectorAll('label').forEach((label) => {
      label.textContent = label.textContent.replace('(' + before + ')', '(' + input.value + ')');
    });
  });

  tellTimes(document);
  setInterval(() => tellTimes(document), 20000);
  document.body.addEventListener('htmx:load', (event) => tellTimes(event.detail.elt.parentElement || document));

  // Where the navigation is one row that scrolls, the page that is open is in sight.
  const here = document.querySelector('nav [aria-current]');
  if (here) {
    here.closest('nav').scrollLeft = here.offsetLeft - 40;
  }

  // The stream. Events say that something changed; which parts of the page care, their hx-trigger says.
  const address = document.body.dataset.events;
  const shown = document.getElementById('connection');
  const PAUSE = 800;
  const LONGEST_WAIT = 30000;
  let source = null;
  let wait = 1000;
  let lost = false;
  const waiting = new Map();

  function say(state, text) {
    if (shown && shown.dataset.state !== state) {
      shown.dataset.state = state;
      shown.textContent = text;
    }
  }

  /** At most one refresh in each pause, and always one after the last event. */
  function changed(name) {
    if (waiting.has(name)) {
      waiting.set(name, true);
      return;
    }
    htmx.trigger(document.body, 'live:' + name);
    waiting.set(name, false);
    setTimeout(() => {
      const again = waiting.get(name);
      waiting.delete(name);
      if (again) {
        changed(name);
      }
    }, PAUSE);
  }

  function connect() {
    if (source || document.hidden) {
      return;
    }
    source = new EventSource(address);
    source.onopen = () => {
      wait = 1000;
      say('live', 'Live');
      if (lost) {
        lost = false;
        changed('run');
      }
    };
    source.onerror = () => {
      lost = true;
      say('lost', 'Connection lost, trying again …');
      if (source.readyState === EventSource.CLOSED) {
        // Refused: the browser would not come back by itself. Asking for a part of the page tells why.
        source = null;
        changed('run');
        setTimeout(connect, wait);
        wait = Math.min(wait * 2, LONGEST_WAIT);
      }
    };
    source.addEventListener('run', () => changed('run'));
    source.addEventListener('counts', () => changed('counts'));
  }

  if (address) {
    // A page that nobody sees holds no connection, of which browsers allow a server few.
    document.addEventListener('visibilitychange', () => {
      if (document.hidden && source) {
        source.close();
        source = null;
        lost = true;
      } else {
        connect();
      }
    });
    connect();
  }

  // What a request could not do is said on the page, also when no answer came.
  const notice = document.getElementById('notice');
  document.body.addEventListener('htmx:sendError', () => {
    say('lost', 'Connection lost, trying again …');
  });
  document.body.addEventListener('htmx:afterSwap', (event) => {
    if (event.detail.target === notice) {
      notice.scrollIntoView({ block: 'nearest' });
    }
  });
  document.body.addEventListener('htmx:beforeRequest', (event) => {
    if (event.detail.requestConfig.verb !== 'get' && notice) {
      notice.replaceChildren();
    }
  });
})();
