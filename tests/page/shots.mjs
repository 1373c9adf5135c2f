// Pictures of the page for eyes.

import { mkdir } from "node:fs/promises";
import { DESKTOP, PHONE, browse, open, redrawn, serve } from "./browser.mjs";

await mkdir("shots", { recursive: true });
const server = await serve();
const browser = await browse();
const shot = async (name, link, viewport, action = async () => {}, fullPage = false) => {
  const page = await open(browser, `${server.url}${link}`, viewport);
  await action(page);
  await new Promise((rest) => setTimeout(rest, 300));
  await page.screenshot({ path: `shots/${name}.png`, fullPage });
  await page.close();
};
const dark = (page) => redrawn(page, () => page.click("#theme"));
await shot("desktop", "&model=red-blood-cell", DESKTOP);
await shot("desktop-full", "&model=red-blood-cell", DESKTOP, undefined, true);
await shot("compare", "&model=plant-cell&variant=stiff-wall&pin=model%3Dplant-cell", DESKTOP);
await shot("dark", "&model=plant-cell", DESKTOP, async (page) => { await dark(page); });
await shot("light-again", "&model=synaptic-release", DESKTOP, async (page) => { await dark(page); });
await shot("list", "&model=plant-cell", DESKTOP, async (page) => { await page.click("#choose"); await page.type("#search", "turgor"); });
await shot("phone", "&model=red-blood-cell", PHONE);
await shot("phone-slider", "&model=red-blood-cell", PHONE, (page) => page.$eval("input[data-name=Pf]", (s) => s.scrollIntoView({ block: "center" })));
await shot("phone-full", "&model=red-blood-cell", PHONE, undefined, true);
await browser.close();
await server.end();
