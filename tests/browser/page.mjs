// Drives the review page as a person would. Arguments: chromium, address of the page, directory for what comes out,
// and what to do: `file` or `live`. Prints one JSON object of what it saw.
import { chromium } from "playwright-core";
import { readFileSync } from "node:fs";

const [executable, address, out, mode] = process.argv.slice(2);
const browser = await chromium.launch({ executablePath: executable, args: ["--no-sandbox", "--disable-gpu"] });
const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, colorScheme: "light", acceptDownloads: true });
const page = await context.newPage();
const seen = { errors: [], dialogs: [], requests: [] };
page.on("console", (message) => { if (message.type() === "error" || message.type() === "warning") seen.errors.push(message.text()); });
page.on("pageerror", (error) => seen.errors.push(String(error)));
page.on("dialog", async (dialog) => { seen.dialogs.push(dialog.message()); await dialog.dismiss(); });
page.on("request", (request) => seen.requests.push(request.url()));

const shown = async () => Number((await page.locator("#counts").textContent()).split(" ")[0]);
const counts = () => page.locator("#counts").textContent();
const shot = (name) => page.screenshot({ path: `${out}/${name}.png` });

const started = performance.now();
await page.goto(address, { waitUntil: "load" });
await page.waitForFunction(() => document.documentElement.dataset.ready && document.querySelector(".row"));
seen.opened = Math.round(performance.now() - started);
seen.total = await shown();
seen.rows = await page.locator(".row").count();
await shot("light");

// Scroll to the end and back: rows are made as they come into view.
const frames = await page.evaluate(async () => {
  const list = document.getElementById("list");
  const times = [];
  for (let step = 1; step <= 30; step++) {
    const before = performance.now();
    list.scrollTop = list.scrollHeight * step / 30;
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    times.push(performance.now() - before);
  }
  return times;
});
seen.slowestFrame = Math.round(Math.max(...frames));
seen.lastRow = await page.locator(".row").last().getAttribute("id");
await page.keyboard.press("g");

// Filter, by word and by choice.
await page.keyboard.press("f");
await page.keyboard.type("is:safe");
seen.safe = await shown();
await page.locator("#filter").fill("");
const sigs = await page.locator("#sig option").evaluateAll((options) => options.map((option) => option.value));
if (sigs[1]) {
  await page.locator("#sig").selectOption(sigs[1]);
  seen.sig = await shown();
  await page.locator("#sig").selectOption("");
}
await page.locator("#list").focus();
await page.keyboard.press("g");

// Decide: three accepted, one rejected, one edited, one taken back.
for (const key of ["y", "y", "y", "n"]) { await page.keyboard.press(key); await page.waitForTimeout(60); }
await page.keyboard.press("e");
const call = await page.locator("textarea").inputValue();
await page.locator("textarea").fill(call.replace(/^(.*?\()(.*)$/s, "$1$2 "));
await page.locator("textarea").fill(call + " ");
await page.locator("#take").click();
await page.waitForTimeout(100);
await page.keyboard.press("y");
await page.waitForTimeout(60);
await page.keyboard.press("u");
await page.waitForTimeout(60);
// Another key by one keystroke, and back.
await page.keyboard.press("1");
await page.waitForTimeout(60);
seen.picked = await page.locator("#message").textContent();
seen.pickedDiff = await page.locator("#diff .new mark").allTextContents();
await page.keyboard.press("u");
await page.waitForTimeout(60);
seen.counts = await counts();
await page.keyboard.press("v");
await shot("sides");
await page.keyboard.press("v");
await page.keyboard.press("o");
await page.waitForSelector("#overview .bars");
await shot("overview");
await page.keyboard.press("o");
await page.locator("#theme").click();
await shot("dark");
await page.keyboard.press("?");
seen.help = await page.locator("#dialog").isVisible();
await page.keyboard.press("Escape");

// A page from a file keeps its decisions when it is opened again.
await page.reload({ waitUntil: "load" });
await page.waitForFunction(() => document.documentElement.dataset.ready);
seen.afterReload = await counts();

const [download] = await Promise.all([page.waitForEvent("download"), page.locator("#export").click()]);
await download.saveAs(`${out}/export.toml`);
seen.exported = readFileSync(`${out}/export.toml`, "utf8").split("\n").filter((line) => line.includes(" is = ")).length;

// Whatever stands in the source, none of it runs and none of it is markup.
seen.pwned = await page.evaluate(() => globalThis.pwned === true);
seen.foreign = await page.evaluate(() => document.querySelectorAll("#detail img, #detail script, #detail a, #list img, #list script").length);
seen.hostile = await page.evaluate(() => /[\u001b\u202e\u2066]/.test(document.body.innerText));
seen.mode = mode;
await browser.close();
console.log(JSON.stringify(seen));
