// Vega-Lite specifications of the report's figures. Pure functions of the figure, the data and the look.
"use strict";
const EspalierFigures = (() => {
  // The same colours as Palette.java on light pages; lighter ones of the same hues on dark pages.
  const LOOKS = {
    light: {
      colors: ["#1f2328", "#0072b2", "#c77c00", "#00845f", "#a32400", "#a8478a", "#4a97c9", "#7f8a2e"],
      text: "#1f2328", muted: "#59636e", grid: "#e3e7eb", line: "#8c959f", background: "#ffffff", heat: ["#f3f5f7", "#0b3c5d"]
    },
    dark: {
      colors: ["#e6e8eb", "#56b4e9", "#f0ae3c", "#2fc99c", "#f04a28", "#e39ccb", "#a5d5f5", "#799640"],
      text: "#e6e8eb", muted: "#a3abb5", grid: "#2e343b", line: "#6a737d", background: "#171a1e", heat: ["#22272d", "#8fd0ff"]
    }
  };
  const SHAPES = ["circle", "square", "triangle-up", "diamond", "cross", "triangle-down"];
  const DASHES = [[], [6, 3], [2, 2], [8, 3, 2, 3], [10, 4]];
  /** Width of a letter of a legend that is kept, in pixels: a little more than most need. */
  const LETTER = 6.4;
  const FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif';

  /** A line's look: what each legend says of the entry that it belongs to. */
  function look(figure, line) {
    const result = { color: 0, shape: 0, dash: 0 };
    line.keys.forEach((key, i) => {
      const entry = figure.legends[i].entries.find((e) => e.name === key);
      for (const aspect of ["color", "shape", "dash"]) if (entry[aspect] !== undefined) result[aspect] = entry[aspect];
    });
    return result;
  }

  function number(value, digits) {
    return value.toLocaleString("en-US", { minimumFractionDigits: 0, maximumFractionDigits: digits });
  }

  /** A value with as many digits as tell it from its neighbours, as in the tables. */
  function reading(value) {
    const size = Math.abs(value);
    return number(value, size >= 1000 ? 0 : size >= 10 ? 3 : size >= 0.1 ? 4 : 6);
  }

  /** One row a point: what is drawn, and what is read on it. */
  function rows(figure, panel, data, hidden) {
    const all = [];
    const share = panel.y.scale === "PERCENT";
    panel.lines.forEach((line, index) => {
      if (line.keys.some((key, i) => hidden.has(i + ":" + key))) return;
      const curve = data.curves[line.curve];
      const xs = typeof curve.x === "number" ? data.xs[curve.x] : curve.x;
      const count = xs.length;
      // A few symbols tell lines apart; where they stand differs by line, so that they do not cover each other.
      const every = panel.symbols || count <= 12 ? 1 : Math.ceil(count / 6);
      const offset = every === 1 ? 0 : Math.floor((index * every) / Math.max(1, panel.lines.length));
      const aspects = look(figure, line);
      for (let i = 0; i < count; i++) {
        const y = curve.y[i];
        const s = curve.s ? curve.s[i] : null;
        const n = typeof curve.n === "number" ? curve.n : curve.n[i];
        const row = {
          l: index, i, x: xs[i], y,
          lo: s === null ? y : share ? Math.max(0, y - s) : y - s, hi: s === null ? y : share ? Math.min(100, y + s) : y + s,
          c: String(aspects.color), h: String(aspects.shape), d: String(aspects.dash),
          k0: line.keys[0], k1: line.keys[1],
          m: i % every === offset % every && (!panel.symbols || n > 0), t: line.labels && line.written[i] ? line.labels[i] : "", side: line.labels && line.written[i] ? String(line.written[i]) : ""
        };
        row.tip = {};
        figure.legends.forEach((legend, k) => { row.tip[legend.title] = line.keys[k]; });
        if (line.labels) row.tip["weights remaining"] = line.labels[i];
        row.tip[panel.x.label] = reading(xs[i]);
        row.tip[panel.y.label] = reading(y);
        if (s !== null) row.tip["standard deviation"] = reading(s);
        if (n > 0) row.tip.trials = String(n);
        all.push(row);
      }
    });
    return all;
  }

  function quantitative(field, axis, values, narrow) {
    const log = axis.scale === "LOG" || axis.scale === "LOG_FALLING";
    const scale = { zero: axis.scale === "ZERO", nice: !log };
    const encoding = { field, type: "quantitative", scale, axis: { title: axis.label } };
    if (log) {
      scale.type = "log";
      if (axis.scale === "LOG_FALLING") scale.reverse = true;
      if (values.length > 0) {
        const low = Math.min(...values), high = Math.max(...values);
        const room = Math.pow(high / low, 0.04) || 1;
        scale.domain = low === high ? [low / 2, high * 2] : [low / room, high * room];
        encoding.axis.values = axis.ticks.length > 0 ? axis.ticks : logTicks(scale.domain[0], scale.domain[1], narrow);
        encoding.axis.format = "~g";
        encoding.axis.labelOverlap = true;
      }
    } else {
      if (axis.ticks.length > 0) encoding.axis.values = axis.ticks;
      encoding.axis.tickCount = field === "y" ? 6 : narrow ? 4 : 5;
      encoding.axis.labelExpr = "abs(datum.value) >= 1000 ? format(datum.value, '~s') : datum.label";
      if (!axis.domain && axis.scale === "PERCENT" && values.length > 0) {
        // As in AxisRanges.java: within 0 and 100, and five points at least, so that single images look like no trend.
        let low = Math.max(0, Math.min(...values)), high = Math.min(100, Math.max(...values));
        if (high - low < 5) {
          low = Math.max(0, Math.min(95, (low + high - 5) / 2));
          high = low + 5;
        }
        const step = roundStep((high - low) / 5);
        scale.domain = [Math.floor(low / step + 1e-9) * step, Math.ceil(high / step - 1e-9) * step];
        scale.nice = false;
      } else if (!axis.domain && values.length > 0 && Math.min(...values) === Math.max(...values)) {
        const value = values[0], room = Math.abs(value) * 0.05 || 1;
        scale.domain = [axis.scale === "ZERO" ? 0 : value - room, value + room];
      }
    }
    if (axis.domain) { scale.domain = axis.domain; scale.nice = false; }
    return encoding;
  }

  /** The least of 1, 2, 5, 10, 20... times a power of ten that is no smaller. */
  function roundStep(least) {
    const power = Math.pow(10, Math.floor(Math.log10(least)));
    return power * [1, 2, 5, 10].find((factor) => factor * power >= least * (1 - 1e-9));
  }

  function logTicks(low, high, narrow) {
    const ticks = [];
    const steps = high / low > 300 || narrow ? [1, 3] : [1, 2, 5];
    for (let e = Math.floor(Math.log10(low)); e <= Math.ceil(Math.log10(high)); e++) {
      for (const step of steps) {
        const tick = Number((step * Math.pow(10, e)).toPrecision(3));
        if (tick >= low && tick <= high) ticks.push(tick);
      }
    }
    return ticks;
  }

  function lines(figure, panel, data, view) {
    const look = LOOKS[view.theme];
    const all = rows(figure, panel, data, view.hidden);
    const range = (values) => ({ domain: values.map((_, i) => String(i)), range: values });
    const domain = panel.y.domain;
    for (const row of all) row.inside = !domain || (row.y >= domain[0] && row.y <= domain[1]);
    const x = quantitative("x", panel.x, all.map((r) => r.x), view.width < 300);
    const log = panel.y.scale.startsWith("LOG");
    const y = quantitative("y", panel.y, log ? all.flatMap((r) => [Math.max(r.lo, r.y / 3), r.hi]) : all.flatMap((r) => [r.lo, r.hi]), false);
    // On a logarithmic axis a bar that would reach zero ends at the frame, which shows as much of it as of a third.
    if (log && all.length > 0) {
      for (const row of all) {
        row.lo = Math.max(row.lo, y.scale.domain[0]);
        row.hi = Math.min(row.hi, y.scale.domain[1]);
      }
    }
    const common = {
      color: { field: "c", type: "nominal", scale: range(look.colors), legend: null },
      detail: { field: "l" }
    };
    const layer = [];
    const spread = all.some((r) => r.hi > r.lo);
    if (spread && !panel.symbols) {
      layer.push({
        mark: { type: "area", opacity: 0.16, tooltip: null, clip: true },
        encoding: { x, y: { ...y, field: "lo" }, y2: { field: "hi" }, ...common }
      });
    }
    layer.push({
      mark: { type: "line", strokeWidth: 1.8, tooltip: null, clip: true },
      encoding: { x, y, ...common, order: { field: "i", type: "quantitative" },
        strokeDash: { field: "d", type: "nominal", scale: range(DASHES), legend: null } }
    });
    if (spread && panel.symbols) {
      layer.push({ mark: { type: "rule", opacity: 0.6, tooltip: null },
        encoding: { x, y: { ...y, field: "lo" }, y2: { field: "hi" }, ...common } });
    }
    // Where each stands has been chosen; whatever runs through it all the same stays behind it.
    for (const side of new Set(all.map((r) => r.side).filter(Boolean))) {
      const [across, up] = side.split(",").map(Number);
      const text = { type: "text", dx: 7 * across, dy: (across === 0 ? -12 : -9) * up, baseline: "middle", fontSize: 10,
        align: ["right", "center", "left"][across + 1], tooltip: null };
      const common = { transform: [{ filter: "datum.side == '" + side + "'" }],
        encoding: { x, y, text: { field: "t" }, detail: { field: "l" } } };
      layer.push({ ...common, mark: { ...text, color: look.background, stroke: look.background, strokeWidth: 3, strokeJoin: "round" } },
        { ...common, mark: { ...text, color: look.muted } });
    }
    const shape = { field: "h", type: "nominal", scale: range(SHAPES), legend: null };
    layer.push({
      transform: [{ filter: "datum.m && datum.inside" }],
      mark: { type: "point", filled: true, size: 42, opacity: 1, tooltip: null },
      encoding: { x, y, color: common.color, shape }
    });
    if (view.interactive) {
      layer.push({
        transform: [{ filter: "datum.inside" }],
        params: [{ name: "near", select: { type: "point", nearest: true, on: "pointerover", clear: "pointerout" } }],
        mark: { type: "point", filled: true, size: 90, tooltip: { expr: "datum.datum ? datum.datum.tip : datum.tip" } },
        encoding: { x, y, color: common.color, shape,
          opacity: { condition: { param: "near", empty: false, value: 1 }, value: 0 } }
      });
    }
    return { data: { values: all }, layer };
  }

  function heat(panel, view) {
    const values = [];
    panel.values.forEach((v, i) => {
      const row = Math.floor(i / panel.columns), column = i % panel.columns;
      values.push({ r: row, c: column, v, tip: { pixel: "row " + row + ", column " + column, [panel.label]: reading(v) } });
    });
    const look = LOOKS[view.theme];
    return {
      data: { values },
      mark: { type: "rect", strokeWidth: 0, tooltip: { expr: "datum.datum ? datum.datum.tip : datum.tip" } },
      encoding: {
        x: { field: "c", type: "ordinal", axis: null, scale: { padding: 0 } },
        y: { field: "r", type: "ordinal", axis: null, scale: { padding: 0 } },
        color: { field: "v", type: "quantitative", title: panel.label,
          legend: view.scaleBar ? { orient: "bottom", direction: "horizontal", gradientLength: 160 } : null,
          scale: { domain: [0, panel.top], clamp: true, range: look.heat, interpolate: "lab" } }
      }
    };
  }

  /** Cells with colours of their own; those without one are left out. */
  function picture(panel) {
    const values = [];
    panel.colors.forEach((v, i) => {
      if (v) values.push({ r: Math.floor(i / panel.columns), c: i % panel.columns, v });
    });
    const all = (count) => ({ padding: 0, domain: Array.from({ length: count }, (_, i) => i) });
    return {
      data: { values },
      mark: { type: "rect", strokeWidth: 0, tooltip: null },
      encoding: {
        x: { field: "c", type: "ordinal", axis: null, scale: all(panel.columns) },
        y: { field: "r", type: "ordinal", axis: null, scale: all(panel.rows) },
        color: { field: "v", type: "nominal", scale: null, legend: null }
      }
    };
  }

  /** Whether a panel is a map or a picture, which has no axes. */
  function isMap(panel) {
    return panel.kind === "heat" || panel.kind === "picture";
  }

  /** Numbers by row and column, written into their cells. */
  function matrix(panel, view) {
    const look = LOOKS[view.theme];
    const values = [];
    panel.values.forEach((v, i) => {
      if (v === null) return;
      const row = panel.rows[Math.floor(i / panel.columns.length)], column = panel.columns[i % panel.columns.length];
      values.push({ r: row, c: column, v, t: v.toFixed(1), strong: v / panel.top > (view.theme === "dark" ? 0.52 : 0.6),
        tip: { [panel.rowsAre]: row, "attacked with": column, [panel.label]: reading(v) } });
    });
    const x = { field: "c", type: "ordinal", sort: panel.columns, scale: { padding: 0.03 },
      axis: { title: null, labelAngle: -45, labelLimit: 120, domain: false, ticks: false, labelPadding: 6 } };
    const y = { field: "r", type: "ordinal", sort: panel.rows, scale: { padding: 0.05 },
      axis: { title: panel.rowsAre, labelLimit: 130, domain: false, ticks: false, labelPadding: 6 } };
    return {
      data: { values },
      layer: [
        { mark: { type: "rect", cornerRadius: 2, tooltip: { expr: "datum.datum ? datum.datum.tip : datum.tip" } },
          encoding: { x, y, color: { field: "v", type: "quantitative", legend: null,
            scale: { domain: [0, panel.top], clamp: true, range: look.heat, interpolate: "lab" } } } },
        { mark: { type: "text", fontSize: view.width < 60 * panel.columns.length ? 10 : 12, tooltip: null },
          encoding: { x, y, text: { field: "t" },
            color: { condition: { test: "datum.strong", value: look.background }, value: look.text } } }
      ]
    };
  }

  function config(theme) {
    const look = LOOKS[theme];
    return {
      background: null, font: FONT, padding: 4,
      view: { stroke: null },
      axis: { labelColor: look.muted, titleColor: look.text, titleFontWeight: 500, titleFontSize: 12, labelFontSize: 11,
        gridColor: look.grid, domainColor: look.line, tickColor: look.line, titlePadding: 8, tickSize: 4 },
      title: { color: look.text, fontSize: 13, fontWeight: 600, anchor: "start", offset: 10 },
      legend: { labelColor: look.text, titleColor: look.text, labelFontSize: 11, titleFontSize: 11, symbolStrokeWidth: 2 },
      rule: { strokeWidth: 1.4 },
      range: { category: look.colors }
    };
  }

  function bodyOf(figure, panel, data, view) {
    if (panel.kind === "heat") return heat(panel, view);
    if (panel.kind === "picture") return picture(panel);
    return panel.kind === "matrix" ? matrix(panel, view) : lines(figure, panel, data, view);
  }

  /**
   * The specification of one panel, to be drawn alone.
   * view: {theme: "light" | "dark", width, height: pixels, hidden: Set of "legend:key", interactive}
   */
  function panelSpec(figure, panel, data, view) {
    const body = bodyOf(figure, panel, data, view);
    return {
      $schema: "https://vega.github.io/schema/vega-lite/v6.json",
      width: view.width, height: view.height,
      autosize: { type: "fit", contains: "padding" },
      title: panel.title ? { text: panel.title } : undefined,
      config: config(view.theme),
      ...body
    };
  }

  /** The whole figure with its legend, to be kept as a file: light, three panels of 330 pixels in a row, or six maps. */
  function wholeSpec(figure, data, hidden) {
    const view = { theme: "light", hidden, interactive: false };
    const columns = Math.min(figure.panels.some(isMap) ? 6 : 3, figure.panels.length);
    const panels = figure.panels.map((panel, i) => {
      const map = isMap(panel);
      const cells = panel.kind === "matrix";
      const body = bodyOf(figure, panel, data, { ...view, scaleBar: i === 0, width: cells ? 40 * panel.columns.length : 250 });
      if (cells) {
        return { width: 40 * panel.columns.length, height: 28 * panel.rows.length,
          title: panel.title ? { text: panel.title } : undefined, ...body };
      }
      return { width: map ? 140 : figure.panels.length === 1 ? 460 : 250, height: map ? 140 : 230,
        title: panel.title ? { text: panel.title } : undefined, ...body };
    });
    const whole = [{ concat: panels, columns, spacing: 24,
      resolve: { scale: { color: "shared", x: "independent", y: "independent" } } }];
    const entries = legendRows(figure, hidden);
    if (entries.length > 0) whole.push(legendSpec(entries, panels.length === 1 ? 460 : columns * 300));
    return {
      $schema: "https://vega.github.io/schema/vega-lite/v6.json",
      title: { text: figure.title }, vconcat: whole, spacing: 10,
      config: { ...config("light"), background: "#ffffff", padding: 10, concat: { spacing: 24 } }
    };
  }

  function legendRows(figure, hidden) {
    const entries = [];
    figure.legends.forEach((legend, k) => {
      const shown = legend.entries.filter((e) => !hidden.has(k + ":" + e.name));
      if (shown.length > 0) entries.push({ title: legend.title, entries: shown });
    });
    return entries;
  }

  /** The legend as marks: Vega-Lite's own cannot join colour, symbol and dash of layers that differ. */
  function legendSpec(legends, width) {
    const look = LOOKS.light;
    const values = [];
    const indent = Math.max(...legends.map((legend) => legend.title.length * LETTER + 18));
    let row = -1;
    for (const legend of legends) {
      let at = indent;
      values.push({ x: 0, y: ++row, text: legend.title, title: true });
      for (const entry of legend.entries) {
        const needed = 32 + entry.name.length * LETTER;
        if (at + needed > width && at > indent) {
          at = indent;
          row++;
        }
        values.push({ x: at, x2: at + 26, mid: at + 13, tx: at + 32, y: row, text: entry.name, line: true,
          c: String(entry.color ?? 0), h: String(entry.shape ?? 0), d: String(entry.dash ?? 0), symbol: entry.shape !== undefined });
        at += needed + 18;
      }
    }
    const range = (all) => ({ domain: all.map((_, i) => String(i)), range: all });
    const wide = Math.max(width, ...values.map((v) => (v.tx ?? 0) + v.text.length * LETTER));
    const x = (field) => ({ field, type: "quantitative", axis: null, scale: { domain: [0, wide], nice: false } });
    const y = { field: "y", type: "ordinal", axis: null };
    const color = { field: "c", type: "nominal", scale: range(look.colors), legend: null };
    return {
      width: wide, height: (row + 1) * 20, data: { values },
      layer: [
        { transform: [{ filter: "datum.line" }], mark: { type: "rule", strokeWidth: 2 },
          encoding: { x: x("x"), x2: { field: "x2" }, y, color,
            strokeDash: { field: "d", type: "nominal", scale: range(DASHES), legend: null } } },
        { transform: [{ filter: "datum.symbol" }], mark: { type: "point", filled: true, size: 45, opacity: 1 },
          encoding: { x: x("mid"), y, color, shape: { field: "h", type: "nominal", scale: range(SHAPES), legend: null } } },
        { transform: [{ filter: "datum.line" }], mark: { type: "text", align: "left", fontSize: 11, color: look.text },
          encoding: { x: x("tx"), y, text: { field: "text" } } },
        { transform: [{ filter: "datum.title" }], mark: { type: "text", align: "left", fontSize: 11, fontWeight: 600, color: look.text },
          encoding: { x: x("x"), y, text: { field: "text" } } }
      ]
    };
  }

  return { panelSpec, wholeSpec, isMap, look, LOOKS, SHAPES, DASHES, reading };
})();
