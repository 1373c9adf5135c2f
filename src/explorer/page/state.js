// What is shown: the model, what was changed, what is pinned. It all fits into the link.

/** A run as the server takes it. */
export const fresh = (model, variant = null) => ({ model, variant, settings: {}, own_steps: true, steps: [] });

/** A link to a run, and to a pinned one: everything behind the `#`, never the token. */
export function toHash(run, pinned) {
  const text = params(run);
  if (pinned) text.set("pin", params(pinned).toString());
  return `#${text}`;
}

function params(run) {
  const out = new URLSearchParams();
  out.set("model", run.model);
  if (run.variant) out.set("variant", run.variant);
  for (const [name, value] of Object.entries(run.settings)) out.append("set", `${name}=${value}`);
  if (!run.own_steps) out.set("no-steps", "1");
  for (const step of run.steps) out.append("step", step);
  return out;
}

function read(given) {
  const model = given.get("model");
  if (!model) return null;
  const run = fresh(model, given.get("variant"));
  for (const setting of given.getAll("set")) {
    const at = setting.indexOf("=");
    if (at > 0) run.settings[setting.slice(0, at)] = setting.slice(at + 1);
  }
  run.own_steps = !given.has("no-steps");
  run.steps = given.getAll("step");
  return run;
}

/** What a link says; the token is taken out by whoever opens it first. */
export function fromHash(hash) {
  const given = new URLSearchParams(hash.replace(/^#/, ""));
  const pin = given.get("pin");
  return {
    token: given.get("token"),
    run: read(given),
    pinned: pin ? read(new URLSearchParams(pin)) : null,
  };
}

/** What a run is called beside others. */
export function inWords(run) {
  const parts = [run.variant ? `variant ${run.variant}` : null];
  for (const [name, value] of Object.entries(run.settings)) parts.push(`${name} = ${value}`);
  if (!run.own_steps) parts.push("without the model's own steps");
  parts.push(...run.steps);
  return parts.filter(Boolean).join("; ") || "the model as it is";
}
