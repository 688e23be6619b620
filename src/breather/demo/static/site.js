// The frame says how the alert is going; the page around it then shows what the exchange's back end knows of it.
// Once for each state: if the back end should disagree with the frame, the page must not reload for ever.
const ENDS = new Set(["elapsed", "released", "stopped", "lapsed", "held"]);
let seen = false;

// A page that shows itself again begins at its top: what can be done now stands there.
history.scrollRestoration = "manual";

document.addEventListener("breather-state", (event) => {
  const state = event.detail.state;
  const { state: shown, act } = document.querySelector("main").dataset;
  if (!seen && !act) {
    // Nothing to be done here before the alert, so the alert comes first.
    event.target.scrollIntoView({ block: "start" });
  }
  seen = true;
  const mark = location.pathname + "#" + state;
  if (ENDS.has(state) && state !== shown && sessionStorage.getItem("reloaded") !== mark) {
    sessionStorage.setItem("reloaded", mark);
    location.reload();
  }
});
