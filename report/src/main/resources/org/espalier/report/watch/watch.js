// The page that shows a search as it runs: takes in what the server tells and draws it. All that comes from a store is
// put on the page as text, never as markup.
import {draw, forget, logTicks, niceTicks, short, swatch} from "./chart.js";

const MOST_CARDS = 24; // levels in work that are drawn
const OPEN_CELLS = 6; // pairs of data set and objective that are drawn without being asked for
const LOOKS = [
  {color: "c0", dash: "", shape: "circle"}, {color: "c1", dash: "", shape: "square"},
  {color: "c2", dash: "6 3", shape: "triangle-up"}, {color: "c3", dash: "2 2", shape: "diamond"},
  {color: "c4", dash: "8 3 2 3", shape: "triangle-down"}, {color: "c5", dash: "10 4", shape: "cross"},
];
const look = number => LOOKS[number % LOOKS.length];
// Strategies look as they do in the report's figures.
const STRATEGIES = {
  original: {color: "c1", dash: "", shape: "circle"}, random: {color: "c4", dash: "6 3", shape: "square"},
  continued: {color: "c3", dash: "2 2", shape: "triangle-up"},
};
const strategyLook = (run, strategy) => STRATEGIES[strategy]
  ?? OTHERS[run.strategies.filter(name => !STRATEGIES[name]).indexOf(strategy) % OTHERS.length];
const OTHERS = [
  {color: "c5", dash: "8 3 2 3", shape: "diamond"}, {color: "c6", dash: "10 4", shape: "cross"},
  {color: "c7", dash: "", shape: "triangle-down"},
];

const pieces = new Map(); // by name, as the server has them
const runs = new Map(); // by id: what is drawn
let ahead = 0; // this clock less the server's, milliseconds

/** An element with properties and children; strings among them become text. */
function h(tag, properties, ...children) {
  const made = document.createElement(tag);
  for (const [key, value] of Object.entries(properties || {})) {
    if (key.startsWith("aria-") || key === "role") made.setAttribute(key, value);
    else made[key] = value;
  }
  made.append(...children.filter(child => child !== null && child !== undefined));
  return made;
}

// Words

const percent = share => (100 * share).toFixed(1);
const natural = attack => attack === "none" ? "natural" : attack;
const density = share => share === undefined ? "" : `${+(100 * share).toPrecision(3)} %`;
const count = (number, what) => `${number.toLocaleString("en-US")} ${what}${number === 1 ? "" : "s"}`;
const rate = perSecond => `${short(perSecond)} updates/s`;

/** As the command line says durations: two units at most, on one line. */
function duration(milliseconds) {
  return durationWords(milliseconds).replaceAll(" ", "\u00a0");
}

