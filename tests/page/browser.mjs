// A server and a browser for a test, and what a test does with a page.

import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import puppeteer from "puppeteer-core";

/** Starts `osmocyte explore`; gives its address and a way to end it. */
export async function serve(...words) {
  const child = spawn(process.env.OSMOCYTE, ["explore", ...words], { stdio: ["ignore", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout });
  const url = await new Promise((found, failed) => {
    lines.once("line", found);
    child.once("exit", (code) => failed(new Error(`osmocyte ended with ${code}`)));
  });
  const ended = new Promise((end) => child.once("exit", end));
  return { url, token: url.split("#token=")[1], origin: new URL(url).origin, end: async () => { child.kill("SIGINT"); return ended; } };
}

export const browse = () => puppeteer.launch({
  executablePath: process.env.CHROMIUM,
  // A container has no user namespaces for Chromium's own sandbox; the only page is ours.
  args: ["--no-sandbox", "--disable-gpu", "--force-color-profile=srgb"],
});

export const DESKTOP = { width: 1280, height: 900 };
export const PHONE = { width: 320, height: 640, isMobile: true, hasTouch: true, deviceScaleFactor: 2 };

/** With OSMOCYTE_PAGE, a folder, the files of the page come from there: to work on them without building. */
async function live(page) {
  const folder = process.env.OSMOCYTE_PAGE;
  if (!folder) return;
  await page.setRequestInterception(true);
  page.on("request", async (request) => {
    const path = new URL(request.url()).pathname;
    const name = path === "/" ? "index.html" : path.slice(1);
    const kind = { html: "text/html", css: "text/css", js: "text/javascript", svg: "image/svg+xml" }[name.split(".").pop()];
    if (request.method() !== "GET" || !kind || /^(data|blob):/.test(request.url())) return request.continue();
    return request.respond({ contentType: kind, body: await readFile(join(folder, name), "utf8") });
  });
}

/** A page that remembers what went wrong in it. */
export async function open(browser, url, viewport = DESKTOP) {
  const page = await browser.newPage();
  await page.setViewport(viewport);
  page.faults = [];
  page.on("console", (message) => { if (["error", "warn"].includes(message.type())) page.faults.push(message.text()); });
  page.on("pageerror", (error) => page.faults.push(String(error)));
  page.on("requestfailed", (request) => {
    const why = request.failure()?.errorText;
    if (why !== "net::ERR_ABORTED") page.faults.push(`${request.url()}: ${why}`);
  });
  page.on("request", (request) => {
    if (!/^(data|blob):/.test(request.url()) && new URL(request.url()).hostname !== "127.0.0.1") page.faults.push(`asks ${request.url()}`);
  });
  await live(page);
  await page.goto(url);
  await drawn(page);
  return page;
}

/** Waits for the charts, or another change that is told as a function in the page. */
export const drawn = (page, what = () => document.querySelector("#command").textContent !== "" || !document.querySelector("#locked").hidden) =>
  page.waitForFunction(what, { timeout: 20_000 });

/** The value of an expression in the page. */
export const text = (page, selector) => page.$eval(selector, (e) => e.textContent.trim());

/** Moves a slider to a share of its way, as a hand does. */
export const slide = (page, name, share) => page.$eval(`input[type=range][data-name="${name}"]`, (range, to) => {
  range.value = String(Math.round(Number(range.max) * to));
  range.dispatchEvent(new Event("input", { bubbles: true }));
}, share);

/** Does something and waits until the charts are others, and all of the page belongs to them. */
export async function redrawn(page, action) {
  await page.evaluate(() => {
    window.shown = () => [...document.querySelectorAll("#charts figure")].map((figure) => figure.svgText).join("");
    window.before = window.shown();
  });
  await action();
  await page.waitForFunction(() => {
    const busy = document.querySelector("#results").hasAttribute("aria-busy");
    return document.querySelector("#charts svg") && window.shown() !== window.before && !busy;
  }, { timeout: 20_000 });
}
