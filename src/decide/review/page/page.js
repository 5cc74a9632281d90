"use strict";
// The plan is data; every text in it is shown with textContent, never parsed as HTML.
const plan = JSON.parse(document.getElementById("plan").textContent);
const $ = (id) => document.getElementById(id);
const ROW = 44;
const store = "klogmod:" + plan.digest;
const here = "klogmod:here";
const token = new URLSearchParams(location.search).get("token");
const view = { shown: [], at: 0, undo: [], sides: false };

// What steers or hides is shown as an escape, as in the terminal.
const HOSTILE = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u115f\u1160\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb]|[\u{e0000}-\u{e0fff}]/gu;
const show = (text) => text.replace(HOSTILE, (c) => "\\u{" + c.codePointAt(0).toString(16) + "}");
const oneLine = (text) => show(text.replace(/\n/g, "\\n").replace(/\t/g, "\\t"));

function el(name, attributes, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes || {})) {
    if (key === "onclick") node.addEventListener("click", value);
    else if (value !== undefined && value !== null) node.setAttribute(key, value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

const path = (c) => plan.files[c.f];
const owner = (c) => plan.owners[c.o];
const pending = (c) => c.state === "new" || c.state === "changed";
const place = (c) => path(c) + ":" + c.l;

// ---- decisions -------------------------------------------------------------------------------------------------------

function restore() {
  if (plan.live) return;
  let kept = {};
  try { kept = JSON.parse(localStorage.getItem(store) || "{}"); } catch { /* a page from a file may have no storage */ }
  for (const c of plan.changes) {
    if (Object.hasOwn(kept, c.id)) Object.assign(c, kept[c.id]);
  }
}

function keep() {
  if (plan.live) return;
  const kept = {};
  for (const c of plan.changes) if (c.touched) kept[c.id] = { state: c.state, reason: c.reason, text: c.text, taken: c.taken, touched: true };
  try { localStorage.setItem(store, JSON.stringify(kept)); } catch { say("This browser keeps nothing for this page: export before you close it."); }
}

async function send(c, state, extra) {
  if (!plan.live) return true;
  const answer = await fetch("decide", {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-Klogmod-Token": token },
    body: JSON.stringify({ id: c.id, is: state, ...extra }),
  }).catch(() => null);
  if (answer && answer.ok) return true;
  say(answer ? "Not taken: " + show(await answer.text()) : "Not saved: klogmod serve does not answer.");
  return false;
}

// One step: several calls may be decided at once, and are taken back at once.
async function decide(list, state, extra = {}, note = true, taken = undefined) {
  const step = [];
  for (const c of list) {
    if (!await send(c, state, extra)) break;
    step.push({ c, state: c.state, reason: c.reason, text: c.text, taken: c.taken });
    Object.assign(c, { state, reason: extra.reason, text: extra.text, taken, touched: true });
  }
  if (step.length && note) view.undo.push(step);
  keep();
  tally();
  return step.length;
}

async function undo() {
  const step = view.undo.pop();
  if (!step && plan.settled) return settle(plan.settled.about, plan.settled.key);
  if (!step) return say("There is nothing to take back.");
  for (const { c, state, reason, text, taken } of step.reverse()) {
    // What the page did not decide itself cannot be sent again: it goes back to being undecided.
    const before = state === "changed" ? "new" : state;
    if (await send(c, before, { reason, text })) Object.assign(c, { state, reason, text, taken });
  }
  keep();
  tally();
  go(Math.max(0, view.shown.indexOf(step[0].c)));
  say("Taken back.");
}

// Another key for one value of a call, on top of those that were taken before.
async function pick(c, number) {
  const picks = c.picks || [];
  const chosen = picks[number - 1];
  if (!chosen) return say(`There is no key ${number} to take here.`);
  if (c.text && !c.taken) return say("The call was edited by hand: e edits it further, x takes that back.");
  const taken = { ...c.taken, [chosen.at]: chosen.k };
  const keys = Object.values(taken).concat([...new Set(picks.filter((p) => !(p.at in taken)).map((p) => p.w))]);
  if (new Set(keys).size < keys.length) return say(`The call has a ${chosen.k} already.`);
  let text = c.a;
  for (const at of Object.keys(taken).map(Number).sort((a, b) => b - a)) {
    const length = picks.find((p) => p.at === at).n;
    text = text.slice(0, at) + JSON.stringify(taken[at]) + text.slice(at + length);
  }
  if (!await decide([c], "edited", { text }, true, taken)) return;
  view.last = { c, chosen };
  go(view.at);
  const whole = chosen.about ? `; T calls ${show(chosen.about)} so in the whole tree, ${plan.follow[chosen.about] || 0} calls` : "";
  say(`${chosen.k} instead of ${chosen.w}${whole}; u takes it back.`);
}

// The key that was taken last, for what its value is, in the whole tree.
async function whole(c) {
  const last = view.last;
  if (!last || last.c !== c || !last.chosen.about) return say("Take a key with 1 to 9 first; T then settles it for the whole tree.");
  const { about, k } = last.chosen;
  view.last = null;
  if (!plan.live) return say(`A page from a file cannot do that: klogmod settle --set '${show(about)}=${k}' does.`);
  await undo();
  await settle(about, k);
}

async function settle(about, key) {
  say("The plan is made anew …");
  const answer = await fetch("settle", {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-Klogmod-Token": token },
    body: JSON.stringify({ about, key }),
  }).catch(() => null);
  if (!answer || !answer.ok) return say(answer ? "Not taken: " + show(await answer.text()) : "Not saved: klogmod serve does not answer.");
  sessionStorage.setItem(here, view.shown[view.at]?.id || "");
  location.reload();
}

// The file as klogmod writes it: one decision a line, sorted by path, then by name, in bytes.
function toml() {
  const bytes = new TextEncoder();
  const order = (a, b) => {
    const [x, y] = [bytes.encode(a), bytes.encode(b)];
    for (let i = 0; i < Math.min(x.length, y.length); i++) if (x[i] !== y[i]) return x[i] - y[i];
    return x.length - y.length;
  };
  const short = { '"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r" };
  const hex = (c) => c > 0xffff ? "\\U" + c.toString(16).padStart(8, "0") : "\\u" + c.toString(16).padStart(4, "0");
  const string = (text) => '"' + text.replace(/["\\\n\t\r]/g, (c) => short[c]).replace(HOSTILE, (c) => hex(c.codePointAt(0))) + '"';
  const rows = plan.changes.filter((c) => !pending(c)).map((c) => {
    const extra = c.state === "rejected" && c.reason ? `, reason = ${string(c.reason)}`
      : c.state === "edited" ? `, text = ${string(c.text)}` : "";
    const twins = c.t ? `, twins = ${c.t}` : "";
    return [path(c), c.id, `${string(c.id)} = { is = "${c.state}"${extra}, path = ${string(path(c))}, function = ${string(c.fn)}` +
      `, statement = ${string(c.q ?? c.b)}, proposal = ${string(c.p)}${twins} }\n`];
  });
  // What the page does not show stays as it is, and what changed stays until somebody looks again.
  const waiting = plan.changes.filter((c) => c.state === "changed" && c.wl).map((c) => c.wl);
  const others = plan.kept.concat(waiting).map((k) => [k.path, k.id, k.line]);
  const all = rows.concat(others).sort((a, b) => order(a[0], b[0]) || order(a[1], b[1]));
  return plan.head + all.map((row) => row[2]).join("");
}

function download() {
  const url = URL.createObjectURL(new Blob([toml()], { type: "application/toml" }));
  el("a", { href: url, download: "klogmod.decisions.toml" }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10000);
  say("Put klogmod.decisions.toml at the root of the checkout, then: klogmod patch --accepted-only");
}

// ---- filter ----------------------------------------------------------------------------------------------------------

function parts(line) {
  const want = { text: [] };
  for (const word of line.toLowerCase().split(/\s+/).filter(Boolean)) {
    const [, name, value] = /^(sig|is|rule|path|state|operation|op|id):(.+)$/.exec(word) || [];
    if (name) (want[name === "op" ? "operation" : name] ||= []).push(value); else want.text.push(word);
  }
  return want;
}

function matcher() {
  const want = parts($("filter").value);
  const choice = (id) => $(id).value;
  const text = want.text.join(" ");
  const glob = (pattern) => {
    const source = pattern.replace(/[.+^${}()|[\]\\]/g, "\\$&").replace(/\*\*/g, "\u0001").replace(/\*/g, "[^/]*").replace(/\u0001/g, ".*");
    return new RegExp("^" + source.replace(/\?/g, "[^/]") + "(/.*)?$");
  };
  const globs = (want.path || []).map(glob);
  const any = (list, found) => !list || list.some(found);
  const sigs = (c) => owner(c).sigs.map((sig) => sig.replace(/^sig\//, ""));
  const inState = (c, state) => state === c.state || (state === "pending" && pending(c));
  return (c) =>
    any(want.sig, (sig) => sigs(c).includes(sig.replace(/^sig\//, ""))) &&
    any(want.is, (level) => plan.levels[c.v] === level) &&
    any(want.rule, (rule) => c.r.some((r) => plan.rules[r] === rule)) &&
    any(want.state, (state) => inState(c, state)) &&
    any(want.operation, (operation) => operations(c).includes(operation)) &&
    any(want.id, (id) => c.id.startsWith(id)) &&
    (!globs.length || globs.some((g) => g.test(path(c).toLowerCase()))) &&
    (!choice("sig") || owner(c).sigs.join(" ") === choice("sig")) &&
    (!choice("level") || plan.levels[c.v] === choice("level")) &&
    (!choice("state") || inState(c, choice("state"))) &&
    (!choice("rule") || c.r.some((r) => plan.rules[r] === choice("rule"))) &&
    (!choice("operation") || operations(c).includes(choice("operation"))) &&
    (!text || [path(c), c.fn, c.b, c.text || c.a].some((part) => part.toLowerCase().includes(text)));
}

function narrow() {
  const current = view.shown[view.at];
  view.shown = plan.changes.filter(matcher());
  const at = view.shown.indexOf(current);
  $("spacer").style.height = view.shown.length * ROW + "px";
  if (at < 0) $("list").scrollTop = 0;
  go(Math.max(at, 0));
  tally();
}

function fill(id, all, values) {
  $(id).replaceChildren(el("option", { value: "" }, all), ...values.map((value) => el("option", { value }, show(value))));
  $(id).addEventListener("change", narrow);
}

// ---- list ------------------------------------------------------------------------------------------------------------

const MARKS = { new: " ", accepted: "✓", rejected: "✗", edited: "✎", changed: "!" };

// Only the rows in view exist.
function draw() {
  const list = $("list");
  const first = Math.max(0, Math.floor(list.scrollTop / ROW) - 4);
  const last = Math.min(view.shown.length, Math.ceil((list.scrollTop + list.clientHeight) / ROW) + 4);
  const rows = [];
  for (let at = first; at < last; at++) {
    const c = view.shown[at];
    // The list runs right to left so that a path loses its front; the mark keeps the path itself in order.
    const row = el("div", { class: "row", role: "option", id: "row" + at, "aria-selected": String(at === view.at), "data-state": c.state,
      "data-mark": MARKS[c.state], title: oneLine(place(c)), onclick: () => go(at) },
      el("div", { class: "place" }, el("bdi", { dir: "ltr" }, oneLine(place(c)))),
      el("div", { class: "what" }, `${plan.levels[c.v]} · ${show(owner(c).sigs.join(" ") || "no sig")} · ${oneLine(c.m)}`));
    row.style.top = at * ROW + "px";
    rows.push(row);
  }
  list.replaceChildren($("spacer"), ...rows);
  list.setAttribute("aria-activedescendant", "row" + view.at);
}

function go(at) {
  view.at = Math.max(0, Math.min(at, view.shown.length - 1));
  const list = $("list");
  const top = view.at * ROW;
  if (top < list.scrollTop) list.scrollTop = top;
  if (top + ROW > list.scrollTop + list.clientHeight) list.scrollTop = top + ROW - list.clientHeight;
  draw();
  detail();
}

function next() {
  const at = view.shown.findIndex((c, i) => i > view.at && pending(c));
  if (at < 0) { go(view.at); return say("Nothing after this waits for a decision."); }
  go(at);
}

function otherFile(step) {
  const here = view.shown[view.at]?.f;
  let at = view.at;
  while (view.shown[at] && view.shown[at].f === here) at += step;
  if (view.shown[at]) go(at); else say("There is no other file that way.");
}

// ---- detail ----------------------------------------------------------------------------------------------------------

const WORDS = /[\p{L}\p{N}_]+|[^\p{L}\p{N}_]/gu;

// Longest common subsequence of words: calls are short.
function words(a, b) {
  const [x, y] = [a.match(WORDS) || [], b.match(WORDS) || []];
  if (x.length * y.length > 4e6) return [[[a, true]], [[b, true]]];
  const w = y.length + 1;
  const table = new Uint16Array((x.length + 1) * w);
  for (let i = x.length - 1; i >= 0; i--) for (let j = y.length - 1; j >= 0; j--) {
    table[i * w + j] = x[i] === y[j] ? table[(i + 1) * w + j + 1] + 1 : Math.max(table[(i + 1) * w + j], table[i * w + j + 1]);
  }
  const [old, fresh] = [[], []];
  let [i, j] = [0, 0];
  while (i < x.length || j < y.length) {
    if (i < x.length && j < y.length && x[i] === y[j]) { old.push([x[i++], false]); fresh.push([y[j++], false]); }
    else if (j >= y.length || (i < x.length && table[(i + 1) * w + j] >= table[i * w + j + 1])) old.push([x[i++], true]);
    else fresh.push([y[j++], true]);
  }
  return [old, fresh];
}

const GO = /(\/\/[^\n]*)|("(?:\\.|[^"\\\n])*"|`[^`]*`|'(?:\\.|[^'\\\n])+')|\b(break|case|chan|const|continue|default|defer|else|fallthrough|for|func|go|goto|if|import|interface|map|package|range|return|select|struct|switch|type|var|nil|true|false)\b|\b(\d[\w.]*)\b/g;

// The class of each character: comment, string, keyword, number.
function classes(text) {
  const kinds = new Array(text.length).fill("");
  for (const found of text.matchAll(GO)) {
    const kind = found[1] ? "c" : found[2] ? "s" : found[3] ? "k" : "n";
    kinds.fill(kind, found.index, found.index + found[0].length);
  }
  return kinds;
}

// A call as lines: words that the other call lacks are marked, Go is coloured.
function code(lines, cls, sign) {
  const text = lines.map(([word]) => word).join("");
  const kinds = classes(text);
  const changed = lines.flatMap(([word, mark]) => new Array(word.length).fill(mark));
  const rows = [];
  let offset = 0;
  for (const line of text.split("\n")) {
    const row = el("div", { class: cls, "data-sign": sign });
    let start = 0;
    for (let at = 1; at <= line.length; at++) {
      const [here, before] = [offset + at, offset + start];
      if (at < line.length && kinds[here] === kinds[before] && changed[here] === changed[before]) continue;
      const piece = show(line.slice(start, at));
      const span = kinds[before] ? el("span", { class: kinds[before] }, piece) : piece;
      row.append(changed[before] ? el("mark", {}, span) : span);
      start = at;
    }
    rows.push(row);
    offset += line.length + 1;
  }
  return rows;
}

function difference(c) {
  const [old, fresh] = words(c.b, c.text || c.a);
  const context = (lines) => lines.map((line) => el("div", { class: "ctx" }, show(line)));
  const head = [[c.h, false]];
  const tail = [[c.z, false]];
  const before = code(head.concat(old, tail), "old", "-");
  const after = code(head.concat(fresh, tail), "new", "+");
  if (!view.sides) return el("div", { class: "code", id: "diff" }, ...context(c.x), ...before, ...after, ...context(c.y));
  return el("div", { class: "sides", id: "diff" },
    el("div", { class: "code" }, ...context(c.x), ...before, ...context(c.y)),
    el("div", { class: "code" }, ...context(c.x), ...after, ...context(c.y)));
}

function section(title, ...nodes) {
  return nodes.some(Boolean) ? [el("h2", {}, title), ...nodes] : [];
}

const list = (texts) => texts.length ? el("ul", {}, ...texts.map((text) => el("li", {}, show(text)))) : null;

function detail() {
  const c = view.shown[view.at];
  if (!c) return $("detail").replaceChildren(el("p", {}, "No proposal matches the filter."));
  const o = owner(c);
  const button = (label, key, act) => el("button", { title: key, onclick: act }, label, " ", el("kbd", {}, key));
  const meta = (text) => el("p", { class: "meta" }, text);
  const rest = [];
  if (c.state === "changed") rest.push(meta(show(`Changed since it was ${c.was}: ${c.how}`)), c.stmt ? el("div", { class: "log" }, show(c.stmt)) : null);
  if (c.state === "rejected" && c.reason) rest.push(meta("Rejected: " + show(c.reason)));
  const priority = [...(c.on || []).map((cell) => cell.join(" ")), ...(c.ph ? [`phase ${c.ph}`] : [])];
  $("detail").replaceChildren(...[
    el("h2", {}, oneLine(place(c))),
    el("p", { class: "meta" }, el("span", { class: "badge " + plan.levels[c.v] }, plan.levels[c.v]),
      el("span", { class: "badge " + c.state }, c.state), show(o.sigs.join(" ") || "no sig"), " · ", oneLine(c.fn), " · ", oneLine(c.m)),
    ...rest,
    el("div", { class: "actions" }, button("Accept", "y", () => act("y")), button("Reject", "n", () => act("n")), button("Edit", "e", () => act("e")),
      button("Skip", "s", () => act("s")), button("Accept file", "a", () => act("a")), button("Undo", "u", () => act("u")),
      button(view.sides ? "Unified" : "Side by side", "v", () => act("v"))),
    difference(c),
    ...section("The line in the log, before and after",
      ...[["old", 0], ["new", 1], ["old", 2], ["new", 3]].map(([cls, i]) => el("div", { class: "log " + cls }, show(c.s[i])))),
    ...section("Look at", list(c.why)),
    ...section("Keys", list(c.keys), takes(c)),
    ...section("Reached by", list(c.wit || [])),
    ...section("Request ID", c.id_from || c.id_none ? meta(show(c.id_from || "none: " + c.id_none)) : null),
    ...section("For", meta(show([...priority, o.approvers.length ? "approvers: " + o.approvers.join(", ") : "no approvers are named"].join(" · "))),
      meta(show("rules: " + c.r.map((r) => plan.rules[r]).join(", "))), meta("id: " + c.id)),
  ].filter((node) => node !== null));
  $("detail").scrollTop = 0;
}

// What one keystroke can call a value instead.
function takes(c) {
  const button = (p, at) => el("button", { title: String(at + 1), onclick: () => act(String(at + 1)), "aria-pressed": String(c.taken?.[p.at] === p.k) },
    `${show(p.k)} ${p.p} for ${show(p.w)} `, el("kbd", {}, String(at + 1)));
  if (!c.picks) return null;
  const all = el("button", { title: "T", onclick: () => act("T") }, "So in the whole tree ", el("kbd", {}, "T"));
  return el("div", { class: "actions", id: "picks" }, ...c.picks.map(button), c.taken ? all : null);
}

function edit() {
  const c = view.shown[view.at];
  const area = el("textarea", { "aria-label": "The new call", spellcheck: "false" });
  area.value = c.text || c.a;
  const close = () => $("dialog").close();
  const take = async () => {
    if (await decide([c], "edited", { text: area.value })) { close(); next(); }
  };
  const note = plan.live ? "klogmod checks that the file still parses." : "klogmod checks it when the decisions are used.";
  $("dialog").replaceChildren(el("h2", {}, "The call that replaces the old one"), area, el("p", { class: "meta" }, note),
    el("div", { class: "actions" }, el("button", { onclick: take, id: "take" }, "Take it"), el("button", { onclick: close }, "Cancel")));
  $("dialog").showModal();
  area.focus();
}

function help() {
  const keys = [["y", "accept"], ["n / N", "reject / and say why"], ["e", "edit"], ["s, Enter", "skip"], ["a", "accept the rest of the file"],
    ["d", "leave this file"], ["u", "undo"], ["x", "take back this decision"], ["j k, arrows", "next, before"], ["J K", "next file, file before"],
    ["1 to 9", "take this key instead"], ["T", "call it so in the whole tree"],
    ["v", "side by side or unified"], ["f, /", "filter"], ["o", "overview"], ["?", "these keys"]];
  $("dialog").replaceChildren(el("h2", {}, "Keys"), el("table", {}, ...keys.map(([key, text]) => el("tr", {}, el("td", {}, el("kbd", {}, key)), el("td", {}, text)))),
    el("button", { onclick: () => $("dialog").close() }, "Close"));
  $("dialog").showModal();
}

// ---- overview --------------------------------------------------------------------------------------------------------

function overview() {
  const show_in = (id, value) => { for (const s of ["sig", "level", "state", "rule", "operation"]) $(s).value = ""; $("filter").value = ""; $(id).value = value; tab(true); narrow(); };
  const names = ["structured", "accepted", "edited", "changed", "pending", "rejected", "skipped"];
  const legend = el("p", { class: "legend" }, ...names.map((name) => el("span", {}, el("i", { class: "part-" + name }), name)));
  const bars = el("div", { class: "bars" });
  const groups = new Map(plan.parts.map((part) => [part.sig, { ...part, accepted: 0, edited: 0, rejected: 0, changed: 0, pending: 0 }]));
  for (const c of plan.changes) groups.get(owner(c).sigs.join(" "))[c.state === "new" ? "pending" : c.state]++;
  for (const part of groups.values()) {
    const total = names.reduce((sum, name) => sum + (part[name] || 0), 0) || 1;
    const bar = el("div", { class: "bar" });
    for (const name of names) if (part[name]) {
      const piece = el("div", { class: "part-" + name, title: `${name} ${part[name]}` });
      piece.style.width = 100 * part[name] / total + "%";
      bar.append(piece);
    }
    const done = part.structured + part.accepted + part.edited;
    bars.append(el("button", { onclick: () => show_in("sig", part.sig) }, show(part.sig || "no sig")), bar,
      el("span", {}, `${done} of ${total} (${Math.round(100 * done / total)} %)`));
  }
  $("overview").replaceChildren(el("h2", {}, "Coverage: calls that are structured, or will be by what was accepted"), legend, bars, ...matrix(), ...levels(show_in));
}

const operations = (c) => (c.on || []).map(([operation]) => operation);

function matrix() {
  const title = el("h2", {}, "Operation × resource");
  const known = plan.changes.filter((c) => (c.on || []).length);
  if (!known.length) return [title, el("p", { class: "meta" }, "This plan does not say which operations its calls belong to.")];
  const rows = [...new Set(known.flatMap((c) => c.on.map(([row]) => row)))].sort();
  const columns = [...new Set(known.flatMap((c) => c.on.map(([, column]) => column)))].sort();
  const cell = (row, column) => {
    const here = known.filter((c) => c.on.some((on) => on[0] === row && on[1] === column));
    return here.length ? `${here.filter((c) => !pending(c)).length}/${here.length}` : "";
  };
  return [title, el("table", {}, el("tr", {}, el("th", {}, "decided / all"), ...columns.map((column) => el("th", {}, show(column)))),
    ...rows.map((row) => el("tr", {}, el("th", {}, show(row)), ...columns.map((column) => el("td", {}, cell(row, column))))))];
}

function levels(show_in) {
  const sigs = [...new Set(plan.changes.map((c) => owner(c).sigs.join(" ")))].sort();
  const count = (sig, level) => plan.changes.filter((c) => owner(c).sigs.join(" ") === sig && c.v === level).length;
  return [el("h2", {}, "SIG × applicability"), el("table", {}, el("tr", {}, el("th", {}, "SIG"), ...plan.levels.map((level) => el("th", {}, level))),
    ...sigs.map((sig) => el("tr", {}, el("td", {}, el("button", { onclick: () => show_in("sig", sig) }, show(sig || "no sig"))),
      ...plan.levels.map((_, level) => el("td", {}, String(count(sig, level)))))))];
}

function tab(review) {
  $("review").hidden = !review;
  $("overview").hidden = review;
  $("tab-review").setAttribute("aria-pressed", String(review));
  $("tab-overview").setAttribute("aria-pressed", String(!review));
  if (!review) overview(); else draw();
}

// ---- the rest --------------------------------------------------------------------------------------------------------

function say(text) { $("message").textContent = text; }

function tally() {
  const counts = { accepted: 0, edited: 0, rejected: 0, changed: 0, new: 0 };
  for (const c of plan.changes) counts[c.state]++;
  const told = [[view.shown.length, "shown"], ...Object.entries(counts).map(([name, count]) => [count, name]), [plan.gone, "gone"]];
  $("counts").textContent = told.filter(([count], at) => count || !at).map(([count, name]) => `${count} ${name}`).join(" · ");
  const total = plan.changes.length || 1;
  $("progress").replaceChildren(...["accepted", "edited", "rejected", "changed"].map((name) => {
    const part = el("div", { class: "part-" + name, title: `${name} ${counts[name]}` });
    part.style.width = 100 * counts[name] / total + "%";
    return part;
  }));
}

async function act(key) {
  const c = view.shown[view.at];
  say("");
  switch (key) {
    case "j": case "ArrowDown": case "s": case "Enter": return go(view.at + 1);
    case "k": case "ArrowUp": return go(view.at - 1);
    case "J": case "d": return otherFile(1);
    case "K": return otherFile(-1);
    case "g": case "Home": return go(0);
    case "G": case "End": return go(view.shown.length - 1);
    case "PageDown": return go(view.at + 10);
    case "PageUp": return go(view.at - 10);
    case "u": return undo();
    case "?": return help();
    case "o": return tab(!$("overview").hidden);
    case "v": view.sides = !view.sides; return detail();
    case "f": case "/": tab(true); return $("filter").focus();
    default:
  }
  if (!c) return;
  switch (key) {
    case "y": if (await decide([c], "accepted")) next(); return;
    case "n": if (await decide([c], "rejected")) next(); return;
    case "N": { const reason = prompt("Why?"); if (reason !== null && await decide([c], "rejected", { reason })) next(); return; }
    case "x": if (await decide([c], "new")) go(view.at); return;
    case "e": return edit();
    case "T": return whole(c);
    case "1": case "2": case "3": case "4": case "5": case "6": case "7": case "8": case "9": return pick(c, Number(key));
    case "a": {
      const rest = view.shown.filter((other) => other.f === c.f && pending(other));
      const count = await decide(rest, "accepted");
      next();
      return say(`${count} accepted; u takes them back.`);
    }
    default:
  }
}

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, textarea, select, dialog");
  if (event.key === "Escape" && typing) return event.target.blur();
  if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Enter" && event.target.closest("button")) return;
  if (!/^([jksdJKgGyneaNuxvofT1-9/?]|Arrow(Up|Down)|Enter|Home|End|Page(Up|Down))$/.test(event.key)) return;
  event.preventDefault();
  act(event.key);
});

function theme(name) { document.documentElement.dataset.theme = name; }

theme(matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
$("theme").addEventListener("click", () => theme(document.documentElement.dataset.theme === "dark" ? "light" : "dark"));
$("export").addEventListener("click", download);
$("help").addEventListener("click", help);
$("tab-review").addEventListener("click", () => tab(true));
$("tab-overview").addEventListener("click", () => tab(false));
$("filter").addEventListener("input", narrow);
$("filters").addEventListener("submit", (event) => { event.preventDefault(); $("list").focus(); });
$("list").addEventListener("scroll", () => requestAnimationFrame(draw));
window.addEventListener("resize", draw);
fill("sig", "all SIGs", [...new Set(plan.owners.map((o) => o.sigs.join(" ")))].filter(Boolean).sort());
fill("level", "all levels", plan.levels);
fill("state", "all states", ["pending", "new", "changed", "accepted", "edited", "rejected"]);
fill("rule", "all rules", plan.rules.toSorted());
fill("operation", "all operations", [...new Set(plan.changes.flatMap(operations))].sort());
$("operation").hidden = !plan.changes.some((c) => operations(c).length);
restore();
narrow();
go(Math.max(0, plan.changes.findIndex(pending)));
if (plan.settled) {
  const at = view.shown.findIndex((c) => c.id === sessionStorage.getItem(here));
  if (at >= 0) go(at);
  say(show(plan.settled.said) + "; u takes it back.");
}
document.documentElement.dataset.ready = String(Math.round(performance.now()));
