// Questions to the server: each carries the token.

const KEY = "osmocyte-token";

/** An answer that is none, with the words of the server. */
export class Refusal extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

export const token = {
  get: () => sessionStorage.getItem(KEY),
  set: (text) => sessionStorage.setItem(KEY, text),
};

async function post(path, question, signal) {
  let answer;
  try {
    answer = await fetch(path, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-Osmocyte-Token": token.get() ?? "" },
      body: JSON.stringify(question ?? {}),
      signal,
      cache: "no-store",
    });
  } catch (reason) {
    if (reason.name === "AbortError") throw reason;
    throw new Refusal(0, "The server has ended. Start `osmocyte explore` again and open the new address.");
  }
  if (answer.ok) return answer;
  let message = answer.statusText;
  try {
    message = (await answer.json()).error ?? message;
  } catch {
    // An answer without words: its status must do.
  }
  throw new Refusal(answer.status, message);
}

export const ask = async (path, question, signal) => (await post(path, question, signal)).json();
export const fetchBlob = async (path, question) => (await post(path, question)).blob();

/** The time after which a run that nobody wants any more is given up. */
const PATIENCE = 400;

/**
 * Asks again and again for the newest state: never two at once, and what lies between is left out. A question that takes
 * long gives way to a newer one; a fast one is let through, for a picture that is a moment old is better than none.
 */
export function latest(path, question, done, failed) {
  let wanted = false;
  let running = null;
  const go = async () => {
    wanted = false;
    running = { controller: new AbortController(), begun: performance.now() };
    try {
      const asked = question();
      const answer = await ask(path, asked, running.controller.signal);
      // At once, so that the next frame shows it; the question after it waits for that frame.
      done(answer, asked);
      await new Promise(requestAnimationFrame);
    } catch (reason) {
      if (reason.name !== "AbortError") failed(reason);
    }
    running = null;
    if (wanted) go();
  };
  return () => {
    wanted = true;
    if (!running) go();
    else {
      const left = Math.max(0, PATIENCE - (performance.now() - running.begun));
      const own = running;
      setTimeout(() => { if (running === own && wanted) own.controller.abort(); }, left);
    }
  };
}
