// What a run gave: charts, status, outcomes, events, ledger.

import { byId, el, number, quantity, save, shown, words } from "./format.js";

/** A picture from the server, as part of the page: read as HTML, which takes a third of the time of reading XML. */
function picture(text) {
  const made = document.createElement("template");
  made.innerHTML = text;
  const root = made.content.firstElementChild;
  return root?.localName === "svg" ? root : el("p", { class: "mistake" }, "This picture can't be shown.");
}

/** Lines of a picture before its shapes, and behind them. */
const [BEFORE, BEHIND] = [5, 3];

/**
 * Puts a picture in the place of another one. The server writes a shape into each line: those that are the same in both
 * stay, and are not laid out and painted again.
 */
function put(place, text, old) {
  const root = place.firstElementChild;
  // Each picture has names of its own for its title and its description.
  const lines = (svg) => svg.replace(/osmocyte-[0-9a-f]{8}/g, "").split("\n");
  const [was, now] = [lines(old ?? ""), lines(text)];
  const shapes = root?.lastElementChild;
  // Another size or theme, or no picture: nothing stays.
  const [size, paper, group] = [0, 3, 4];
  if (root?.localName !== "svg" || shapes.children.length !== was.length - BEFORE - BEHIND
    || [size, paper, group].some((i) => was[i] !== now[i])) return place.replaceChildren(picture(text));
  let [from, end, stop] = [BEFORE, was.length, now.length];
  while (from < end && from < stop && was[from] === now[from]) from++;
  while (end > from && stop > from && was[end - 1] === now[stop - 1]) { end--; stop--; }
  const inPlace = end === stop;
  const changed = [];
  for (let i = from; i < stop; i++) if (!inPlace || was[i] !== now[i]) changed.push(i);
  const made = document.createElement("template");
  made.innerHTML = `<svg>${[1, 2, ...changed].map((i) => now[i]).join("")}</svg>`;
  const [title, description, ...fresh] = made.content.firstElementChild.children;
  root.children[0].textContent = title.textContent;
  root.children[1].textContent = description.textContent;
  const there = [...shapes.children];
  if (inPlace) {
    fresh.forEach((shape, k) => there[changed[k] - BEFORE].replaceWith(shape));
  } else {
    const next = there[end - BEFORE] ?? null;
    there.slice(from - BEFORE, end - BEFORE).forEach((shape) => shape.remove());
    fresh.forEach((shape) => shapes.insertBefore(shape, next));
  }
}

/** Knows what is in sight: that alone follows a slider on its way, the rest once it rests. */
const sight = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) target.outOfSight = !isIntersecting;
});
sight.observe(byId("cell"));
sight.observe(byId("results"));

/** The part of an answer that can be seen just now. */
export const inSight = () => ({
  charts: [...byId("charts").children].filter((figure) => !figure.outOfSight).map((figure) => figure.dataset.name),
  cells: !byId("cell").outOfSight,
});

/** Puts the new charts where the old ones are, so that nothing jumps. */
export function charts(answer, fileName) {
  const place = byId("charts");
  const own = (chart) => [...place.children].find((figure) => figure.dataset.name === chart.name);
  const same = answer.charts.length === place.children.length && answer.charts.every(own);
  if (!same && !answer.part) {
    place.replaceChildren(...answer.charts.map((chart) => {
      const own = el("figure", { "data-name": chart.name }, el("div", { class: "picture" }));
      const button = el("button", {
        type: "button", class: "link", "aria-label": `Download the chart “${chart.title}” as SVG`,
        onclick: () => save(`${fileName()}-${chart.name}.svg`, new Blob([own.svgText], { type: "image/svg+xml" })),
      }, "SVG");
      own.append(el("figcaption", {}, button));
      sight.observe(own);
      return own;
    }));
  }
  for (const chart of answer.charts) {
    const figure = own(chart);
    const text = chart.svg ?? "";
    if (!figure || (figure.svgText === text && text)) continue;
    figure.querySelector("button").hidden = !text;
    if (text) put(figure.firstElementChild, text, figure.svgText);
    else figure.firstElementChild.replaceChildren(el("p", { class: "mistake" }, chart.error));
    figure.svgText = text;
  }
  place.hidden = place.children.length === 0;
  place.classList.remove("stale");
}

/** How the run ended, in a few words. */
function ending(answer) {
  const end = quantity(answer.end, answer.time_unit, 4);
  switch (answer.status.kind) {
    case "complete": return `Ran to ${end}`;
    case "stopped": return `Ended by ${answer.status.text} at ${end}`;
    case "failed": return `Failed at ${end}: ${answer.status.text}`;
    default: return `At ${end}: ${answer.status.text}`;
  }
}

