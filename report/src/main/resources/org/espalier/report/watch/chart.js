// Line charts, drawn by Vega. A chart is made once for its box; from then on only its data and its axes change.
// Expressions are interpreted: the page's policy allows no code made from text.
import {expressionInterpreter} from "./vega-interpreter.js";

const SVG = "http://www.w3.org/2000/svg";
const LEFT = 40, RIGHT = 12, TOP = 24, BOTTOM = 34;
const FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif';
const MOST_MARKS = 40; // points of a line that are all marked; of more, the last one is

/** An SVG element; attributes are presentation only. */
function element(name, attributes) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

/** Numbers that people like for ticks, from low to high, about so many. */
export function niceTicks(low, high, count) {
  if (!(high > low)) return [low];
  const rough = (high - low) / Math.max(1, count);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map(m => m * power).find(s => s >= rough * 0.999);
  const ticks = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + step * 1e-9; i++) ticks.push(+(i * step).toPrecision(12));
  return ticks;
}

/** Ticks of a logarithmic axis: powers of ten, with 2 and 5 between where there are few. */
export function logTicks(low, high) {
  const ticks = [];
  const decades = Math.log10(high / low);
  for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power++) {
    for (const m of decades > 2.2 ? [1] : decades > 1.6 ? [1, 3] : [1, 2, 5]) {
      const tick = +(m * 10 ** power).toPrecision(6);
      if (tick >= low * 0.999 && tick <= high * 1.001) ticks.push(tick);
    }
  }
  return ticks;
}

/** A number in few digits: 12,000, 0.05, 1.3. */
export function short(value) {
  if (value === null || !Number.isFinite(value)) return "not a number";
  const size = Math.abs(value);
  if (size >= 1000) return Math.round(value).toLocaleString("en-US");
  return size === 0 ? "0" : String(+value.toPrecision(3));
}

/** What Vega draws: axes of these kinds, faint lines, lines, symbols, and a rule where values are read. */
function specification(x, y) {
  const scale = (name, axis, range) => ({name, type: axis.log ? "log" : "linear", domain: {signal: `${name}Domain`}, range,
    reverse: Boolean(axis.reverse), zero: false, nice: false, clamp: true});
  const at = name => ({scale: name, field: name});
  const line = (name, width, opacity) => ({
    type: "group", name, from: {facet: {name: `${name}One`, data: `${name}Rows`, groupby: "series"}},
    marks: [{type: "line", from: {data: `${name}One`}, encode: {update: {
      x: at("x"), y: at("y"), defined: {field: "shown"}, stroke: {field: "color"}, strokeDash: {field: "dash"},
      strokeWidth: {value: width}, strokeJoin: {value: "round"}, opacity: {value: opacity}}}}],
  });
  const label = {update: {text: {signal: "abs(datum.value) >= 1000 ? format(datum.value, ',.0f') : format(datum.value, '.3~r')"}}};
  const text = {labelFont: FONT, labelFontSize: 11, labelColor: "var(--muted)", titleFont: FONT, titleFontSize: 11, aria: false};
  return {
    autosize: "none", padding: {left: LEFT, right: RIGHT, top: TOP, bottom: BOTTOM}, width: 100, height: 100,
    signals: ["xDomain", "yDomain", "xTicks", "yTicks", "xLabel", "yLabel"].map(name => ({name, value: name.endsWith("Label") ? "" : [1, 2]}))
      .concat({name: "at", value: null}),
    data: ["faintRows", "linesRows", "symbolsRows"].map(name => ({name})),
    scales: [scale("x", x, "width"), scale("y", y, "height")],
    axes: [
      {...text, scale: "y", orient: "left", values: {signal: "yTicks"}, grid: true, gridColor: "var(--line)", domain: false,
        ticks: false, labelPadding: 5, title: {signal: "yLabel"}, titleColor: "var(--text)", titleFontWeight: 600, titleAngle: 0,
        titleAlign: "left", titleBaseline: "alphabetic", titleX: -LEFT, titleY: 11 - TOP, encode: {labels: label}},
      {...text, scale: "x", orient: "bottom", values: {signal: "xTicks"}, domainColor: "var(--muted)", tickColor: "var(--muted)",
        tickSize: 4, labelFlush: true, labelOverlap: "greedy", title: {signal: "xLabel"}, titleColor: "var(--muted)",
        titleFontWeight: "normal", titleBaseline: "alphabetic", titleY: BOTTOM - 4, encode: {labels: label}},
    ],
    marks: [
      line("faint", 1.2, 0.4), line("lines", 1.8, 1),
      {type: "symbol", name: "symbols", from: {data: "symbolsRows"}, encode: {update: {
        x: at("x"), y: at("y"), shape: {field: "shape"}, fill: {field: "color"}, size: {value: 30}}}},
      {type: "rule", encode: {update: {x: {signal: "at === null ? 0 : scale('x', at)"}, y: {value: 0}, y2: {signal: "height"},
        stroke: {value: "var(--muted)"}, opacity: {signal: "at === null ? 0 : 1"}}}},
    ],
  };
}

const charts = new WeakMap(); // by box

/**
 * Draws a chart into a box as wide as the box, or changes the one that is there.
 *
 * options: title, height, x and y: {label, domain: [low, high], log, ticks, format}; series: [{name, color (a class), dash,
 * shape, faint, points: [[x, y], ...]}]. Points without a finite place are left out, and the line is broken there.
 */
export function draw(box, options) {
  const kind = [options.x.log, options.x.reverse, options.y.log].map(Boolean).join();
  let chart = charts.get(box);
  if (!chart || chart.kind !== kind) {
    forget(box);
    chart = make(box, kind, options);
    charts.set(box, chart);
  }
  chart.options = options;
  update(chart);
}

