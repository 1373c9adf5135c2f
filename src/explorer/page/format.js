// Numbers and elements.

/** A number with so many significant digits, zeros at the end left out. */
export function number(value, digits = 5) {
  if (value === null || value === undefined || Number.isNaN(value)) return "–";
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size >= 1e7 || size < 1e-5) {
    return value.toExponential(digits - 1).replace(/\.?0+e/, "e").replace("e+", "e");
  }
  return String(Number(value.toPrecision(digits)));
}

/** A unit as people write it: °C for the `degC` of model files and commands. */
export const shown = (unit) => (unit === "degC" ? "°C" : unit);

/** A number with its unit. */
export function quantity(value, unit, digits = 5) {
  const text = number(value, digits);
  return unit && text !== "–" ? `${text}\u00a0${shown(unit)}` : text;
}

/** The number in a text as people type it; NaN if there is none. */
export function parse(text) {
  const plain = text.trim().replace(/\u2212/g, "-").replace(",", ".");
  return plain === "" ? NaN : Number(plain);
}

/** An element with properties and children. Texts never become markup. */
export function el(name, properties = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (key === "class") made.className = value;
    else if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (key in made && typeof value !== "string") made[key] = value;
    else made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return made;
}

export const byId = (id) => document.getElementById(id);

/** `lysis_time` as words. */
export const words = (name) => name.replace(/_/g, " ");

/** The first letter large. */
export const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);

/** Gives the reader a file. */
export function save(name, blob) {
  const url = URL.createObjectURL(blob);
  el("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
