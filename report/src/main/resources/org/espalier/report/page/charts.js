// Draws the figures of a page when they come into view: legends that switch lines, values on hover, files to keep.
"use strict";
const EspalierCharts = (() => {
  const COLUMN_GAP = 14;
  let tip;

  function element(name, attributes = {}, ...children) {
    const node = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
    node.append(...children);
    return node;
  }

  function theme() {
    const chosen = document.documentElement.dataset.theme;
    if (chosen) return chosen;
    return matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  }

  function showTip(_, event, item, value) {
    tip ??= document.body.appendChild(element("div", { class: "tip", role: "status" }));
    if (value === null || value === undefined || value === "") {
      tip.style.display = "none";
      return;
    }
    const body = element("tbody");
    for (const [name, text] of Object.entries(value)) {
      body.append(element("tr", {}, element("th", {}, name), element("td", {}, String(text))));
    }
    tip.replaceChildren(element("table", {}, body));
    tip.style.display = "block";
    const at = event.touches ? event.touches[0] : event;
    const box = tip.getBoundingClientRect();
    const left = at.clientX + 16 + box.width > innerWidth ? at.clientX - box.width - 12 : at.clientX + 16;
    const top = at.clientY + 16 + box.height > innerHeight ? at.clientY - box.height - 12 : at.clientY + 16;
    tip.style.left = Math.max(4, left) + "px";
    tip.style.top = Math.max(4, top) + "px";
  }

  const SYMBOLS = {
    circle: "M13 4a4 4 0 1 0 .01 0Z", square: "M9 4.5h7v7h-7Z", "triangle-up": "M13 3.5l4.3 8h-8.6Z",
    diamond: "M13 3l4 5-4 5-4-5Z", cross: "M11.5 3.5h3v3h3v3h-3v3h-3v-3h-3v-3h3Z", "triangle-down": "M13 12.5l4.3-8h-8.6Z"
  };

  function swatch(entry) {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    svg.setAttribute("width", "26");
    svg.setAttribute("height", "16");
    svg.setAttribute("aria-hidden", "true");
    const color = "var(--c" + (entry.color ?? 0) + ")";
    const line = document.createElementNS(svg.namespaceURI, "path");
    line.setAttribute("d", "M0 8H26");
    line.setAttribute("stroke", color);
    line.setAttribute("stroke-width", "2");
    line.setAttribute("stroke-dasharray", EspalierFigures.DASHES[entry.dash ?? 0].join(" "));
    svg.append(line);
    if (entry.shape !== undefined) {
      const symbol = document.createElementNS(svg.namespaceURI, "path");
      symbol.setAttribute("d", SYMBOLS[EspalierFigures.SHAPES[entry.shape]]);
      symbol.setAttribute("fill", color);
      svg.append(symbol);
    }
    return svg;
  }

  /** Draws Vega-Lite into a node. */
  function draw(spec, node, options = {}) {
    const view = new vega.View(vega.parse(vegaLite.compile(spec, { logger: quiet() }).spec),
      { renderer: "svg", container: node, hover: true, tooltip: showTip, logLevel: vega.Error, ...options });
    view.run();
    return view;
  }

  function quiet() {
    return vega.logger(vega.Error);
  }

  function keep(name, content, type) {
    const url = typeof content === "string" && content.startsWith("data:")
      ? content : URL.createObjectURL(new Blob([content], { type }));
    const link = element("a", { href: url, download: name });
    document.body.append(link);
    link.click();
    link.remove();
    if (url.startsWith("blob:")) setTimeout(() => URL.revokeObjectURL(url), 10000);
  }

  /** One figure of the page: a group of variants, of which one is shown. */
  class Chart {
    constructor(node, group, data) {
      this.node = node;
      this.group = group;
      this.data = data;
      this.shown = 0;
      this.hidden = new Set();
      this.views = [];
      this.drawnWidth = 0;
      this.tools = node.querySelector(".figure-tools");
      this.legend = node.querySelector(".legend");
      this.panels = node.querySelector(".panels");
      this.caption = node.querySelector(".caption");
      this.controls();
      this.describe();
    }

    get figure() { return this.group.variants[this.shown].figure; }

    controls() {
      if (this.group.variants.length > 1) {
        const select = element("select", { "aria-label": "what is shown" });
        this.group.variants.forEach((variant, i) => select.append(element("option", { value: i }, variant.name)));
        select.addEventListener("change", () => {
          this.shown = Number(select.value);
          this.hidden.clear();
          this.describe();
          this.draw();
        });
        this.tools.append(select);
      }
      for (const format of ["SVG", "PNG"]) {
        const button = element("button", { type: "button", title: "Keep this figure as " + format }, format);
        button.addEventListener("click", () => this.save(format));
        this.tools.append(button);
      }
    }

    describe() {
      this.node.dataset.figure = this.figure.id;
      this.caption.textContent = this.figure.caption;
      this.legend.replaceChildren();
      const map = this.figure.panels.find((panel) => panel.kind === "heat");
      if (map) {
        this.legend.append(element("div", { class: "legend-group" }, element("span", {}, "0"),
          element("span", { class: "scale", "aria-hidden": "true" }), element("span", {}, String(map.top)),
          element("span", { class: "legend-title" }, map.label)));
      }
      this.figure.legends.forEach((legend, k) => {
        if (legend.entries.length === 0) return;
        const group = element("div", { class: "legend-group", role: "group", "aria-label": legend.title },
          element("span", { class: "legend-title" }, legend.title));
        for (const entry of legend.entries) {
          const button = element("button", { type: "button", "aria-pressed": "true" }, swatch(entry), entry.name);
          button.addEventListener("click", () => {
            const key = k + ":" + entry.name;
            if (!this.hidden.delete(key)) this.hidden.add(key);
            button.setAttribute("aria-pressed", String(!this.hidden.has(key)));
            this.draw();
          });
          group.append(button);
        }
        this.legend.append(group);
      });
    }

    /** How the panels lie at the width that there is now: lengths in pixels. */
    layout() {
      const width = this.panels.clientWidth;
      const count = this.figure.panels.length;
      const heat = this.figure.panels.some(EspalierFigures.isMap);
      const narrow = matchMedia("(max-width: 760px)").matches;
      const columns = Math.min(narrow ? (heat ? 2 : 1) : heat ? 6 : 3, count);
      let each = Math.floor((width - (columns - 1) * COLUMN_GAP) / columns);
      if (count === 1) each = Math.min(each, heat ? 300 : 680);
      // Squares of a picture stand closer to each other than to those of the next.
      if (this.figure.panels.some((panel) => panel.kind === "picture")) each = Math.min(each, 250);
      const matrix = this.figure.panels.filter((panel) => panel.kind === "matrix");
      if (matrix.length > 0) {
        const most = Math.max(...matrix.map((panel) => panel.rows.length));
        const high = 34 * most + 130;
        return { width, heat, columns, each, height: high, whole: this.whole(count, columns, high) };
      }
      const height = heat ? each + 22 : Math.round(Math.min(Math.max(each * 0.8, 240), 400));
      return { width, heat, columns, each, height, whole: this.whole(count, columns, height) };
    }

    /** Height of all rows of panels. */
    whole(count, columns, height) {
      const rows = Math.ceil(count / columns);
      return rows * height + (rows - 1) * COLUMN_GAP;
    }

    /** Keeps the room of a figure that is not drawn yet, so that nothing below it moves when it is. */
    reserve(height = this.layout().whole) {
      this.panels.style.minHeight = height + "px";
    }

    draw() {
      if (document.readyState === "loading") return; // what was chosen until then is drawn with the rest
      this.views.forEach((view) => view.finalize());
      this.views = [];
      const { width, heat, columns, each, height, whole } = this.layout();
      this.drawnWidth = width;
      this.panels.style.minHeight = whole + "px";
      this.panels.style.setProperty("--columns", columns);
      this.panels.style.setProperty("--narrow", columns);
      const nodes = this.figure.panels.map(() => element("div", { class: heat ? "panel map" : "panel" }));
      this.panels.replaceChildren(...nodes);
      this.figure.panels.forEach((panel, i) => {
        const view = { theme: theme(), width: each, height, hidden: this.hidden, interactive: true };
        this.views.push(draw(EspalierFigures.panelSpec(this.figure, panel, this.data, view), nodes[i]));
      });
      this.node.dataset.drawn = this.figure.id;
    }

    async save(format) {
      await new Promise(afterLoading);
      const spec = EspalierFigures.wholeSpec(this.figure, this.data, this.hidden);
      const view = new vega.View(vega.parse(vegaLite.compile(spec, { logger: quiet() }).spec),
        { renderer: "none", logLevel: vega.Error });
      if (format === "SVG") {
        const svg = await view.toSVG();
        // Cells of a map have no seams then; the page's own have it from its style sheet.
        const map = this.figure.panels.some(EspalierFigures.isMap);
        keep(this.figure.id + ".svg", map ? svg.replace("<svg ", '<svg shape-rendering="crispEdges" ') : svg, "image/svg+xml");
      } else keep(this.figure.id + ".png", await view.toImageURL("png", 2), "image/png");
      view.finalize();
    }
  }

  /**
   * Makes the charts of all figures in the page: those near the window are drawn first, the others one by one while the
   * page has nothing else to do.
   */
  function start(data) {
    const charts = new Map();
    for (const node of document.querySelectorAll("figure[data-group]")) {
      charts.set(node, new Chart(node, data.groups[Number(node.dataset.group)], data));
    }
    // All widths are asked for before any room is taken: each would otherwise lay out a long page anew.
    const rooms = [...charts.values()].map((chart) => chart.layout().whole);
    [...charts.values()].forEach((chart, i) => chart.reserve(rooms[i]));
    const near = new IntersectionObserver((entries) => {
      for (const entry of entries) {
        const chart = charts.get(entry.target);
        chart.visible = entry.isIntersecting;
        if (entry.isIntersecting && chart.drawnWidth !== chart.panels.clientWidth) chart.draw();
      }
    }, { rootMargin: "500px 0px" });
    const idle = window.requestIdleCallback ?? ((work) => setTimeout(work, 200));
    const tried = new Set();
    const rest = () => {
      const next = [...charts.values()].find((chart) => !chart.node.dataset.drawn && !tried.has(chart));
      if (!next) return;
      tried.add(next);
      // A figure that cannot be drawn is told of on the console, and keeps no other from being drawn.
      try {
        next.draw();
      } finally {
        idle(rest, { timeout: 1000 });
      }
    };
    // The drawing library may stand behind this script, so that text and tables need not wait for it.
    afterLoading(() => {
      charts.forEach((_, node) => near.observe(node));
      idle(rest, { timeout: 1000 });
    });
    const again = () => charts.forEach((chart) => {
      if (chart.visible) chart.draw();
      else chart.drawnWidth = 0;
    });
    let waiting;
    addEventListener("resize", () => {
      clearTimeout(waiting);
      waiting = setTimeout(() => charts.forEach((chart) => {
        if (chart.drawnWidth === chart.panels.clientWidth) return;
        if (chart.visible) chart.draw();
        else chart.reserve();
      }), 150);
    });
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", again);
    document.addEventListener("themechange", again);
    // On paper all figures are needed, on white.
    addEventListener("beforeprint", () => {
      const chosen = document.documentElement.dataset.theme;
      document.documentElement.dataset.theme = "light";
      charts.forEach((chart) => chart.draw());
      addEventListener("afterprint", () => {
        if (chosen) document.documentElement.dataset.theme = chosen;
        else delete document.documentElement.dataset.theme;
        again();
      }, { once: true });
    });
    addEventListener("scroll", () => { if (tip) tip.style.display = "none"; }, { passive: true });
    return charts;
  }

  function afterLoading(work) {
    if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", work, { once: true });
    else work();
  }

  /** Makes the button that changes between light and dark. */
  function themeButton(button) {
    const store = { // A page opened from a file may have no storage.
      get() { try { return localStorage.getItem("espalier-theme"); } catch { return null; } },
      set(value) { try { localStorage.setItem("espalier-theme", value); } catch { /* not kept */ } }
    };
    const name = () => { button.textContent = theme() === "dark" ? "Light" : "Dark"; };
    const kept = store.get();
    if (kept === "light" || kept === "dark") document.documentElement.dataset.theme = kept;
    name();
    button.addEventListener("click", () => {
      document.documentElement.dataset.theme = theme() === "dark" ? "light" : "dark";
      store.set(document.documentElement.dataset.theme);
      name();
      document.dispatchEvent(new Event("themechange"));
    });
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", name);
  }

  return { start, themeButton, draw, theme, element };
})();
