// Sliders, each with its number, and the steps of the experiment.

import { byId, capital, el, number, parse, quantity, shown } from "./format.js";

/** Stops of a slider. */
const STOPS = 400;

/** The value at a stop, with no more digits than the way from stop to stop has. */
function at(slider, stop) {
  if (slider.whole) return slider.low + stop;
  const share = stop / STOPS;
  if (share === 0) return slider.low;
  if (share === 1) return slider.high;
  if (slider.log) {
    return Number((slider.low * Math.pow(slider.high / slider.low, share)).toPrecision(3));
  }
  const step = (slider.high - slider.low) / STOPS;
  const places = Math.max(0, Math.min(100, Math.ceil(-Math.log10(step))));
  return Number((slider.low + step * stop).toFixed(places));
}

/** The stop nearest to a value. */
function stop(slider, value) {
  if (slider.whole) return value - slider.low;
  const share = slider.log
    ? Math.log(value / slider.low) / Math.log(slider.high / slider.low)
    : (value - slider.low) / (slider.high - slider.low);
  return Math.round(STOPS * Math.min(1, Math.max(0, share)));
}

/** As a setting of the command line. */
const setting = (value, unit) => (unit ? `${value} ${unit}` : String(value));

/** The number of a setting in the unit of its slider; null for an expression or another unit. */
function read(text, unit) {
  const own = text.trim();
  const written = [unit, shown(unit)].find((u) => u && own.endsWith(u)) ?? "";
  const bare = own.slice(0, own.length - written.length);
  const value = parse(bare);
  return Number.isNaN(value) ? null : value;
}

/** One slider. `change(text)` is told what it is set to, or null for what the model says. */
function row(slider, set, change) {
  const id = `s-${slider.name}`;
  const unit = slider.unit;
  const digits = 6;
  const given = set === undefined ? slider.value : read(set, unit);
  const range = el("input", {
    type: "range", id, min: "0", max: String(slider.whole ? slider.high - slider.low : STOPS), step: "1",
    "data-name": slider.name,
  });
  const field = el("input", { id: `${id}-n`, inputmode: "decimal", "aria-label": `${slider.name}, number${unit ? ` in ${shown(unit)}` : ""}` });
  const back = el("button", { type: "button", class: "link", "aria-label": `Reset ${slider.name}` }, "Reset");
  const own = el("div", { class: "slider" });
  const show = (value, text) => {
    field.value = value === null ? text : number(value, digits);
    if (value !== null) range.value = String(stop(slider, value));
    range.setAttribute("aria-valuetext", value === null ? text : `${number(value, digits)} ${shown(unit)}`.trim());
    const changed = text !== undefined;
    back.hidden = !changed;
    own.classList.toggle("changed", changed);
  };
  range.addEventListener("input", () => {
    const value = at(slider, Number(range.value));
    const text = setting(value, unit);
    show(value, text);
    change(text);
  });
  field.addEventListener("change", () => {
    const typed = field.value.trim();
    if (typed === "") return back.click();
    const value = parse(typed);
    // What is no number may be an expression: the server reads it, or says what is wrong with it.
    const text = Number.isNaN(value) ? typed : setting(value, unit);
    show(Number.isNaN(value) ? null : value, text);
    change(text);
  });
  back.addEventListener("click", () => {
    show(slider.value, undefined);
    change(null);
    field.focus();
  });
  const notes = [slider.source && `Source: ${slider.source}`, slider.formula && `Follows from ${slider.formula} until it is set.`];
  own.append(
    el("div", { class: "top" },
      el("label", { for: id }, capital(slider.about || slider.name), slider.about ? el("span", { class: "symbol" }, slider.name) : null),
      el("span", { class: "with-unit" }, field, el("span", { class: "unit" }, shown(unit)))),
    range,
    el("div", { class: "foot" }, el("span", {}, `${number(slider.low, 4)} to ${quantity(slider.high, unit, 4)}${slider.log ? ", by factors" : ""}`), back),
  );
  if (notes.some(Boolean)) {
    own.append(el("details", {}, el("summary", {}, slider.source ? "Source" : "Formula"), ...notes.filter(Boolean).map((note) => el("p", {}, note))));
  }
  show(given, set);
  return own;
}