/** Gives free what a chart holds, when its box goes. */
export function forget(box) {
  charts.get(box)?.view.finalize();
  charts.delete(box);
  box.replaceChildren();
}

function make(box, kind, {x, y}) {
  const runtime = vega.parse(specification(x, y), null, {ast: true});
  const view = new vega.View(runtime, {expr: expressionInterpreter, renderer: "svg", container: box, hover: false, logLevel: vega.Error});
  const chart = {box, kind, view};
  box.onpointermove = event => read(chart, event);
  box.onpointerleave = () => leave(chart);
  return chart;
}

function update({box, view, options}) {
  const {x, y, series} = options;
  const rows = {faintRows: [], linesRows: [], symbolsRows: []};
  series.forEach((line, number) => {
    const color = `var(--${line.color})`;
    const dash = line.dash ? line.dash.split(" ").map(Number) : [];
    const points = line.points.map(([a, b]) => ({series: number, x: a, y: b, shown: has(x, a) && has(y, b), color, dash,
      shape: line.shape || "circle"}));
    rows[line.faint ? "faintRows" : "linesRows"].push(...points);
    if (!line.faint) rows.symbolsRows.push(...(points.length > MOST_MARKS ? points.slice(-1) : points).filter(point => point.shown));
  });
  view.width(Math.max(200, Math.floor(box.clientWidth)) - LEFT - RIGHT).height((options.height || 180) - TOP - BOTTOM)
    .signal("xDomain", x.domain).signal("yDomain", y.domain).signal("xTicks", x.ticks).signal("yTicks", y.ticks)
    .signal("xLabel", x.label).signal("yLabel", y.label);
  for (const [name, values] of Object.entries(rows)) view.data(name, values);
  view.run();
  const svg = box.querySelector("svg");
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", describe(options));
}

/** Whether an axis has a place for a value. */
function has(axis, value) {
  return value !== null && value !== undefined && Number.isFinite(value) && !(axis.log && value <= 0);
}

/** The text for readers who cannot see the chart: the last value of each line. */
function describe({title, x, y, series}) {
  const last = series.filter(line => !line.faint && line.points.length)
    .map(line => `${line.name} ${(y.format || short)(line.points.at(-1)[1])} at ${(x.format || short)(line.points.at(-1)[0])}`);
  return `${title}, ${y.label} against ${x.label}: ${last.join("; ") || "nothing measured yet"}`;
}

const tip = () => document.getElementById("tip");

function leave({view}) {
  tip().style.display = "none";
  if (view.signal("at") !== null) view.signal("at", null).run();
}

/** Shows the values at the abscissa nearest to the pointer. */
function read({box, view, options: {title, x, y, series}}, event) {
  const places = [...new Set(series.flatMap(line => line.points.map(point => point[0])))].filter(value => has(x, value));
  if (!places.length) return;
  const px = view.scale("x");
  const at = event.clientX - box.querySelector("svg").getBoundingClientRect().left - LEFT;
  const nearest = places.reduce((a, b) => Math.abs(px(b) - at) < Math.abs(px(a) - at) ? b : a);
  if (view.signal("at") !== nearest) view.signal("at", nearest).run();
  const table = document.createElement("table");
  for (const line of series) {
    const point = line.points.find(p => p[0] === nearest);
    if (!point) continue;
    const row = table.insertRow();
    const name = document.createElement("th");
    name.textContent = line.name;
    row.append(name);
    row.insertCell().textContent = (y.exact || y.format || short)(point[1]) + (y.unit || "");
  }
  const head = document.createElement("div");
  head.textContent = `${title}, ${x.name || x.label} ${(x.exact || x.format || short)(nearest)}${x.unit || ""}`;
  tip().replaceChildren(head, table);
  tip().style.display = "block";
  tip().style.left = `${Math.min(event.clientX + 14, innerWidth - tip().offsetWidth - 8)}px`;
  tip().style.top = `${Math.max(8, event.clientY - tip().offsetHeight - 12)}px`;
}

const SYMBOLS = {
  circle: (x, y, r) => `M${x - r},${y}a${r},${r} 0 1,0 ${2 * r},0a${r},${r} 0 1,0 ${-2 * r},0z`,
  square: (x, y, r) => `M${x - r},${y - r}h${2 * r}v${2 * r}h${-2 * r}z`,
  "triangle-up": (x, y, r) => `M${x},${y - r * 1.2}L${x + r * 1.15},${y + r}H${x - r * 1.15}z`,
  diamond: (x, y, r) => `M${x},${y - r * 1.35}L${x + r * 1.35},${y}L${x},${y + r * 1.35}L${x - r * 1.35},${y}z`,
  cross: (x, y, r) => `M${x - r},${y - r}L${x + r},${y + r}M${x - r},${y + r}L${x + r},${y - r}`,
  "triangle-down": (x, y, r) => `M${x},${y + r * 1.2}L${x + r * 1.15},${y - r}H${x - r * 1.15}z`,
};

/** A little line with its symbol, for a legend. */
export function swatch({color, dash, shape, faint}) {
  const svg = element("svg", {width: 30, height: 12, viewBox: "0 0 30 12", "aria-hidden": "true"});
  const group = element("g", {class: `series ${color}${faint ? " faint" : ""}`});
  group.append(element("path", {class: "line", d: "M1,6H29", fill: "none", ...(dash ? {"stroke-dasharray": dash} : {})}));
  if (!faint) group.append(element("path", {class: `mark ${shape || "circle"}`, d: SYMBOLS[shape || "circle"](15, 6, 2.8)}));
  svg.append(group);
  return svg;
}
