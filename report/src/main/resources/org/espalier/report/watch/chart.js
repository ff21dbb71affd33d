// Line charts as SVG. Drawn anew whenever their data changes, which is every few seconds at most.

const SVG = "http://www.w3.org/2000/svg";
const LEFT = 40, RIGHT = 12, TOP = 24, BOTTOM = 34;

/** An SVG element; attributes are presentation only, text is text. */
function element(name, attributes, text) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text !== undefined) made.textContent = text;
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

function scale(axis, from, to) {
  const [low, high] = axis.domain;
  const place = axis.log ? v => Math.log(v / low) / Math.log(high / low) : v => (v - low) / (high - low);
  return v => from + (high === low ? 0.5 : place(v)) * (to - from);
}

const SYMBOLS = {
  circle: (x, y, r) => `M${x - r},${y}a${r},${r} 0 1,0 ${2 * r},0a${r},${r} 0 1,0 ${-2 * r},0z`,
  square: (x, y, r) => `M${x - r},${y - r}h${2 * r}v${2 * r}h${-2 * r}z`,
  "triangle-up": (x, y, r) => `M${x},${y - r * 1.2}L${x + r * 1.15},${y + r}H${x - r * 1.15}z`,
  diamond: (x, y, r) => `M${x},${y - r * 1.35}L${x + r * 1.35},${y}L${x},${y + r * 1.35}L${x - r * 1.35},${y}z`,
  cross: (x, y, r) => `M${x - r},${y - r}L${x + r},${y + r}M${x - r},${y + r}L${x + r},${y - r}`,
  "triangle-down": (x, y, r) => `M${x},${y + r * 1.2}L${x + r * 1.15},${y - r}H${x - r * 1.15}z`,
};

/**
 * Draws a chart into a box as wide as the box.
 *
 * options: title, height, x and y: {label, domain: [low, high], log, ticks, format}; series: [{name, color (a class), dash,
 * shape, faint, points: [[x, y], ...]}]. Points without a finite place are left out, and the line is broken there.
 */
export function draw(box, options) {
  const width = Math.max(200, Math.floor(box.clientWidth));
  const height = options.height || 180;
  const {x, y, series} = options;
  const svg = element("svg", {viewBox: `0 0 ${width} ${height}`, width, height, role: "img", "aria-label": describe(options)});
  const px = scale(x, x.reverse ? width - RIGHT : LEFT, x.reverse ? LEFT : width - RIGHT);
  const py = scale(y, height - BOTTOM, TOP);
  const format = axis => axis.format || short;

  const grid = element("g", {class: "grid"});
  for (const tick of y.ticks) {
    grid.append(
      element("line", {x1: LEFT, x2: width - RIGHT, y1: py(tick), y2: py(tick)}),
      element("text", {x: LEFT - 5, y: py(tick) + 4, "text-anchor": "end"}, format(y)(tick)));
  }
  let free = -Infinity; // where the last label ended, so that none runs into another
  const places = x.ticks.map(tick => [px(tick), format(x)(tick)]).sort((a, b) => a[0] - b[0]);
  for (const [place, label] of places) {
    const half = label.length * 3.4;
    const middle = Math.min(Math.max(place, half), width - half - 1);
    grid.append(element("line", {class: "tick", x1: place, x2: place, y1: height - BOTTOM, y2: height - BOTTOM + 4}));
    if (middle - half > free + 6) {
      grid.append(element("text", {x: middle, y: height - BOTTOM + 15, "text-anchor": "middle"}, label));
      free = middle + half;
    }
  }
  grid.append(
    element("line", {class: "axis", x1: LEFT, x2: width - RIGHT, y1: height - BOTTOM, y2: height - BOTTOM}),
    element("text", {class: "above", x: 0, y: 11}, y.label),
    element("text", {class: "label", x: (LEFT + width - RIGHT) / 2, y: height - 4, "text-anchor": "middle"}, x.label));
  svg.append(grid);

  for (const line of series) {
    const placed = line.points.map(([a, b]) => [place(px, x, a), place(py, y, b)]);
    let path = "";
    let down = false;
    for (const [a, b] of placed) {
      if (a === null || b === null) { down = false; continue; }
      path += `${down ? "L" : "M"}${a.toFixed(1)},${b.toFixed(1)}`;
      down = true;
    }
    const group = element("g", {class: `series ${line.color}${line.faint ? " faint" : ""}`});
    if (path.includes("L")) {
      group.append(element("path", {class: "line", d: path, fill: "none", ...(line.dash ? {"stroke-dasharray": line.dash} : {})}));
    }
    if (!line.faint) {
      const marks = placed.length > 40 ? placed.slice(-1) : placed;
      const d = marks.filter(([a, b]) => a !== null && b !== null)
        .map(([a, b]) => SYMBOLS[line.shape || "circle"](+a.toFixed(1), +b.toFixed(1), 2.6)).join("");
      if (d) group.append(element("path", {class: `mark ${line.shape || "circle"}`, d}));
    }
    svg.append(group);
  }
  hover(svg, options, px, width, height);
  box.replaceChildren(svg);
}

function place(to, axis, value) {
  if (value === null || value === undefined || !Number.isFinite(value) || axis.log && value <= 0) return null;
  return to(Math.min(Math.max(value, axis.domain[0]), axis.domain[1]));
}

/** What somebody who cannot see the chart is told: the last value of each line. */
function describe({title, x, y, series}) {
  const last = series.filter(line => !line.faint && line.points.length)
    .map(line => `${line.name} ${(y.format || short)(line.points.at(-1)[1])} at ${(x.format || short)(line.points.at(-1)[0])}`);
  return `${title}, ${y.label} against ${x.label}: ${last.join("; ") || "nothing measured yet"}`;
}

function hover(svg, {title, x, y, series}, px, width, height) {
  const tip = document.getElementById("tip");
  const rule = element("line", {class: "rule", y1: TOP, y2: height - BOTTOM, visibility: "hidden"});
  svg.append(rule);
  const places = [...new Set(series.flatMap(line => line.points.map(point => point[0])))];
  const leave = () => { tip.style.display = "none"; rule.setAttribute("visibility", "hidden"); };
  svg.addEventListener("pointerleave", leave);
  svg.addEventListener("pointermove", event => {
    if (!places.length) return;
    const box = svg.getBoundingClientRect();
    const at = (event.clientX - box.left) * width / box.width;
    const nearest = places.reduce((a, b) => Math.abs(px(b) - at) < Math.abs(px(a) - at) ? b : a);
    rule.setAttribute("x1", px(nearest));
    rule.setAttribute("x2", px(nearest));
    rule.setAttribute("visibility", "visible");
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
    tip.replaceChildren(head, table);
    tip.style.display = "block";
    tip.style.left = `${Math.min(event.clientX + 14, innerWidth - tip.offsetWidth - 8)}px`;
    tip.style.top = `${Math.max(8, event.clientY - tip.offsetHeight - 12)}px`;
  });
}

/** A little line with its symbol, for a legend. */
export function swatch({color, dash, shape, faint}) {
  const svg = element("svg", {width: 30, height: 12, viewBox: "0 0 30 12", "aria-hidden": "true"});
  const group = element("g", {class: `series ${color}${faint ? " faint" : ""}`});
  group.append(element("path", {class: "line", d: "M1,6H29", fill: "none", ...(dash ? {"stroke-dasharray": dash} : {})}));
  if (!faint) group.append(element("path", {class: `mark ${shape || "circle"}`, d: SYMBOLS[shape || "circle"](15, 6, 2.8)}));
  svg.append(group);
  return svg;
}