const head = (...names) => el("thead", {}, el("tr", {}, ...names.map((name) => el("th", { scope: "col" }, name))));
const table = (caption, columns, rows) => el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": caption },
  el("table", {}, el("caption", {}, caption), head(...columns), el("tbody", {}, ...rows)));

function outcomes(answer, pinned) {
  const rows = answer.outcomes.map((o) => el("tr", {},
    el("th", { scope: "row" }, words(o.name), o.about ? el("div", { class: "muted small" }, o.about) : null),
    el("td", { class: "number" }, o.value === null ? "does not happen" : quantity(o.value, o.unit)),
    pinned ? el("td", { class: "number" }, o.pinned === null ? "does not happen" : quantity(o.pinned, o.unit)) : null));
  return rows.length > 0 ? table("Outcomes", ["", pinned ? "Now" : "Value", ...(pinned ? ["Pinned"] : [])], rows) : null;
}

function events(answer) {
  const rows = answer.events.map((e) => el("tr", {},
    el("th", { scope: "row" }, words(e.name)),
    el("td", { class: "number" }, e.count === 1
      ? quantity(e.first, answer.time_unit)
      : `${e.count} times, ${number(e.first)} to ${quantity(e.last, answer.time_unit)}`),
    el("td", {}, e.ended ? "ended the run" : "")));
  return rows.length > 0 ? table("Events", ["", "Time", ""], rows) : null;
}

function ledger(answer) {
  const rows = answer.ledger.map((line) => el("tr", {},
    el("th", { scope: "row" }, words(line.name)),
    el("td", { class: line.holds ? null : "leaks" }, line.holds ? "conserved" : "leaks"),
    el("td", { class: "number" }, line.residual === null ? "–" : line.residual.toExponential(1)),
    el("td", { class: "number" }, line.tolerance.toExponential(1))));
  return rows.length > 0 ? table("Ledger", ["", "", "Residual", "Allowed"], rows) : null;
}

let speaking;

/** Everything of an answer but the pictures. */
export function tables(answer, pinned) {
  if (answer.part && byId("results").outOfSight) return;
  const status = byId("status");
  status.textContent = ending(answer);
  status.classList.toggle("failed", answer.status.kind === "failed" || answer.status.kind === "cut");
  byId("tables").replaceChildren(...[outcomes(answer, pinned), events(answer), ledger(answer)].filter(Boolean));
  byId("command").textContent = answer.command;
  byId("solver").textContent = `Solved with ${answer.solver}: enough for a picture. The command line solves at 1e-8. ` +
    `${number(answer.timing.build, 2)} ms to write the equations, ${number(answer.timing.solve, 2)} ms to solve, ${number(answer.timing.draw, 2)} ms to draw.`;
  clearTimeout(speaking);
  // Said once the slider rests: a voice can't follow every picture.
  speaking = setTimeout(() => {
    const said = answer.outcomes.slice(0, 4).map((o) => `${words(o.name)}: ${o.value === null ? "does not happen" : quantity(o.value, o.unit, 3)}`);
    byId("said").textContent = [ending(answer), ...said].join(". ");
  }, 700);
}

/** A formula from the server, as part of the page. */
function formula(text) {
  const found = new DOMParser().parseFromString(text, "text/html").querySelector("math");
  return found ? document.importNode(found, true) : text;
}

/** The equations of a model. */
export function equations(sheet) {
  byId("equations").replaceChildren(...sheet.equations.flatMap((part) => [
    part.block ? el("h4", {}, part.block) : null,
    ...part.lines.map((line) => {
      const notes = [line.about, line.each, line.unit && `[${shown(line.unit)}]`].filter(Boolean);
      return el("div", { class: "line" }, formula(line.math), notes.length > 0 ? el("span", {}, notes.join("; ")) : null);
    }),
  ]).filter(Boolean));
}

/** The cell at the moment that is looked at. */
export function cells(answer) {
  if (!answer.cells) return;
  const place = byId("cell-pictures");
  byId("cell").hidden = answer.cells.length === 0;
  if (place.children.length !== answer.cells.length) place.replaceChildren(...answer.cells.map(() => el("figure")));
  answer.cells.forEach((cell, i) => {
    const figure = place.children[i];
    if (cell.svg) put(figure, cell.svg, figure.svgText);
    else figure.replaceChildren(el("p", { class: "mistake" }, "This cell can't be drawn."));
    figure.svgText = cell.svg ?? "";
  });
  const notes = [...new Set(answer.cells.map((cell) => cell.note).filter(Boolean))];
  byId("cell-note").textContent = notes.join(" ");
  const first = answer.cells[0];
  if (!first) return;
  byId("moment-said").textContent = [first.time, first.state].filter(Boolean).join(", ");
  byId("moment").setAttribute("aria-valuetext", byId("moment-said").textContent);
}
