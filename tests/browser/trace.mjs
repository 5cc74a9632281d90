// Drives the page of an operation as a person would. Arguments: chromium, address of the page, directory for pictures. Prints one JSON
// object of what it saw.
import { chromium } from "playwright-core";

const [executable, address, out] = process.argv.slice(2);
const browser = await chromium.launch({ executablePath: executable, args: ["--no-sandbox", "--disable-gpu"] });
const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, colorScheme: "light" });
const page = await context.newPage();
const seen = { errors: [], requests: [] };
page.on("console", (message) => { if (["error", "warning"].includes(message.type())) seen.errors.push(message.text()); });
page.on("pageerror", (error) => seen.errors.push(String(error)));
page.on("request", (request) => seen.requests.push(request.url()));
const shot = (name) => page.screenshot({ path: `${out}/${name}.png` });
const chosen = () => page.locator("#detail h2").first().textContent();

const started = performance.now();
await page.goto(address, { waitUntil: "load" });
await page.waitForFunction(() => document.documentElement.dataset.ready);
seen.opened = Math.round(performance.now() - started);
seen.title = await page.title();
seen.counts = await page.locator("#counts").textContent();
seen.rows = await page.locator(".row").count();
seen.first = await chosen();
await shot("light");

// Keys: along the lines, to the next error, behind the next gap.
await page.locator("#list").focus();
await page.keyboard.press("g");
seen.start = await chosen();
await page.keyboard.press("j");
seen.second = await chosen();
await page.keyboard.press("e");
seen.error = await chosen();
await page.keyboard.press("g");
await page.keyboard.press("]");
seen.behindGap = await chosen();
await page.keyboard.press("G");
seen.last = await chosen();
seen.lastRow = await page.locator('.row[aria-selected="true"]').getAttribute("id");

// The timeline: something is drawn, zooming and moving changes it, a click chooses the line under it.
const picture = () => page.evaluate(() => document.getElementById("timeline").toDataURL().length + document.getElementById("timeline").toDataURL());
const whole = await picture();
await page.keyboard.press("+");
const near = await picture();
await page.keyboard.press("ArrowLeft");
const moved = await picture();
await page.keyboard.press("0");
seen.zooms = whole !== near && near !== moved;
await page.keyboard.press("g");
const box = await page.locator("#timeline").boundingBox();
const place = await page.evaluate(() => ({ x: names + (lines.at(-1).t - view.from) / (view.to - view.from) * (canvas.clientWidth - names - 10), y: HEAD + (lines.at(-1).c + 0.5) * LANE }));
await page.mouse.click(box.x + place.x, box.y + Math.min(place.y, box.height - 3));
seen.clicked = await chosen();
const slowest = await page.evaluate(async () => {
  const times = [];
  for (let step = 0; step < 20; step++) {
    const before = performance.now();
    scale(step % 2 ? 2 : 0.5);
    list.scrollTop = list.scrollHeight * step / 20;
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    times.push(performance.now() - before);
  }
  return Math.max(...times);
});
seen.slowestFrame = Math.round(slowest);

// Filter, theme, help.
await page.keyboard.press("f");
await page.keyboard.type("is:error");
await page.waitForTimeout(200);
seen.filtered = await page.locator("#counts").textContent();
await page.keyboard.press("Escape");
const light = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
await page.keyboard.press("t");
const dark = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
seen.themes = light !== dark;
await shot("dark");
await page.keyboard.press("?");
seen.help = await page.locator("dialog").isVisible();
seen.pwned = await page.evaluate(() => globalThis.pwned === true || document.querySelectorAll("#list img, #detail img, #detail script").length > 0);
console.log(JSON.stringify(seen));
await browser.close();
