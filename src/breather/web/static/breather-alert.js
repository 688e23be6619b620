// <breather-alert link="https://breather.example/a/..."></breather-alert>
//
// Frames one alert page and says how it is going. `link` comes from POST /v1/withdrawals/{id}/links; it works once,
// so mint a new one whenever the element is shown again. The event `breather-state` carries `detail.state`, and is
// only news, never proof: decide by what your back end reads from the service. Attribute `label` names the frame.

const SANDBOX = "allow-scripts allow-forms allow-same-origin allow-top-navigation-by-user-activation";
const STATES = new Set([
  "clear", "offered", "running", "elapsed", "released", "stopped", "lapsed", "held", "expired",
]);
const SHORTEST = 320;
const TALLEST = 6000;

class BreatherAlert extends HTMLElement {
  static get observedAttributes() {
    return ["link"];
  }

  constructor() {
    super();
    this._frame = null;
    this._origin = "";
    this._state = "";
    this._opened = 0;
    this._placed = false;
    this._listen = (event) => this._hear(event);
  }

  connectedCallback() {
    window.addEventListener("message", this._listen);
    this._placed = true;
    this._open();
  }

  disconnectedCallback() {
    window.removeEventListener("message", this._listen);
    this._placed = false;
    this._close();
  }

  // Not `isConnected`: on an upgraded element this runs before connectedCallback, and opening twice spends the link.
  attributeChangedCallback(name, before, after) {
    if (before !== after && this._placed) {
      this._open();
    }
  }

  // The last state heard, or "" before the page has spoken.
  get state() {
    return this._state;
  }

  _open() {
    this._close();
    const link = this.getAttribute("link");
    if (!link) {
      return;
    }
    const address = new URL(link, document.baseURI);
    if (address.protocol !== "https:" && address.protocol !== "http:") {
      throw new TypeError("breather-alert: link must be the https address that the service returned");
    }
    const frame = document.createElement("iframe");
    frame.setAttribute("sandbox", SANDBOX);
    frame.setAttribute("referrerpolicy", "no-referrer");
    frame.setAttribute("allow", "");
    frame.title = this.getAttribute("label") || "Withdrawal alert";
    Object.assign(frame.style, { display: "block", width: "100%", height: "720px", border: "0" });
    frame.src = address.href;
    this._origin = address.origin;
    this._frame = frame;
    this.style.display = "block";
    this.append(frame);
  }

  _close() {
    if (this._frame) {
      this._frame.remove();
    }
    this._frame = null;
    this._origin = "";
    this._state = "";
    this._opened = 0;
  }

  // Other frames and windows can post messages too: only this frame, at the link's own origin, is believed.
  _hear(event) {
    const said = event.data;
    if (!this._frame || event.source !== this._frame.contentWindow || event.origin !== this._origin) {
      return;
    }
    if (!said || said.type !== "breather" || !STATES.has(said.state)) {
      return;
    }
    if (Number.isFinite(said.height)) {
      this._frame.style.height = Math.min(TALLEST, Math.max(SHORTEST, said.height)) + "px";
    }
    // A next screen begins at its top. The frame is as tall as its page, so it is the exchange's page that scrolls:
    // without this, whoever has answered the last question stays in the middle of whatever comes next. Where the
    // first screen stands on the page is the exchange's own choice.
    if (Number.isFinite(said.opened) && said.opened !== this._opened) {
      if (this._opened) {
        this.scrollIntoView({ block: "start" });
      }
      this._opened = said.opened;
    }
    if (said.state !== this._state) {
      this._state = said.state;
      this.dispatchEvent(new CustomEvent("breather-state", { bubbles: true, detail: { state: said.state } }));
    }
  }
}

if (!customElements.get("breather-alert")) {
  customElements.define("breather-alert", BreatherAlert);
}
