// The page: opens a model, keeps it in step with the controls, the link and the server.

import { Refusal, ask, fetchBlob, latest, token } from "./api.js";
import { byId, el, save } from "./format.js";
import { sliders, stepForm, stepSentence, steps } from "./controls.js";
import { cells, charts, equations, tables } from "./results.js";
import { fresh, fromHash, inWords, toHash } from "./state.js";

let list = [];
let sheet = null;
let run = null;
let pinned = null;
let written = "";

const dark = () => document.documentElement.dataset.theme === "dark";
const fileName = () => [sheet.name, run.variant].filter(Boolean).join("-");

// ---- messages ----------------------------------------------------------------------------------------------------

/** What can't be done, where it is seen. */
function failed(reason) {
  if (!(reason instanceof Refusal)) throw reason;
  if (reason.status === 401) return locked();
  if (reason.status === 0) {
    byId("lost").textContent = reason.message;
    byId("lost").hidden = false;
    return;
  }
  byId("mistake").textContent = reason.message;
  byId("mistake").hidden = false;
  byId("charts").classList.add("stale");
}

function well() {
  byId("mistake").hidden = true;
  byId("lost").hidden = true;
}

function locked() {
  byId("main").hidden = true;
  byId("locked").hidden = false;
  byId("unlock-text").focus();
}

// ---- runs --------------------------------------------------------------------------------------------------------

function question() {
  const room = byId("charts").clientWidth || byId("main").clientWidth;
  const columns = getComputedStyle(byId("charts")).gridTemplateColumns.split(" ").filter((c) => c.endsWith("px")).length || 1;
  const width = Math.round((room - 20 * (columns - 1)) / columns - 22);
  return { ...run, pinned, theme: dark() ? "dark" : "light", moment: Number(byId("moment").value) / 200, width: Math.min(1100, Math.max(240, width)) };
}

const redraw = latest("/api/run", question, (answer) => {
  well();
  charts(answer, fileName);
  cells(answer);
  tables(answer, pinned);
}, failed);

const redrawCell = latest("/api/cell", question, (answer) => cells(answer), failed);

/** The time that the whole run takes on the page. */
const FILM = 5000;

/** Lets the run go by, from where it is or, at its end, from the start. */
function play() {
  const moment = byId("moment");
  if (byId("play").dataset.begun) return stop();
  const from = moment.value === moment.max ? 0 : Number(moment.value);
  const begun = performance.now() - FILM * from / Number(moment.max);
  byId("play").dataset.begun = "yes";
  byId("play").textContent = "Stop";
  const next = (now) => {
    if (!byId("play").dataset.begun) return;
    const share = Math.min(1, Math.max(0, (now - begun) / FILM));
    moment.value = String(Math.round(share * Number(moment.max)));
    redrawCell();
    if (share < 1) requestAnimationFrame(next);
    else stop();
  };
  requestAnimationFrame(next);
}

function stop() {
  delete byId("play").dataset.begun;
  byId("play").textContent = "Play";
}

/** Something was moved: the link follows, the picture follows. */
function changed() {
  written = toHash(run, pinned);
  history.replaceState(null, "", written);
  byId("reset").disabled = Object.keys(run.settings).length === 0 && run.steps.length === 0 && run.own_steps;
  redraw();
}

function stepsChanged() {
  steps(sheet, run, stepsChanged);
  changed();
}

function showPinned() {
  byId("pinned").hidden = !pinned;
  byId("unpin").hidden = !pinned;
  byId("pinned").textContent = pinned ? `Pinned: ${inWords(pinned)}` : "";
}

/** All controls as the state says. */
function controls() {
  // A step at the start gives way to what is set: the list says so.
  sliders(sheet, run, stepsChanged);
  steps(sheet, run, stepsChanged);
  stepForm(sheet);
  showPinned();
}

// ---- models ------------------------------------------------------------------------------------------------------

/** Opens a run: asks for its model, then draws it. */
async function open(next, nextPinned) {
  try {
    sheet = await ask("/api/model", { model: next.model, variant: next.variant });
  } catch (reason) {
    return failed(reason);
  }
  run = next;
  pinned = nextPinned?.model === run.model ? nextPinned : null;
  document.title = `${sheet.title || sheet.name} – Osmocyte`;
  byId("title").textContent = sheet.title || sheet.name;
  byId("chosen").textContent = sheet.title || sheet.name;
  const variant = sheet.variants.find((v) => v.name === run.variant);
  byId("variant-about").textContent = variant?.about ?? "";
  byId("about").hidden = !sheet.about;
  byId("about-text").replaceChildren(...sheet.about.split(/\n\s*\n/).map((p) => el("p", {}, p)));
  byId("variant").replaceChildren(el("option", { value: "" }, "as it is"), ...sheet.variants.map((v) => el("option", { value: v.name }, v.name)));
  byId("variant").value = run.variant ?? "";
  byId("variant").disabled = sheet.variants.length === 0;
  byId("main").hidden = false;
  byId("locked").hidden = true;
  well();
  controls();
  equations(sheet);
  changed();
}

