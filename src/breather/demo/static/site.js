// The frame says how the alert is going; the page around it then shows what the exchange's back end knows of it.
// Once for each state: if the back end should disagree with the frame, the page must not reload for ever.
const ENDS = new Set(["elapsed", "released", "stopped", "lapsed", "held"]);

document.addEventListener("breather-state", (event) => {
  const state = event.detail.state;
  const shown = document.querySelector("main").dataset.state;
  const mark = location.pathname + "#" + state;
  if (ENDS.has(state) && state !== shown && sessionStorage.getItem("reloaded") !== mark) {
    sessionStorage.setItem("reloaded", mark);
    location.reload();
  }
});
