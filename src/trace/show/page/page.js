"use strict";
// Lines come sorted by time. Text is only ever set as text: nothing in a log becomes markup.
const data = JSON.parse(document.getElementById("data").textContent);
const $ = (id) => document.getElementById(id);
const lines = data.lines, ROW = 22, LANE = 20, HEAD = 22;
const LEVELS = ["info", "warning", "error", "fatal"];
const end = lines.reduce((last, line) => Math.max(last, line.t ?? 0), 0);
let shown = lines.map((_, at) => at), selected = -1, hover = -1;
let view = { from: 0, to: Math.max(end, 1) };

const since = (micros) => micros === null ? "?" : `+${(micros / 1e6).toFixed(6)}`;
const element = (tag, text, name) => {
  const made = document.createElement(tag);
  if (text !== undefined) made.textContent = text;
  if (name) made.className = name;
  return made;
};

// The list: only rows in view exist.
const list = $("list"), rows = new Map();
function draw() {
  const first = Math.max(0, Math.floor(list.scrollTop / ROW) - 4);
  const last = Math.min(shown.length, Math.ceil((list.scrollTop + list.clientHeight) / ROW) + 4);
  for (const [at, row] of rows) if (at < first || at >= last) { row.remove(); rows.delete(at); }
  for (let at = first; at < last; at++) if (!rows.has(at)) { const row = make(at); rows.set(at, row); list.append(row); }
}
function make(at) {
  const number = shown[at], line = lines[number];
  const row = element("div", undefined, `row ${LEVELS[line.s]}${data.quiet.includes(number - 1) ? " quiet" : ""}`);
  row.id = `row${number}`;
  row.dataset.at = at;
  row.style.top = `${at * ROW}px`;
  row.setAttribute("role", "option");
  row.setAttribute("aria-selected", number === selected);
  row.append(element("span", since(line.t), "t"), element("span", data.lanes[line.c], "c"), element("span", `${line.m} `));
  row.append(element("span", line.p.map(([key, value]) => `${key}=${value}`).join(" ").slice(0, 400), "p"));
  return row;
}
function redraw() {
  for (const row of rows.values()) row.remove();
  rows.clear();
  $("spacer").style.height = `${shown.length * ROW}px`;
  draw();
}
list.addEventListener("scroll", draw, { passive: true });
list.addEventListener("click", (event) => {
  const row = event.target.closest(".row");
  if (row) select(shown[Number(row.dataset.at)], false);
});

// One line in full.
function select(number, scroll = true) {
  if (number === undefined || number < 0) return;
  selected = number;
  const at = position(number);
  if (scroll && at >= 0) {
    const top = at * ROW;
    if (top < list.scrollTop) list.scrollTop = top;
    if (top + ROW > list.scrollTop + list.clientHeight) list.scrollTop = top + ROW - list.clientHeight;
  }
  for (const row of rows.values()) row.setAttribute("aria-selected", row.id === `row${number}`);
  list.setAttribute("aria-activedescendant", `row${number}`);
  show(lines[number]);
  const t = lines[number].t;
  if (t !== null && (t < view.from || t > view.to)) { const half = (view.to - view.from) / 2; zoom(t - half, t + half); }
  draw();
  paint();
}
function position(number) {
  let low = 0, high = shown.length;
  while (low < high) { const middle = (low + high) >> 1; if (shown[middle] < number) low = middle + 1; else high = middle; }
  return shown[low] === number ? low : -1;
}
function show(line) {
  const detail = $("detail");
  detail.replaceChildren(element("h2", line.m || "(no message)"));
  const meta = (text) => detail.append(element("p", text, "meta"));
  meta(`${LEVELS[line.s]} · ${data.lanes[line.c]} · ${line.w ?? "no time"} · ${since(line.t)}`);
  if (line.l) meta(`${data.callers[line.l - 1]}`);
  if (line.d) meta(line.d);
  meta(`${data.files[line.f]}:${line.n}`);
  if (line.i.length > 1 || line.o) meta(`of ${line.i.join(", ")}${line.o ? " and more" : ""}`);
  if (line.p.length) {
    const table = element("table");
    for (const [key, value] of line.p) { const row = element("tr"); row.append(element("th", key), element("td", value)); table.append(row); }
    detail.append(table);
  }
  detail.append(element("pre", line.x));
}

