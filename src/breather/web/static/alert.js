// Comfort only: the page is complete without this file. It keeps the clock honest, notices that the state has
// changed elsewhere, and tells a surrounding frame how tall the page is.
(function () {
  "use strict";
  const page = document.documentElement;
  const state = page.dataset.state;
  const live = "live" in page.dataset;
  // What stands on the card about the police: on its way, received, closed.
  let version = page.dataset.version;
  // Which opened link this page belongs to: there may be another alert in this browser.
  const own = page.dataset.page;
  const framed = window.parent !== window;

  // The page does not know which exchange frames it (no referrer is sent, on purpose), so the target origin must be
  // "*". That is why the message may only ever say what the exchange knows anyway: a state, a height, and when this
  // page was opened, which tells one screen from the next.
  function tellFrame() {
    if (framed) {
      const height = Math.ceil(document.body.getBoundingClientRect().height);
      const opened = performance.timeOrigin;
      window.parent.postMessage({ type: "breather", state: state, height: height, opened: opened }, "*");
    }
  }

  tellFrame();
  if (framed && "ResizeObserver" in window) {
    new ResizeObserver(tellFrame).observe(document.body);
  }
  window.addEventListener("load", tellFrame);
  document.addEventListener("toggle", tellFrame, true);

  // The device's clock may be wrong by a day: only differences of the server's own instants and of a clock that
  // never steps are used. That clock may stand still while a device sleeps, so waking up always asks the server.
  let servedAt = Date.parse(page.dataset.now);
  let readAt = performance.now();
  let elapsesAt = page.dataset.elapses ? Date.parse(page.dataset.elapses) : NaN;
  const wholeMs = elapsesAt - servedAt;
  let wholeShare = 0;
  let asking = false;
  let again = 0;

  function serverNow() {
    return servedAt + (performance.now() - readAt);
  }

  function ask() {
    if (asking) {
      return;
    }
    asking = true;
    const sent = performance.now();
    fetch("/alert/state" + (own ? "?page=" + own : ""), { credentials: "same-origin", cache: "no-store" })
      .then(function (reply) {
        return reply.ok ? reply.json() : null;
      })
      .then(function (told) {
        if (told) {
          servedAt = Date.parse(told.now);
          readAt = sent;
          elapsesAt = told.elapses_at ? Date.parse(told.elapses_at) : NaN;
          if (live && told.state !== state) {
            window.location.reload();
          } else if (version && told.version && told.version !== version) {
            renew();
          }
        }
      })
      .catch(function () {
        // Offline: the absolute end on the page stays true, and the next waking asks again.
      })
      .then(function () {
        asking = false;
      });
  }

  // Only the card is exchanged, for a reload would take her back to the top of the page.
  function renew() {
    fetch(window.location.href, { credentials: "same-origin", cache: "no-store" })
      .then(function (reply) {
        return reply.ok ? reply.text() : "";
      })
      .then(function (text) {
        const fresh = new DOMParser().parseFromString(text, "text/html");
        const card = fresh.querySelector(".told");
        const old = document.querySelector(".told");
        if (card && old) {
          old.replaceWith(document.adoptNode(card));
          version = fresh.documentElement.dataset.version;
          page.toggleAttribute("data-waiting", "waiting" in fresh.documentElement.dataset);
          lookSoon();
        } else if (text) {
          window.location.reload();
        }
      })
      .catch(function () {
        // Offline: the next asking finds the same difference.
      });
  }

  // While something is on its way: soon at first, then ever more rarely. What has arrived is closed in its own time.
  let looking = 0;

  function lookSoon(wait) {
    window.clearTimeout(looking);
    if (version && document.querySelector(".told")) {
      const soon = "waiting" in page.dataset ? wait || 3000 : 60000;
      looking = window.setTimeout(function () {
        ask();
        lookSoon(Math.min(60000, soon * 1.5));
      }, soon);
    }
  }

  lookSoon();

  const count = document.getElementById("count");
  const unit = document.getElementById("unit");
  const ring = document.getElementById("ring");

  function write(seconds) {
    const inMinutes = seconds > 60;
    const amount = inMinutes ? Math.ceil(seconds / 60) : Math.max(0, seconds);
    const style = { style: "unit", unit: inMinutes ? "minute" : "second", unitDisplay: "long" };
    try {
      const parts = new Intl.NumberFormat(page.lang, style).formatToParts(amount);
      const words = parts.filter(function (part) { return part.type === "unit"; });
      unit.textContent = words.map(function (part) { return part.value; }).join(" ");
      count.textContent = new Intl.NumberFormat(page.lang).format(amount);
    } catch (unsupported) {
      // An old browser without units: the number and word written by the server stay, beside the absolute end.
    }
  }

  function tick() {
    const left = elapsesAt - serverNow();
    write(Math.ceil(left / 1000));
    ring.setAttribute("stroke-dasharray", Math.max(0, (wholeShare * left) / wholeMs).toFixed(2) + " 200");
    if (left <= 0 && performance.now() >= again) {
      again = performance.now() + 3000;
      ask();
    }
  }

  if (live || version) {
    document.addEventListener("visibilitychange", function () {
      if (document.visibilityState === "visible") {
        ask();
      }
    });
    // A page from the back button's cache was frozen: its state is a memory.
    window.addEventListener("pageshow", function (event) {
      if (event.persisted) {
        ask();
      }
    });
    window.addEventListener("online", ask);
  }
  if (count && ring && wholeMs > 0) {
    // Written for a page that stands still; from here on it does not, and Stop moves up into their place.
    document.getElementById("as-of").hidden = true;
    document.getElementById("look-again").hidden = true;
    wholeShare = parseFloat(ring.getAttribute("stroke-dasharray"));
    tick();
    window.setInterval(tick, 1000);
    window.setInterval(ask, 60000);
  }
  if (page.dataset.again) {
    const until = Date.parse(page.dataset.again);
    window.setTimeout(function () { window.location.reload(); }, Math.max(1000, until - serverNow() + 1000));
  }
})();