/** The sliders of a kind: first what the experiment changes, then what has a range, for its author meant it to be moved. */
function ofKind(sheet, kind) {
  const changes = new Set(sheet.steps.map((step) => step.input));
  const rank = (s) => (changes.has(s.name) ? 4 : 0) + (s.ranged ? 2 : 0) + (kind === "bath" && s.value !== 0 ? 1 : 0);
  return sheet.sliders.filter((s) => s.kind === kind).sort((a, b) => rank(b) - rank(a));
}

const GROUPS = [
  ["bath", "Surroundings", true],
  ["parameter", "Parameters", true],
  ["block", "Parts of the cell", false],
  ["initial", "At the start", false],
];

/** All sliders of a model. */
export function sliders(sheet, run, changed) {
  const change = (name) => (text) => {
    if (text === null) delete run.settings[name];
    else run.settings[name] = text;
    changed();
  };
  const make = (slider) => row(slider, run.settings[slider.name], change(slider.name));
  const groups = GROUPS.map(([kind, title, open]) => {
    const own = ofKind(sheet, kind);
    if (kind === "bath") own.push(sheet.duration);
    if (own.length === 0) return null;
    const rows = own.map(make);
    const isOpen = open || own.some((s) => s.name in run.settings);
    return el("div", { class: "group" }, ...(open
      ? [el("h3", {}, title), ...rows]
      : [el("details", { open: isOpen }, el("summary", {}, `${title} (${own.length})`), ...rows)]));
  });
  byId("sliders").replaceChildren(...groups.filter(Boolean));
}

/** The steps of the experiment: the model's own, then those that were added. */
export function steps(sheet, run, changed) {
  const remove = (action, what) => el("button", { type: "button", class: "link", "aria-label": `Remove: ${what}`, onclick: () => { action(); changed(); } }, "Remove");
  const own = run.own_steps ? sheet.steps : [];
  const gives = (step) => step.sentence.startsWith("at 0 ") && (step.set || step.input in run.settings);
  const rows = own.map((step, place) => el("li", {}, el("span", {}, el("code", {}, step.sentence),
    gives(step) ? el("span", { class: "muted small" }, " (gives way: it is set from the start on)") : null),
    // A measured course can't be said in a sentence: the others can't be kept without it.
    sheet.steps_can_be_said ? remove(() => {
      run.steps = [...own.filter((_, other) => other !== place).map((s) => s.sentence), ...run.steps];
      run.own_steps = false;
    }, step.sentence) : null));
  rows.push(...run.steps.map((step, place) => el("li", {}, el("code", {}, step), remove(() => run.steps.splice(place, 1), step))));
  if (!run.own_steps && sheet.steps.length > 0) {
    rows.push(el("li", {}, el("span", { class: "muted" }, "The steps of the model are left out or changed."),
      el("button", { type: "button", class: "link", onclick: () => { run.own_steps = true; run.steps = []; changed(); } }, "Bring back")));
  }
  if (rows.length === 0) rows.push(el("li", { class: "muted" }, "Nothing changes during the run."));
  byId("steps").replaceChildren(...rows);
}

const unitOf = (sheet, name) => sheet.sliders.find((s) => s.name === name)?.unit ?? "";

/** The form that adds a step. */
export function stepForm(sheet) {
  const select = byId("step-input");
  const option = (s) => el("option", { value: s.name }, s.about ? `${s.name} – ${s.about}` : s.name);
  const baths = ofKind(sheet, "bath");
  const others = ofKind(sheet, "parameter").filter((s) => !s.whole);
  const group = (label, list) => (list.length > 0 ? el("optgroup", { label }, ...list.map(option)) : null);
  select.replaceChildren(...[group("Surroundings", baths), group("Parameters", others)].filter(Boolean));
  const unit = () => { byId("step-unit").textContent = shown(unitOf(sheet, select.value)); };
  select.onchange = unit;
  unit();
  byId("step-time-unit").textContent = sheet.time_unit;
  byId("add-step").hidden = baths.length + others.length === 0;
}

/** What the form says, as a sentence; null with the focus on what is no number. */
export function stepSentence(sheet) {
  const name = byId("step-input").value;
  const numbers = ["step-value", "step-at"].map((id) => [byId(id), parse(byId(id).value)]);
  const wrong = numbers.find(([, value]) => !Number.isFinite(value));
  for (const [field, value] of numbers) field.setAttribute("aria-invalid", String(!Number.isFinite(value)));
  if (wrong) {
    wrong[0].focus();
    return null;
  }
  const [[, value], [, time]] = numbers;
  return `at ${setting(time, sheet.time_unit)}: ${name} = ${setting(value, unitOf(sheet, name))}`;
}
