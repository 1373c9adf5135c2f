// What a reader does with the page, in headless Chromium.

import assert from "node:assert/strict";
import { mkdtemp, readFile, readdir, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { PHONE, browse, drawn, open, redrawn, serve, slide, text } from "./browser.mjs";

const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
let server;
let browser;
before(async () => { server = await serve("red-blood-cell"); browser = await browse(); });
after(async () => { await browser.close(); assert.equal(await server.end(), 130); });

/** Opens a page, does something with it, and finds no message in its console. */
const on = (name, action, viewport, link = "") => test(name, async () => {
  const page = await open(browser, server.url + link, viewport);
  try {
    await action(page);
    assert.deepEqual(page.faults, []);
  } finally {
    await page.close();
  }
});

const svg = (page) => page.$eval("#charts figure", (f) => f.svgText);
const hash = (page) => page.evaluate(() => location.hash);
const outcome = (page, name) => page.$$eval("#tables tr", (rows, wanted) =>
  rows.find((r) => r.querySelector("th")?.firstChild?.textContent === wanted)?.querySelector("td")?.textContent, name);

async function faultless(page, what) {
  // Our policy forbids scripts from elsewhere: this one comes in beside it.
  await page.evaluate(`(() => { ${axe}\n window.axe = axe; })()`);
  const found = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
  const serious = found.violations.filter((v) => ["serious", "critical"].includes(v.impact));
  assert.deepEqual(serious.map((v) => `${v.id}: ${v.nodes.map((n) => n.html).join(" | ")}`), [], what);
}

on("the token leaves the address, and the page shows the model", async (page) => {
  assert.ok(!(await page.evaluate(() => location.href)).includes(server.token));
  assert.equal(await text(page, "#title"), "Red blood cell: swelling and lysis");
  assert.equal((await page.$$("#charts svg")).length, 2);
  assert.equal(await outcome(page, "lysis time"), "1.857\u00a0s");
  assert.match(await text(page, "#status"), /^Ended by lysis at 1.857/);
  assert.match(await text(page, "#tables"), /conserved/);
});

on("a slider changes the chart, the outcomes, the link and the command", async (page) => {
  const old = await svg(page);
  await redrawn(page, () => slide(page, "Pf", 0.25));
  assert.notEqual(await svg(page), old);
  assert.equal(await page.$eval("#s-Pf-n", (n) => n.value), "115");
  assert.notEqual(await outcome(page, "lysis time"), "1.857\u00a0s");
  assert.match(await text(page, "#command"), /^osmocyte run red-blood-cell --set 'Pf=115 µm\/s'$/);
  assert.match(decodeURIComponent(await hash(page)), /set=Pf=115/);
  await page.waitForFunction(() => document.querySelector("#said").textContent.includes("lysis time"));
});

/** What is drawn on a page, below the names that each picture has of its own; and the pictures' texts, read anew. */
const pictures = (page) => page.evaluate(() => {
  const plain = (svg) => svg.outerHTML.replace(/osmocyte-[0-9a-f]{8}/g, "").replace(/>\s+</g, "><");
  const anew = (text) => { const made = document.createElement("template"); made.innerHTML = text; return plain(made.content.firstElementChild); };
  const figures = [...document.querySelectorAll("#charts figure, #cell-pictures figure")];
  return { drawn: figures.map((f) => plain(f.querySelector("svg"))), texts: figures.map((f) => anew(f.svgText)) };
});

for (const [model, name] of [["red-blood-cell", "Pf"], ["plant-cell", "eps"], ["synaptic-release", "Ca_C"], ["red-blood-cell", "plasma.osmolarity"]]) {
  on(`once ${name} of ${model} rests, all of the page belongs to its last value`, async (page) => {
    await redrawn(page, async () => {
      for (let share = 0.05; share < 0.98; share += 0.03) {
        await slide(page, name, share);
        await new Promise((go) => setTimeout(go, 20));
      }
    });
    // What was changed in place is what a new picture would be.
    const { drawn: shown, texts } = await pictures(page);
    assert.deepEqual(shown, texts);
    const [tables, command] = [await text(page, "#tables"), await text(page, "#command")];
    await new Promise((go) => setTimeout(go, 300));
    const other = await open(browser, `${server.url}&${(await hash(page)).slice(1)}`);
    assert.deepEqual((await pictures(other)).drawn, shown);
    assert.equal(await text(other, "#tables"), tables);
    assert.equal(await text(other, "#command"), command);
    await other.close();
  }, undefined, `&model=${model}`);
}

on("a number that is typed goes further than the slider, and a reset brings the model back", async (page) => {
  await redrawn(page, async () => { await page.click("#s-Pf-n", { count: 3 }); await page.keyboard.type("1000\n"); });
  assert.match(await text(page, "#command"), /Pf=1000 µm\/s/);
  await redrawn(page, () => page.click("#reset"));
  assert.equal(await text(page, "#command"), "osmocyte run red-blood-cell");
  assert.equal(await page.$eval("#s-Pf-n", (n) => n.value), "200");
});

on("mistakes are told, and the next good value takes the message away", async (page) => {
  await page.click("#s-Pf-n", { count: 3 });
  await page.keyboard.type("20 kg\n");
  await page.waitForSelector("#mistake:not([hidden])");
  assert.match(await text(page, "#mistake"), /`Pf` is \[µm\/s\], not \[kg\]/);
  await redrawn(page, () => slide(page, "Pf", 0.5));
  assert.equal(await page.$eval("#mistake", (m) => m.hidden), true);
  // The server said 422: the browser notes that, and nothing else.
  assert.ok(page.faults.every((f) => /status of 422/.test(f)), page.faults);
  page.faults.length = 0;
});

on("a pinned run is drawn beside the new one", async (page) => {
  await redrawn(page, () => page.click("#pin"));
  await redrawn(page, () => page.select("#variant", "spherocyte"));
  await page.waitForFunction(() => document.querySelector("#charts figure").svgText.includes("pinned"));
  assert.match(await text(page, "#pinned"), /^Pinned: the model as it is/);
  const cells = await page.$$eval("#tables tbody tr:first-child td", (t) => t.map((c) => c.textContent));
  assert.equal(cells[1], "1.857\u00a0s");
  assert.notEqual(cells[0], cells[1]);
  await redrawn(page, () => page.click("#unpin"));
  assert.ok(!(await svg(page)).includes("pinned"));
});

on("baths are switched during the experiment", async (page) => {
  await redrawn(page, () => page.select("#variant", "isotonic"));
  assert.equal(await page.$eval("#step-input", (s) => s.value), "plasma.osmolarity");
  await page.type("#step-value", "600");
  await page.type("#step-at", "2");
  await redrawn(page, () => page.click("#add-step button"));
  assert.match(await text(page, "#command"), /--step 'at 2 s: plasma.osmolarity = 600 mOsm'/);
  assert.match(await text(page, "#tables"), /crenated/);
  const rows = await page.$$eval("#steps li code", (list) => list.map((c) => c.textContent));
  assert.deepEqual(rows, ["at 0 s: plasma.osmolarity = 100 mOsm", "at 2 s: plasma.osmolarity = 600 mOsm"]);
  await redrawn(page, () => page.click("#steps li:last-child button"));
  assert.doesNotMatch(await text(page, "#tables"), /crenated/);
  // Without the model's own step the plasma stays as it is.
  await redrawn(page, () => page.select("#variant", ""));
  await redrawn(page, () => page.click("#steps li button"));
  assert.match(await text(page, "#command"), /--no-steps/);
  assert.equal(await outcome(page, "lysis time"), "does not happen");
});

test("a link restores everything", async () => {
  const page = await open(browser, server.url);
  await redrawn(page, () => page.click("#pin"));
  await redrawn(page, () => page.select("#variant", "isotonic"));
  await redrawn(page, () => slide(page, "V0", 0.9));
  await page.type("#step-value", "50");
  await page.type("#step-at", "1");
  await redrawn(page, () => page.click("#add-step button"));
  const [link, command, title] = [await hash(page), await text(page, "#command"), await text(page, "#title")];
  assert.ok(!link.includes(server.token));
  await page.close();
  // In a new tab the token comes with the address that was printed.
  const other = await open(browser, `${server.url}&${link.slice(1)}`);
  assert.equal(await text(other, "#command"), command);
  assert.equal(await text(other, "#title"), title);
  assert.match(await text(other, "#pinned"), /^Pinned: the model as it is/);
  assert.equal(await hash(other), link);
  // Pasted into an open page.
  await redrawn(other, () => other.evaluate(() => { location.hash = "#model=plant-cell&set=eps%3D10+MPa"; }));
  await drawn(other, () => document.querySelector("#command").textContent.includes("eps=10 MPa"));
  assert.deepEqual(other.faults, []);
  await other.close();
});

test("table, model and chart are downloaded", async () => {
  const folder = await mkdtemp(join(tmpdir(), "osmocyte-page-"));
  const page = await open(browser, server.url);
  const session = await browser.target().createCDPSession();
  await session.send("Browser.setDownloadBehavior", { behavior: "allow", downloadPath: folder });
  const there = async (name) => {
    for (let tries = 0; tries < 100; tries++) {
      if ((await readdir(folder)).includes(name)) return readFile(join(folder, name), "utf8");
      await new Promise((go) => setTimeout(go, 50));
    }
    return assert.fail(`${name} is not among ${await readdir(folder)}`);
  };
  await page.click("#download-csv");
  assert.match(await there("red-blood-cell.csv"), /^t,cell\.volume,/);
  await page.click("#download-model");
  assert.match(await there("red-blood-cell.toml"), /^title = "Red blood cell/);
  await page.click("#charts figcaption button");
  assert.match(await there("red-blood-cell-swelling.svg"), /^<svg xmlns/);
  assert.deepEqual(page.faults, []);
  await page.close();
  await rm(folder, { recursive: true });
});

on("every model opens", async (page) => {
  await page.click("#choose");
  const names = await page.$$eval("#list button", (list) => list.map((b) => b.dataset.model));
  assert.ok(names.length >= 79, `${names.length} models`);
  await page.keyboard.press("Escape");
  for (const name of names) {
    await page.evaluate((model) => { location.hash = `#model=${model}`; }, name);
    const command = `osmocyte run ${name}`;
    await page.waitForFunction((c) => document.querySelector("#command").textContent === c, { timeout: 20_000 }, command);
    const shown = await page.evaluate(() => ({
      mistake: !document.querySelector("#mistake").hidden && document.querySelector("#mistake").textContent,
      wrong: document.querySelectorAll("#charts .mistake").length,
      sliders: document.querySelectorAll("#sliders input[type=range]").length,
      wide: document.documentElement.scrollWidth - innerWidth,
    }));
    assert.deepEqual({ ...shown, sliders: shown.sliders > 0 }, { mistake: false, wrong: 0, sliders: true, wide: shown.wide }, name);
    assert.ok(shown.wide <= 0, `${name} is ${shown.wide} px too wide`);
  }
});

on("models are found by words", async (page) => {
  await page.click("#choose");
  await page.type("#search", "turgor wall");
  assert.match(await text(page, "#found"), /^\d+ of \d+ models$/);
  const names = await page.$$eval("#list button", (list) => list.map((b) => b.dataset.model));
  assert.ok(names.includes("plant-cell") && !names.includes("synaptic-release"), names);
  await faultless(page, "the list");
});

on("the keyboard alone will do", async (page) => {
  const focused = () => page.evaluate(() => document.activeElement.id || document.activeElement.textContent);
  await page.keyboard.press("Tab");
  assert.equal(await focused(), "Skip to the results");
  await page.keyboard.press("Tab");
  assert.equal(await focused(), "choose");
  await page.keyboard.press("Enter");
  await page.keyboard.type("plant-cell");
  assert.equal(await focused(), "search");
  await redrawn(page, async () => { await page.keyboard.press("Tab"); while ((await page.evaluate(() => document.activeElement.dataset.model)) !== "plant-cell") await page.keyboard.press("Tab"); await page.keyboard.press("Enter"); });
  assert.match(await text(page, "#title"), /^Plant cell/);
  // To the first slider, and one stop up.
  for (let tries = 0; tries < 40 && !(await page.evaluate(() => document.activeElement.dataset.name && document.activeElement.type === "range")); tries++) await page.keyboard.press("Tab");
  const name = await page.evaluate(() => document.activeElement.dataset.name);
  assert.ok(name, "no slider is reached");
  const spoken = await page.evaluate(() => document.activeElement.getAttribute("aria-valuetext"));
  await redrawn(page, () => page.keyboard.press("ArrowLeft"));
  assert.notEqual(await page.evaluate(() => document.activeElement.getAttribute("aria-valuetext")), spoken);
  assert.ok((await text(page, "#command")).includes(`${name}=`));
  const outline = await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle);
  assert.notEqual(outline, "none");
});

on("a phone 320 pixels wide shows all of it", async (page) => {
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(wide <= 0, `${wide} px too wide`);
  // The chart stays in sight while a slider far down is moved.
  await page.$eval("input[data-name=Pf]", (s) => s.scrollIntoView({ block: "center" }));
  await redrawn(page, () => slide(page, "Pf", 0.3));
  const [chart, slider] = await page.evaluate(() => [document.querySelector("#charts svg"), document.querySelector("input[data-name=Pf]")].map((e) => {
    const box = e.getBoundingClientRect();
    return box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
  }));
  assert.ok(chart && slider, "chart and slider are not seen together");
  await faultless(page, "phone");
}, PHONE);

on("light and dark are both readable", async (page) => {
  await faultless(page, "light");
  await redrawn(page, () => page.click("#theme"));
  assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), "dark");
  await page.$$eval("details", (all) => all.forEach((d) => { d.open = true; }));
  await faultless(page, "dark");
  await redrawn(page, () => page.click("#theme"));
});

test("without its token the page asks for it", async () => {
  const context = await browser.createBrowserContext();
  const page = await open(context, server.origin);
  assert.equal(await text(page, "#locked-title"), "This page needs its token");
  await faultless(page, "locked");
  await page.type("#unlock-text", server.url);
  await page.keyboard.press("Enter");
  await drawn(page, () => document.querySelector("#charts svg"));
  assert.deepEqual(page.faults, []);
  await context.close();
});

test("the end of the server is told", async () => {
  const own = await serve("plant-cell");
  const page = await open(browser, own.url);
  assert.equal(await own.end(), 130);
  await slide(page, "eps", 0.5);
  await page.waitForSelector("#lost:not([hidden])");
  assert.match(await text(page, "#lost"), /^The server has ended/);
  await page.close();
});