function showList() {
  const words = byId("search").value.toLowerCase().split(/\s+/).filter(Boolean);
  const text = (m) => [m.id, m.title, m.about, m.group, ...m.topics, ...m.variants.flatMap((v) => [v.name, v.about])].join("\n").toLowerCase();
  const found = list.filter((m) => words.every((word) => text(m).includes(word)));
  byId("found").textContent = words.length > 0 ? `${found.length} of ${list.length} models` : "";
  const groups = [...new Set(found.map((m) => m.group))];
  byId("list").replaceChildren(...groups.map((group) => el("section", {}, el("h3", {}, group), el("ul", {},
    ...found.filter((m) => m.group === group).map((m) => el("li", {}, el("button", {
      type: "button", "data-model": m.id, "aria-current": m.id === run?.model ? "true" : null,
      onclick: () => { byId("models").close(); open(fresh(m.id), null); },
    }, m.title || m.id, el("span", { class: "symbol" }, m.id))))))));
}

// ---- buttons -----------------------------------------------------------------------------------------------------

async function copy(button, text) {
  const said = button.textContent;
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = "Copied";
  } catch {
    button.textContent = "Copying is not allowed here";
  }
  setTimeout(() => { button.textContent = said; }, 1500);
}

async function download(path, name) {
  try {
    save(name, await fetchBlob(path, run));
  } catch (reason) {
    failed(reason);
  }
}

function setTheme(name) {
  document.documentElement.dataset.theme = name;
  byId("theme").setAttribute("aria-pressed", String(name === "dark"));
}

function wire() {
  byId("choose").onclick = () => { byId("search").value = ""; showList(); byId("models").showModal(); };
  byId("search").oninput = showList;
  byId("search").onkeydown = (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    byId("list").querySelector("button")?.click();
  };
  byId("variant").onchange = (event) => open(fresh(run.model, event.target.value || null), pinned);
  byId("reset").onclick = () => { run = fresh(run.model, run.variant); controls(); changed(); };
  byId("add-step").onsubmit = (event) => {
    event.preventDefault();
    const sentence = stepSentence(sheet);
    if (sentence === null) return;
    run.steps.push(sentence);
    byId("step-value").value = byId("step-at").value = "";
    stepsChanged();
  };
  byId("pin").onclick = () => { pinned = structuredClone(run); showPinned(); changed(); };
  byId("unpin").onclick = () => { pinned = null; showPinned(); changed(); byId("pin").focus(); };
  byId("copy-link").onclick = (event) => copy(event.currentTarget, location.href);
  byId("copy-command").onclick = (event) => copy(event.currentTarget, byId("command").textContent);
  byId("download-csv").onclick = () => download("/api/csv", `${fileName()}.csv`);
  byId("download-model").onclick = () => download("/api/file", `${sheet.name}.toml`);
  byId("moment").oninput = () => { stop(); redrawCell(); };
  byId("play").onclick = play;
  byId("theme").onclick = () => {
    setTheme(dark() ? "light" : "dark");
    localStorage.setItem("osmocyte-theme", document.documentElement.dataset.theme);
    if (run) redraw();
  };
  byId("unlock").onsubmit = (event) => {
    event.preventDefault();
    const typed = byId("unlock-text").value.trim();
    token.set(fromHash(typed.slice(typed.indexOf("#") + 1)).token ?? typed);
    start();
  };
  // A link that was pasted over this one.
  addEventListener("hashchange", () => { if (location.hash !== written) start(); });
  let width = innerWidth;
  addEventListener("resize", () => {
    if (innerWidth === width || !run) return;
    width = innerWidth;
    redraw();
  });
}

async function start() {
  const link = fromHash(location.hash);
  if (link.token) {
    token.set(link.token);
    history.replaceState(null, "", link.run ? toHash(link.run, link.pinned) : location.pathname);
  }
  if (!token.get()) return locked();
  try {
    const answer = await ask("/api/models");
    list = answer.models;
    const first = link.run ?? fresh(answer.first.model, answer.first.variant);
    await open(first, link.pinned);
    // A link to what is not there: its message stands over the first model.
    if (!run && first.model !== answer.first.model) {
      const message = byId("mistake").textContent;
      await open(fresh(answer.first.model, answer.first.variant), null);
      if (message) failed(new Refusal(404, message));
    }
  } catch (reason) {
    failed(reason);
  }
}

setTheme(localStorage.getItem("osmocyte-theme") ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light"));
wire();
start();
