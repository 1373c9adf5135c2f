// The page: opens a model, keeps it in step with the controls, the link and the server.

import { Refusal, ask, fetchBlob, latest, token } from "./api.js";
import { byId, el, save } from "./format.js";
import { sliders, stepForm, stepSentence, steps } from "./controls.js";
import { cells, charts, equations, inSight, tables } from "./results.js";
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
  settled();
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

/** What stays said until something is changed. */
let notice = "";

function well() {
  byId("mistake").textContent = notice;
  byId("mistake").hidden = notice === "";
  byId("lost").hidden = true;
}

function locked() {
  byId("main").hidden = true;
  byId("locked").hidden = false;
  byId("unlock-text").focus();
}

// ---- runs --------------------------------------------------------------------------------------------------------

/** Width of a chart; measured when it may have changed only, for measuring makes the browser lay out the page at once. */
let width = null;

function measured() {
  const room = byId("charts").clientWidth || byId("main").clientWidth;
  const columns = getComputedStyle(byId("charts")).gridTemplateColumns.split(" ").filter((c) => c.endsWith("px")).length || 1;
  const each = Math.round((room - 20 * (columns - 1)) / columns - 22);
  return Math.min(1100, Math.max(240, each));
}

function question() {
  width ??= measured();
  const part = moving ? inSight() : null;
  return { ...run, pinned, theme: dark() ? "dark" : "light", moment: Number(byId("moment").value) / 200, width, part };
}

const redraw = latest("/api/run", question, (answer) => {
  well();
  charts(answer, fileName);
  cells(answer);
  tables(answer, pinned);
  if (!answer.part) settled();
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

/** While a slider moves the link follows so often only: browsers refuse more than 200 new links in half a minute. */
const LINK_REST = 250;
let linked = -LINK_REST;
let linking;

/** The link says what is shown. */
function link() {
  clearTimeout(linking);
  linked = performance.now();
  written = toHash(run, pinned);
  history.replaceState(null, "", written);
}

/** The link says so soon: at once, or after a rest. */
function linkSoon() {
  clearTimeout(linking);
  linking = setTimeout(link, Math.max(0, linked + LINK_REST - performance.now()));
}

/** A slider that has not moved for so long rests [ms]. */
const REST = 120;
/** Set while a slider is on its way: then only what is in sight is drawn. */
let moving = null;

/** All of the page shows the same run again. */
function settled() {
  if (!moving) byId("results").removeAttribute("aria-busy");
}

/** Something was changed: the picture follows, and the link. */
function changed(onTheWay = false) {
  notice = "";
  clearTimeout(moving);
  moving = onTheWay ? setTimeout(() => { moving = null; redraw(); }, REST) : null;
  if (onTheWay) byId("results").setAttribute("aria-busy", "true");
  redraw();
  if (onTheWay) linkSoon();
  else link();
  byId("reset").disabled = Object.keys(run.settings).length === 0 && run.steps.length === 0 && run.own_steps;
}

/** The names of what was set when the steps were listed. */
let listed = "";
const set = () => Object.keys(run.settings).join(" ");

function listSteps() {
  listed = set();
  steps(sheet, run, stepsChanged);
}

/** A slider is on its way, or has arrived. A step at the start gives way to what is set: the list says so. */
function moved() {
  if (listed !== set()) listSteps();
  changed(true);
}

function stepsChanged() {
  listSteps();
  changed();
}

function showPinned() {
  byId("pinned").hidden = !pinned;
  byId("unpin").hidden = !pinned;
  byId("pinned").textContent = pinned ? `Pinned: ${inWords(pinned)}` : "";
}

/** All controls as the state says. */
function controls() {
  sliders(sheet, run, moved);
  listSteps();
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
  width = null;
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
  byId("copy-link").onclick = (event) => { link(); copy(event.currentTarget, location.href); };
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
  let known = innerWidth;
  addEventListener("resize", () => {
    if (innerWidth === known || !run) return;
    known = innerWidth;
    width = null;
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
    if (!run && link.run) {
      const message = byId("mistake").textContent;
      await open(fresh(answer.first.model, answer.first.variant), null);
      notice = message;
      well();
    }
  } catch (reason) {
    failed(reason);
  }
}

setTheme(localStorage.getItem("osmocyte-theme") ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light"));
wire();
start();
