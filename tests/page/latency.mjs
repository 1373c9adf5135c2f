// From a moved slider to the new picture, in milliseconds: the value changes, the question goes to the server, it solves
// and draws, and the frame with the new chart has been shown.

import { browse, open, serve } from "./browser.mjs";

const MOVES = 120;
const MODELS = [["red-blood-cell", "Pf"], ["plant-cell", "eps"], ["synaptic-release", "Ca_C"]];

const server = await serve();
const browser = await browse();
for (const [model, name] of MODELS) {
  const page = await open(browser, `${server.url}&model=${model}`);
  const times = await page.evaluate(async (wanted, moves) => {
    const range = document.querySelector(`input[type=range][data-name="${wanted}"]`);
    const frame = () => new Promise((shown) => requestAnimationFrame(() => setTimeout(shown)));
    const out = [];
    // The page changes its pictures in place: their texts say which ones are there.
    const shown = () => [...document.querySelectorAll("#charts figure")].map((figure) => figure.svgText).join("");
    for (let move = 0; move < moves; move++) {
      const old = shown();
      // No value comes twice: what is remembered would be too fast.
      range.value = String(20 + ((move * 7) % 360));
      const begun = performance.now();
      range.dispatchEvent(new Event("input", { bubbles: true }));
      while (shown() === old) await frame();
      await frame();
      out.push(performance.now() - begun);
      await new Promise((rest) => setTimeout(rest, 30));
    }
    return out;
  }, name, MOVES);
  const own = await page.$eval("#solver", (s) => s.textContent.match(/[\d.e-]+ ms to write.*$/)?.[0]);
  times.sort((a, b) => a - b);
  const at = (share) => times[Math.min(times.length - 1, Math.floor(times.length * share))].toFixed(1);
  console.log(`${model.padEnd(18)} ${name.padEnd(5)} ${MOVES} moves: p50 ${at(0.5)} ms, p95 ${at(0.95)} ms, longest ${at(1)} ms; the last: ${own}`);
  await page.close();
}
await browser.close();
await server.end();