function durationWords(milliseconds) {
  const two = number => String(number).padStart(2, "0");
  const s = Math.max(0, Math.round(milliseconds / 1000));
  if (s < 60) return `${s} s`;
  if (s < 600) return `${Math.floor(s / 60)} min ${two(s % 60)} s`;
  const m = Math.round(s / 60);
  if (m < 60) return `${m} min`;
  if (m < 48 * 60) return `${Math.floor(m / 60)} h ${two(m % 60)} min`;
  const hours = Math.round(m / 60);
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

function stateWords(run) {
  switch (run.state) {
    case "running": return ["Running", run.process === undefined ? `workers hold ${count(run.work, "level")}` : `process ${run.process}`];
    case "stopped": return ["Stopped", "run the same command again to continue"];
    case "vanished": return ["Not running", "it ended without putting its levels aside: killed, or crashed; run the same command again to continue"];
    case "done": return ["Done", "all levels are trained"];
    case "ended": return ["Ended", "trials have diverged"];
    case "missing": return ["Not there yet", "this page shows the search when it begins"];
    case "empty": return ["Empty", "this page shows the search when it begins"];
    default: return ["Damaged", "this search cannot be shown"];
  }
}

const WARNINGS = {
  stalled: "Stalled", diverged: "Diverged", "not-finite": "Loss is no number", overfitting: "Catastrophic overfitting",
  damaged: "Damaged file", gap: "Level missing",
};

// Taking in

function connect() {
  const source = new EventSource("events");
  const link = document.getElementById("link");
  source.onopen = () => { link.textContent = "live"; link.className = "live"; };
  source.onerror = () => {
    link.textContent = "no connection to \u201cespalier watch\u201d; trying again";
    link.className = "lost";
    if (source.readyState === EventSource.CLOSED) setTimeout(connect, 15000); // refused: too many pages
  };
  source.onmessage = event => take(JSON.parse(event.data));
}

function take(update) {
  ahead = Date.now() - update.now;
  if (update.full) pieces.clear();
  if (update.full) for (const run of runs.values()) run.stale.add("plan");
  for (const [name, piece] of Object.entries(update.set)) {
    pieces.set(name, piece);
    note(name);
  }
  for (const name of update.gone) {
    pieces.delete(name);
    note(name);
  }
  schedule();
}

/** Remembers what has to be drawn again: "run", "plan" (which is everything), or a level's number. */
function note(name) {
  const [id, piece] = name.split("/");
  if (piece) runs.get(id)?.stale.add(piece);
}

// Drawing: at most once a second, and not while nobody can see it

let drawing = 0;
let drawn = -1000;
function schedule() {
  if (drawing || document.hidden) return;
  // The first change is drawn soon, those that follow with it a second later.
  drawing = setTimeout(() => requestAnimationFrame(() => { drawing = 0; drawn = performance.now(); drawAll(); }),
    Math.max(100, drawn + 1000 - performance.now()));
}
document.addEventListener("visibilitychange", schedule);

let narrow = innerWidth;
addEventListener("resize", () => {
  if (innerWidth === narrow) return;
  narrow = innerWidth;
  for (const run of runs.values()) run.stale.add("plan");
  schedule();
});

function drawAll() {
  const view = pieces.get("view");
  if (!view) return;
  document.getElementById("directory").textContent = view.directory;
  document.title = `${view.directory} \u2013 Espalier`;
  const problem = document.getElementById("problem");
  problem.hidden = !view.problem;
  problem.textContent = view.problem ? `the searches cannot be read: ${view.problem}` : "";
  const main = document.getElementById("runs");
  for (const [id, run] of runs) {
    if (!view.runs.includes(id)) {
      run.section.remove();
      runs.delete(id);
    }
  }
  for (const id of view.runs) {
    if (!runs.has(id)) {
      runs.set(id, makeRun(id));
      main.append(runs.get(id).section);
    }
    const run = runs.get(id);
    if (run.stale.size) drawRun(run);
  }
  document.documentElement.dataset.drawn = String(1 + Number(document.documentElement.dataset.drawn || 0));
}

function makeRun(id) {
  const run = {id, stale: new Set(["plan"]), cards: new Map(), cells: new Map(), rows: new Map(), squares: new Map(), said: ""};
  run.title = h("h2");
  run.state = h("p", {className: "state"});
  run.problem = h("p", {className: "warning", hidden: true, role: "alert"});
  run.warnings = h("div", {role: "status"}); // says what is added, politely
  run.tiles = h("div", {className: "tiles"});
  run.workTitle = h("h3");
  run.workLegend = h("div", {className: "legend"});
  run.work = h("div", {className: "levels"});
  run.resultsTitle = h("h3", {}, "Finished levels: accuracy by weights remaining");
  run.resultsLegend = h("div", {className: "legend"});
  run.results = h("div");
  run.trialsTitle = h("h3", {}, "Trials and their levels");
  run.key = h("p", {className: "caption key"},
    ...[["done", "done"], ["work", "in work"], ["begun", "begun, put aside"], ["waiting", "waiting"], ["failed", "diverged"],
      ["done warned", "with a warning"]].map(([state, word]) => h("span", {}, square(state), word)));
  run.trials = h("ul", {className: "trials"});
  run.section = h("section", {className: "run"}, run.title, run.state, run.problem, run.tiles, run.warnings,
    h("div", {className: "part"}, run.workTitle, run.workLegend, run.work),
    h("div", {className: "part"}, run.resultsTitle, run.resultsLegend, run.results),
    h("div", {className: "part"}, run.trialsTitle, run.key, run.trials));
  return run;
}

function square(state) {
  return h("i", {className: `square ${state}`, "aria-hidden": "true"});
}

function drawRun(run) {
  const header = pieces.get(`${run.id}/run`);
  const plan = pieces.get(`${run.id}/plan`);
  if (!header) return;
  const all = run.stale.has("plan");
  const levels = all ? null : [...run.stale].filter(piece => piece !== "run");
  run.stale.clear();
  run.header = header;
  if (all && plan !== run.plan) {
    run.plan = plan;
    arrange(run);
  }
  drawHeader(run, header);
  for (const part of run.section.querySelectorAll(".part")) part.hidden = !plan;
  if (!plan) return;
  drawWork(run, header, levels);
  drawTrials(run, levels);
  const finished = levels === null || levels.some(index => ["done", "failed"].includes(level(run, index)?.s));
  if (finished) drawResults(run, header);
}

const level = (run, index) => pieces.get(`${run.id}/${index}`);

/** What the plan says once for all: trials, their cells, and of which trials a level is. */
function arrange(run) {
  run.trialOf = new Map();
  run.cellTrials = new Map();
  run.strategies = [];
  for (const trial of run.plan ? run.plan.trials : []) {
    trial.levels.forEach(index => {
      if (!run.trialOf.has(index)) run.trialOf.set(index, trial);
    });
    const cell = `${trial.dataset}, ${trial.objective} training`;
    if (!run.cellTrials.has(cell)) run.cellTrials.set(cell, []);
    run.cellTrials.get(cell).push(trial);
    if (!run.strategies.includes(trial.strategy)) run.strategies.push(trial.strategy);
  }
  run.trials.replaceChildren();
  run.squares.clear();
  run.rows.clear();
  for (const cell of run.cells.values()) cell.panels.forEach(box => box.lastChild && forget(box.lastChild));
  run.results.replaceChildren();
  run.cells.clear();
}

function drawHeader(run, header) {
  run.title.textContent = header.name;
  const [word, more] = stateWords(header);
  run.state.className = `state ${header.state}`;
  run.state.replaceChildren(h("strong", {}, word), ` \u00b7 ${more} \u00b7 `, h("code", {}, header.directory),
    header.unread ? ` \u00b7 reading what is stored: ${count(header.unread, "level")} to go` : "");
  run.problem.hidden = !header.problem;
  run.problem.className = ["missing", "empty"].includes(header.state) ? "muted" : "warning";
  if (run.problem.textContent !== (header.problem || "")) run.problem.textContent = header.problem || "";
  if (header.done === undefined) {
    run.tiles.replaceChildren();
    sayWarnings(run, []);
    return;
  }
  const levels = header.done + header.begun + header.waiting + header.diverged;
  const perSecond = [...pieces].filter(([name, piece]) => name.startsWith(`${run.id}/`) && piece.s === "work" && piece.rate)
    .reduce((sum, [, piece]) => sum + piece.rate, 0);
  const tiles = [
    tile("Levels", `${header.done} of ${levels}`,
      h("progress", {max: Math.max(1, levels), value: header.done + header.diverged, "aria-label": "levels done"}),
      `${header.work} in work${header.begun > header.work ? `, ${header.begun - header.work} put aside` : ""}`
        + (header.diverged ? `, ${header.diverged} diverged` : "") + (header.dropped ? `, ${header.dropped} behind them dropped` : "")),
    tile("Time left", header.begun + header.waiting === 0 ? "none"
      : header.leftOnTheClock === undefined ? "not known yet" : `about ${duration(header.leftOnTheClock)}`,
      null, header.left && header.work > 1 ? `${duration(header.left)} of computing, ${count(header.work, "job")}` : "an estimate from levels so far"),
    tile("Rate", header.state === "running" && perSecond ? rate(perSecond) : "\u2013", null,
      `${duration(header.spent)} of computing so far`),
    tile("Last sign of life", header.last ? age(header.last) : "none yet", null, header.state === "running" ? "lines come every 10 s" : "the search is not running"),
  ];
  run.tiles.replaceChildren(...tiles);
  sayWarnings(run, header.warnings || []);
}

function tile(name, value, more, caption) {
  return h("div", {className: "tile"}, h("div", {className: "muted"}, name), h("div", {className: "big"}, value), more,
    h("div", {className: "muted small"}, caption));
}

/** How long ago something was, kept up to date by the second. */
function age(time) {
  const made = h("span", {className: "age"});
  made.dataset.since = String(time);
  tick(made);
  return made;
}
function tick(made) {
  const text = `${duration(Date.now() - ahead - Number(made.dataset.since))} ago`;
  if (made.textContent !== text) made.textContent = text;
}
setInterval(() => { if (!document.hidden) document.querySelectorAll(".age").forEach(tick); }, 1000);

function sayWarnings(run, warnings) {
  const now = JSON.stringify(warnings);
  if (now === run.said) return;
  run.said = now;
  run.warnings.replaceChildren(...warnings.map(warning => h("p", {className: `warning ${warning.kind}`},
    h("strong", {}, WARNINGS[warning.kind] || warning.kind),
    warning.levels > 1 ? ` in ${count(warning.levels, "level")}, first: ` : ": ",
    warning.since ? h("span", {}, "the search runs, but its last sign of life was ", age(warning.since)) : warning.text)));
}

// Levels in work

function attackSeries(run, curves, column, faint) {
  return run.header.attacks.filter(attack => curves?.[attack]).map(attack => ({
    name: faint ? `${natural(attack)}, dense level` : natural(attack), ...look(run.header.attacks.indexOf(attack)), faint,
    points: curves[attack].map(point => [point[0], column === 1 ? 100 * point[1] : point[2]]),
  }));
}

function drawWork(run, header, changed) {
  const shown = [...run.trialOf.keys()].filter(index => ["work", "begun"].includes(level(run, index)?.s))
    .sort((a, b) => (level(run, a).s === "work" ? 0 : 1) - (level(run, b).s === "work" ? 0 : 1) || a - b);
  const running = shown.filter(index => level(run, index).s === "work").length;
  run.workTitle.textContent = shown.length === 0
    ? header.unread ? "Reading what is stored" : "No level is in work"
    : `${running ? "Levels in work" : "Levels put aside"}: accuracy and loss on ${header.split} images` + (header.images ? ` (the first ${header.images.toLocaleString("en-US")})` : "");
  run.workLegend.hidden = shown.length === 0;
  const legend = header.attacks.map(attack => ({name: natural(attack), ...look(header.attacks.indexOf(attack))}));
  if (shown.some(index => level(run, index).n > 0)) legend.push({name: "the same trial\u2019s dense level", color: "c0", faint: true});
  drawLegend(run.workLegend, legend);
  const drawn = shown.slice(0, MOST_CARDS);
  for (const [index, card] of run.cards) {
    if (!drawn.includes(index)) {
      card.box.remove();
      forget(card.accuracy);
      forget(card.loss);
      run.cards.delete(index);
    }
  }
  drawn.forEach((index, position) => {
    let card = run.cards.get(index);
    const fresh = !card;
    if (fresh) {
      card = makeCard(run, index);
      run.cards.set(index, card);
    }
    if (run.work.children[position] !== card.box) run.work.insertBefore(card.box, run.work.children[position] || null);
    if (fresh || changed === null || changed.includes(String(index))) drawCard(run, card, index);
  });
  run.more?.remove();
  if (shown.length > drawn.length) {
    run.more = h("p", {className: "caption"}, `and ${shown.length - drawn.length} more, of which ${running > drawn.length ? running - drawn.length : "none"} in work`);
    run.work.after(run.more);
  }
}

function drawLegend(box, entries) {
  const now = JSON.stringify(entries);
  if (box.dataset.now === now) return;
  box.dataset.now = now;
  box.replaceChildren(...entries.map(entry => h("span", {className: "entry"}, swatch(entry), entry.name)));
}

function makeCard(run, index) {
  const trial = run.trialOf.get(index);
  const card = {facts: h("p", {className: "facts"}), bar: h("progress"), values: h("p", {className: "values"}),
    accuracy: h("div", {className: "chart"}), loss: h("div", {className: "chart"})};
  card.name = `${trial.dataset} ${trial.objective} ${trial.strategy} trial ${trial.trial}`;
  card.box = h("article", {className: "card"}, h("h4", {}, card.name), card.facts, card.bar, card.values,
    h("div", {className: "pair"}, card.accuracy, card.loss));
  card.bar.setAttribute("aria-label", `${card.name}: iterations`);
  return card;
}

function drawCard(run, card, index) {
  const now = level(run, index);
  const trial = run.trialOf.get(index);
  const left = now.rate ? ` \u00b7 ${duration(1000 * (now.of - now.it) / now.rate)} left` : "";
  card.facts.textContent = `level ${now.n} of ${trial.levels.length - 1} \u00b7 ${density(now.d)} of weights \u00b7 `
    + `${now.it.toLocaleString("en-US")} of ${now.of.toLocaleString("en-US")} updates`
    + (now.s === "work" ? (now.rate ? ` \u00b7 ${short(now.rate)}/s` : "") + left : " \u00b7 put aside");
  card.box.classList.toggle("aside", now.s !== "work");
  card.bar.max = now.of;
  card.bar.value = now.it;
  card.values.replaceChildren(...run.header.attacks.filter(attack => now.acc?.[attack] !== undefined)
    .map(attack => h("span", {className: `value ${look(run.header.attacks.indexOf(attack)).color}`}, `${natural(attack)} ${percent(now.acc[attack])} %`)));
  if (now.w) card.values.append(h("span", {className: "value flag"}, `\u26a0 ${now.w}`));
  const dense = now.n > 0 ? level(run, trial.levels[0])?.curves : undefined;
  const iterations = {label: "updates", name: "after", domain: [0, now.of], ticks: niceTicks(0, now.of, 4),
    exact: value => value.toLocaleString("en-US"), unit: " updates"};
  draw(card.accuracy, {
    title: card.name, x: iterations,
    y: {label: "accuracy in %", domain: [0, 100], ticks: [0, 25, 50, 75, 100], format: String, exact: value => value.toFixed(2), unit: " %"},
    series: [...attackSeries(run, dense, 1, true), ...attackSeries(run, now.curves, 1, false)],
  });
  const lossSeries = [...attackSeries(run, dense, 2, true), ...attackSeries(run, now.curves, 2, false)];
  draw(card.loss, {title: card.name, x: iterations, y: logAxis(run.header.worstCase ? "loss at the attack\u2019s end, nats, log" : "loss in nats, logarithmic", lossSeries), series: lossSeries});
}

/** An axis over all positive values of series. */
function logAxis(label, series) {
  const values = series.flatMap(line => line.points.map(point => point[1])).filter(value => Number.isFinite(value) && value > 0);
  const low = values.length ? Math.min(...values) : 0.1;
  const high = values.length ? Math.max(...values) : 10;
  const domain = high / low < 4 ? [low / 2, high * 2] : [low / 1.1, high * 1.1];
  return {label, log: true, domain, ticks: logTicks(...domain)};
}

// Finished levels

function drawResults(run, header) {
  let any = false;
  let opened = 0;
  drawLegend(run.resultsLegend, run.strategies.map(strategy => ({name: strategy, ...strategyLook(run, strategy)})));
  for (const [name, trials] of run.cellTrials) {
    const points = collect(run, trials);
    if (!points.length) continue;
    any = true;
    let cell = run.cells.get(name);
    if (!cell) {
      cell = {panels: [...header.attacks, "rate"].map(() => h("div", {className: "panel"}))};
      cell.summary = h("summary", {}, h("strong", {}, name));
      cell.box = h("details", {open: opened < OPEN_CELLS}, cell.summary, h("div", {className: "panels"}, ...cell.panels));
      cell.box.addEventListener("toggle", () => cell.box.open && drawCell(run, cell));
      run.cells.set(name, cell);
      run.results.append(cell.box);
    }
    opened++;
    cell.name = name;
    cell.points = points;
    if (cell.box.open) drawCell(run, cell);
  }
  run.resultsTitle.textContent = any ? `Finished levels, last iteration, ${header.split} images: means over trials` : "No level is finished yet";
  run.resultsLegend.hidden = !any;
}

/** One entry for each finished level of each trial of a cell. */
function collect(run, trials) {
  const points = [];
  for (const trial of trials) {
    trial.levels.forEach(index => {
      const now = level(run, index);
      if (now?.s === "done" && now.d !== undefined) points.push({strategy: trial.strategy, ...now});
    });
  }
  return points;
}

function drawCell(run, cell) {
  const densities = cell.points.map(point => 100 * point.d).filter(percent => percent > 0); // 0 has no logarithm
  const low = Math.min(...densities, 100 * (run.header.sparsest || 0.5));
  const x = {label: "weights remaining in %, logarithmic", name: "at", domain: [low / 1.08, 100], log: true, reverse: true,
    ticks: [100, 50, 20, 10, 5, 2, 1, 0.5, 0.2, 0.1].filter(tick => tick >= low / 1.08), format: value => String(+value.toPrecision(3)), unit: " %"};
  run.header.attacks.forEach((attack, i) => {
    panel(cell.panels[i], natural(attack) === "natural" ? "natural images" : `under ${attack}`, {
      title: `${cell.name}, ${natural(attack)}`, x,
      y: {label: "accuracy in %", domain: [0, 100], ticks: [0, 25, 50, 75, 100], format: String, exact: value => value.toFixed(2), unit: " %"},
      series: means(run, cell.points, point => point.acc?.[attack] === undefined ? null : 100 * point.acc[attack]),
    });
  });
  const rates = means(run, cell.points, point => point.rate ?? null);
  panel(cell.panels.at(-1), "updates per second", {title: `${cell.name}, rate`, x,
    y: {...logAxis("updates/s, logarithmic", rates), unit: "/s"}, series: rates});
}

function panel(box, title, options) {
  if (!box.firstChild) box.append(h("h4"), h("div", {className: "chart"}));
  box.firstChild.textContent = title;
  draw(box.lastChild, options);
}

/** A line for each strategy: the mean over trials at each level. */
function means(run, points, value) {
  return run.strategies.map(strategy => {
    const byLevel = new Map();
    for (const point of points) {
      const found = value(point);
      if (point.strategy !== strategy || found === null || !Number.isFinite(found)) continue;
      if (!byLevel.has(point.n)) byLevel.set(point.n, {d: 0, v: 0, trials: 0});
      const sum = byLevel.get(point.n);
      sum.d += 100 * point.d;
      sum.v += found;
      sum.trials++;
    }
    return {name: strategy, ...strategyLook(run, strategy),
      points: [...byLevel].sort((a, b) => a[0] - b[0]).map(([, sum]) => [sum.d / sum.trials, sum.v / sum.trials])};
  }).filter(line => line.points.length);
}

// Trials

function drawTrials(run, changed) {
  if (run.trials.children.length === 0) {
    for (const trial of run.plan.trials) {
      const squares = trial.levels.map(index => {
        const made = square("waiting");
        if (!run.squares.has(index)) run.squares.set(index, []);
        run.squares.get(index).push(made);
        return made;
      });
      const row = {trial, count: h("span", {className: "count"})};
      run.trials.append(h("li", {}, h("span", {className: "name"}, `${trial.dataset} ${trial.objective} ${trial.strategy} trial ${trial.trial}`),
        row.count, h("span", {className: "strip"}, ...squares)));
      for (const index of trial.levels) {
        if (!run.rows.has(index)) run.rows.set(index, []);
        run.rows.get(index).push(row);
      }
    }
    changed = null;
  }
  const indices = changed === null ? [...run.squares.keys()] : changed.map(Number);
  const rows = new Set();
  for (const index of indices) {
    const now = level(run, index) || {s: "waiting"};
    for (const made of run.squares.get(index) || []) {
      made.className = `square ${now.s}${now.w ? " warned" : ""}`;
      made.title = describe(run, index, now);
      made.style.setProperty("--part", now.s === "work" || now.s === "begun" ? `${Math.round(100 * now.it / now.of)}%` : "0%");
    }
    (run.rows.get(index) || []).forEach(row => rows.add(row));
  }
  for (const row of rows) {
    const states = row.trial.levels.map(index => level(run, index)?.s || "waiting");
    const done = states.filter(state => state === "done").length;
    const next = states.findIndex(state => state !== "done");
    const now = next < 0 ? null : level(run, row.trial.levels[next]);
    row.count.textContent = `${done}/${states.length}`
      + (now?.s === "work" ? `, level ${next} at ${Math.floor(100 * now.it / now.of)} %` : now?.s === "begun" ? `, level ${next} put aside`
        : now?.s === "failed" ? `, level ${next} diverged` : "");
  }
}

function describe(run, index, now) {
  const accuracies = run.header.attacks.filter(attack => now.acc?.[attack] !== undefined)
    .map(attack => `${natural(attack)} ${percent(now.acc[attack])} %`).join(", ");
  const position = now.n ?? run.trialOf.get(index).levels.indexOf(index);
  const words = {done: "done", work: "in work", begun: "put aside", failed: "diverged", waiting: "waiting"};
  return `level ${position}${now.d === undefined ? "" : `, ${density(now.d)} of weights`}: ${words[now.s] || now.s}`
    + (accuracies ? `; ${accuracies}` : "") + (now.w ? `; ${now.w}` : "");
}

connect();