// The timeline: a lane for each component, a mark for each line, gaps shaded.
const canvas = $("timeline"), pen = canvas.getContext("2d");
let names = 0;
function colour(name) { return getComputedStyle(document.documentElement).getPropertyValue(name).trim(); }
function place(t) { return names + (t - view.from) / (view.to - view.from) * (canvas.clientWidth - names - 10); }
function paint() {
  const height = HEAD + Math.max(1, data.lanes.length) * LANE + 8, ratio = devicePixelRatio || 1, width = canvas.clientWidth;
  const tall = Math.min(height, Math.max(HEAD + LANE, innerHeight * 0.5));
  canvas.style.height = `${tall}px`;
  canvas.width = width * ratio; canvas.height = tall * ratio;
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  pen.font = "12px system-ui, sans-serif";
  pen.textBaseline = "middle";
  const lane = Math.min(LANE, (tall - HEAD - 4) / Math.max(1, data.lanes.length));
  const longest = data.lanes.reduce((most, name) => Math.max(most, pen.measureText(name.slice(0, 40)).width), 0);
  names = Math.min(longest + 20, width * 0.4);
  const [bg, fg, dim, rule, soft, gap] = ["--bg", "--fg", "--dim", "--line", "--soft", "--gap"].map(colour);
  const levels = ["--info", "--warn", "--bad", "--bad"].map(colour);
  pen.fillStyle = bg; pen.fillRect(0, 0, width, tall);
  data.lanes.forEach((_, at) => { if (at % 2) { pen.fillStyle = soft; pen.fillRect(0, HEAD + at * lane, width, lane); } });
  pen.fillStyle = gap;
  for (const number of data.quiet) {
    const [from, to] = [place(lines[number].t), place(lines[number + 1]?.t ?? end)];
    if (to > names) pen.fillRect(Math.max(from, names), HEAD, Math.max(1, to - Math.max(from, names)), tall - HEAD);
  }
  ticks(width, tall, dim, rule);
  marks(lane, levels);
  pen.fillStyle = bg; pen.fillRect(0, HEAD, names - 4, tall - HEAD);
  pen.fillStyle = fg;
  data.lanes.forEach((name, at) => pen.fillText(name.slice(0, 40), 8, HEAD + (at + 0.5) * lane, names - 14));
  for (const [number, stroke] of [[hover, dim], [selected, fg]]) {
    if (number < 0 || lines[number].t === null) continue;
    const x = place(lines[number].t);
    if (x < names - 1) continue;
    pen.strokeStyle = stroke; pen.strokeRect(x - 2.5, HEAD + lines[number].c * lane + 1, 5, lane - 2);
  }
}
function marks(lane, levels) {
  const drawn = new Set();
  for (const number of shown) {
    const line = lines[number];
    if (line.t === null || line.t < view.from || line.t > view.to) continue;
    const x = Math.round(place(line.t)), mark = (x * 4096 + line.c) * 4 + line.s;
    if (drawn.has(mark)) continue;
    drawn.add(mark);
    pen.fillStyle = levels[line.s];
    const high = line.s > 1 ? lane - 2 : lane - 8;
    pen.fillRect(x - 1, HEAD + line.c * lane + (lane - high) / 2, line.s > 1 ? 3 : 2, high);
  }
}
function ticks(width, tall, dim, rule) {
  const room = Math.max(1, (width - names) / 110), raw = (view.to - view.from) / room, base = 10 ** Math.floor(Math.log10(Math.max(raw, 1)));
  const step = [1, 2, 5, 10].map((times) => times * base).find((size) => size >= raw) ?? base * 10;
  const digits = Math.max(0, Math.min(6, 6 - Math.floor(Math.log10(step))));
  pen.strokeStyle = rule; pen.fillStyle = dim;
  for (let t = Math.ceil(view.from / step) * step; t <= view.to; t += step) {
    const x = place(t);
    pen.beginPath(); pen.moveTo(x, HEAD - 4); pen.lineTo(x, tall); pen.stroke();
    pen.fillText(`${(t / 1e6).toFixed(digits)} s`, x + 3, HEAD / 2);
  }
}
function zoom(from, to) {
  const least = 20, whole = Math.max(end, 1);
  let width = Math.min(Math.max(to - from, least), whole * 1.02 + least);
  from = Math.min(Math.max(from, -whole * 0.01), whole * 1.01 + least - width);
  view = { from, to: from + width };
  paint();
}
function scale(factor, x) {
  const share = x === undefined ? 0.5 : Math.min(1, Math.max(0, (x - names) / (canvas.clientWidth - names - 10)));
  const about = view.from + share * (view.to - view.from), width = (view.to - view.from) * factor;
  zoom(about - share * width, about + (1 - share) * width);
}
function nearest(event) {
  const box = canvas.getBoundingClientRect(), x = event.clientX - box.left, y = event.clientY - box.top;
  const lane = Math.min(LANE, (canvas.clientHeight - HEAD - 4) / Math.max(1, data.lanes.length)), on = Math.floor((y - HEAD) / lane);
  let best = -1, distance = 12;
  for (const number of shown) {
    const line = lines[number];
    if (line.c !== on || line.t === null) continue;
    const away = Math.abs(place(line.t) - x);
    if (away < distance) { best = number; distance = away; }
  }
  return best;
}
canvas.addEventListener("wheel", (event) => {
  event.preventDefault();
  if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
    const by = (event.deltaX || event.deltaY) / canvas.clientWidth * (view.to - view.from);
    zoom(view.from + by, view.to + by);
  } else scale(event.deltaY > 0 ? 1.25 : 0.8, event.clientX - canvas.getBoundingClientRect().left);
}, { passive: false });
let drag = null;
canvas.addEventListener("pointerdown", (event) => { drag = { x: event.clientX, from: view.from, to: view.to, moved: false }; canvas.setPointerCapture(event.pointerId); });
canvas.addEventListener("pointermove", (event) => {
  if (drag) {
    const by = (drag.x - event.clientX) / (canvas.clientWidth - names) * (drag.to - drag.from);
    drag.moved ||= Math.abs(drag.x - event.clientX) > 3;
    if (drag.moved) zoom(drag.from + by, drag.to + by);
    return;
  }
  const found = nearest(event);
  if (found === hover) return;
  hover = found;
  $("message").textContent = found < 0 ? data.summary : `${since(lines[found].t)} ${data.lanes[lines[found].c]}: ${lines[found].m}`;
  paint();
});
canvas.addEventListener("pointerup", (event) => { const moved = drag?.moved; drag = null; if (!moved) select(nearest(event)); });
new ResizeObserver(() => { paint(); draw(); }).observe(document.body);

