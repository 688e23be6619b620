/* The lists of the portal follow what arrives, without a reload. Without this script, "Look again" does the same.
   Only the part named #live is replaced, and the focus stays where it was. */
(() => {
  "use strict";
  const EACH = 1000, HIDDEN = 10000, AFTER_FAILURE = 5000;
  let waiting = 0;

  const live = () => document.getElementById("live");

  function say(text) {
    document.getElementById("said").textContent = text;
  }

  function arrivals(fresh, known) {
    const rows = [...fresh.querySelectorAll("tr[id]")].filter((row) => !known.has(row.id));
    rows.forEach((row) => row.classList.add("new"));
    return rows.length;
  }

  async function renew() {
    const reply = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (reply.redirected || !reply.ok) {
      location.reload();
      return;
    }
    const page = new DOMParser().parseFromString(await reply.text(), "text/html");
    const fresh = page.getElementById("live"), old = live();
    const known = new Set([...old.querySelectorAll("tr[id]")].map((row) => row.id));
    const count = arrivals(fresh, known);
    const row = document.activeElement.closest ? document.activeElement.closest("tr[id]") : null;
    const focused = row ? `#${row.id} a` : document.activeElement.id ? `#${document.activeElement.id}` : "";
    old.replaceWith(document.adoptNode(fresh));
    if (focused) {
      const again = document.querySelector(focused);
      if (again) again.focus({ preventScroll: true });
    }
    document.querySelector(".foot").replaceWith(document.adoptNode(page.querySelector(".foot")));
    if (count) say(count === 1 ? "One referral has arrived." : `${count} referrals have arrived.`);
  }

  async function look() {
    let next = document.hidden ? HIDDEN : EACH;
    try {
      const reply = await fetch(live().dataset.follow, { headers: { Accept: "application/json" } });
      if (reply.status === 401) {
        location.reload();
        return;
      }
      const found = await reply.json();
      if (String(found.latest) !== live().dataset.latest) await renew();
    } catch {
      next = AFTER_FAILURE;
    }
    waiting = setTimeout(look, next);
  }

  if (!live() || !live().dataset.follow) return;
  waiting = setTimeout(look, EACH);
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) return;
    clearTimeout(waiting);
    look();
  });
})();
