// What a run gave: charts, status, outcomes, events, ledger.

import { byId, el, number, quantity, save, words } from "./format.js";

/** A picture from the server, as part of the page: read as HTML, which takes a third of the time of reading XML. */
function picture(text) {
  const made = document.createElement("template");
  made.innerHTML = text;
  const root = made.content.firstElementChild;
  return root?.localName === "svg" ? root : el("p", { class: "mistake" }, "This picture can't be shown.");
}

/** Puts the new charts where the old ones are, so that nothing jumps. */
export function charts(answer, fileName) {
  const place = byId("charts");
  const same = answer.charts.length === place.children.length
    && answer.charts.every((chart, i) => place.children[i].dataset.name === chart.name);
  if (!same) {
    place.replaceChildren(...answer.charts.map((chart) => {
      const own = el("figure", { "data-name": chart.name }, el("div", { class: "picture" }));
      const button = el("button", {
        type: "button", class: "link", "aria-label": `Download the chart “${chart.title}” as SVG`,
        onclick: () => save(`${fileName()}-${chart.name}.svg`, new Blob([own.svgText], { type: "image/svg+xml" })),
      }, "SVG");
      own.append(el("figcaption", {}, button));
      return own;
    }));
  }
  answer.charts.forEach((chart, i) => {
    const own = place.children[i];
    own.svgText = chart.svg ?? "";
    own.querySelector("button").hidden = !chart.svg;
    own.firstElementChild.replaceChildren(chart.svg ? picture(chart.svg) : el("p", { class: "mistake" }, chart.error));
  });
  place.hidden = answer.charts.length === 0;
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

/** Everything of an answer but the charts. */
export function tables(answer, pinned) {
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
      const notes = [line.about, line.each, line.unit && `[${line.unit}]`].filter(Boolean);
      return el("div", { class: "line" }, formula(line.math), notes.length > 0 ? el("span", {}, notes.join("; ")) : null);
    }),
  ]).filter(Boolean));
}

/** The cell at the moment that is looked at. */
export function cells(answer) {
  const place = byId("cell-pictures");
  byId("cell").hidden = answer.cells.length === 0;
  place.replaceChildren(...answer.cells.map((cell) => el("figure", {},
    cell.svg ? picture(cell.svg) : el("p", { class: "mistake" }, "This cell can't be drawn."))));
  const notes = [...new Set(answer.cells.map((cell) => cell.note).filter(Boolean))];
  byId("cell-note").textContent = notes.join(" ");
  const first = answer.cells[0];
  if (!first) return;
  byId("moment-said").textContent = [first.time, first.state].filter(Boolean).join(", ");
  byId("moment").setAttribute("aria-valuetext", byId("moment-said").textContent);
}