// Filter, keys, theme.
function filter() {
  const words = $("filter").value.toLowerCase().split(/\s+/).filter(Boolean);
  const fits = (line) => words.every((word) => {
    if (word.startsWith("is:")) return word === "is:error" ? line.s > 1 : LEVELS[line.s] === word.slice(3);
    if (word.startsWith("in:")) return data.lanes[line.c].toLowerCase().includes(word.slice(3));
    return line.x.toLowerCase().includes(word) || data.lanes[line.c].toLowerCase().includes(word);
  });
  shown = [];
  lines.forEach((line, at) => { if (fits(line)) shown.push(at); });
  list.scrollTop = 0;
  $("counts").textContent = words.length ? `${shown.length} of ${lines.length} lines` : data.counts;
  redraw();
  paint();
}
let waiting = 0;
$("filter").addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(filter, 80); });
function step(by) {
  const at = position(selected);
  const next = at < 0 ? 0 : Math.min(shown.length - 1, Math.max(0, at + by));
  select(shown[next]);
}
function seek(fits, back) {
  const order = back ? [...shown].reverse() : shown;
  const after = order.filter((number) => back ? number < selected : number > selected);
  select([...after, ...order].find((number) => fits(number)));
}
const isError = (number) => lines[number].s > 1, isQuiet = (number) => data.quiet.includes(number - 1);
function theme() {
  const dark = document.documentElement.dataset.theme === "dark";
  document.documentElement.dataset.theme = dark ? "light" : "dark";
  paint();
}
const KEYS = [["j, ↓ / k, ↑", "next and previous line"], ["PgDn / PgUp, g / G", "far"], ["e / E", "next and previous error"],
  ["] / [", "line behind the next and previous gap"], ["+ / -, 0", "zoom, all of it"], ["← / →", "move the timeline"], ["f, /", "filter"], ["t", "light or dark"], ["Esc", "close, clear"]];
function help() {
  const dialog = $("dialog"), table = element("table");
  for (const [key, what] of KEYS) { const row = element("tr"); row.append(element("th", key), element("td", what)); table.append(row); }
  dialog.replaceChildren(element("h2", "Keys"), table);
  dialog.showModal();
}
const page = () => Math.max(1, Math.floor(list.clientHeight / ROW) - 1);
const acts = {
  j: () => step(1), ArrowDown: () => step(1), k: () => step(-1), ArrowUp: () => step(-1), PageDown: () => step(page()), PageUp: () => step(-page()),
  g: () => select(shown[0]), Home: () => select(shown[0]), G: () => select(shown.at(-1)), End: () => select(shown.at(-1)),
  e: () => seek(isError, false), E: () => seek(isError, true), "]": () => seek(isQuiet, false), "[": () => seek(isQuiet, true),
  "+": () => scale(0.5), "=": () => scale(0.5), "-": () => scale(2), 0: () => zoom(0, Math.max(end, 1)),
  ArrowLeft: () => zoom(view.from - (view.to - view.from) / 5, view.to - (view.to - view.from) / 5),
  ArrowRight: () => zoom(view.from + (view.to - view.from) / 5, view.to + (view.to - view.from) / 5),
  f: () => $("filter").focus(), "/": () => $("filter").focus(), t: theme, "?": help,
};
addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || $("dialog").open) return;
  if (event.target === $("filter")) {
    if (event.key === "Escape") { $("filter").value = ""; filter(); list.focus(); }
    if (event.key === "Enter") { list.focus(); select(shown[0]); }
    return;
  }
  const act = acts[event.key];
  if (act && !(event.target.tagName === "BUTTON" && [" ", "Enter"].includes(event.key))) { event.preventDefault(); act(); }
});
$("errors").addEventListener("click", () => seek(isError, false));
$("whole").addEventListener("click", () => zoom(0, Math.max(end, 1)));
$("theme").addEventListener("click", theme);
$("help").addEventListener("click", help);

document.documentElement.dataset.theme = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
document.title = $("title").textContent = data.title;
$("counts").textContent = data.counts;
$("message").textContent = data.summary;
$("errors").hidden = !lines.some((line) => line.s > 1);
redraw();
zoom(0, Math.max(end, 1));
if (lines.length) select(shown.find(isError) ?? 0);
document.documentElement.dataset.ready = "yes";
