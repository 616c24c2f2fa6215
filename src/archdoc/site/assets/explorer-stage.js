/* archdoc's explorer: the drawing on the screen, by Cytoscape. It gets boxes and arrows and says which box was chosen.
 */
(function (global) {
  "use strict";

  const MANY = 400; /* boxes; above, arrows are straight and rest while the drawing moves */
  const FEW_ARROWS = 70; /* up to here, each arrow says its kind */
  const LOOP = 22; /* pixels that an arrow from a box to itself rises above it */
  const EDGE = 24; /* pixels around a drawing */
  const READABLE = 0.6; /* scale at which a label can still be read */
  const FONT = "system-ui, -apple-system, Segoe UI, Roboto, Helvetica, Arial, sans-serif";
  const LINE = 30; /* letters in a line of a label */

  class Stage {
    constructor(canvas, tell) {
      this.canvas = canvas;
      this.tell = tell;
      this.area = area([], new Map());
      this.cy = global.cytoscape({ container: canvas, elements: [], minZoom: 0.02, maxZoom: 4,
        boxSelectionEnabled: false, selectionType: "single",
        autounselectify: true, pixelRatio: "auto" });
      this.cy.on("tap", "node", (event) => tell.chosen(event.target.scratch("_archdoc")));
      this.cy.on("dbltap", "node", (event) => tell.opened(event.target.scratch("_archdoc")));
      this.cy.on("tap", (event) => { if (event.target === this.cy) tell.left(); });
      this.cy.on("mouseover", "node", () => { canvas.style.cursor = "pointer"; });
      this.cy.on("mouseout", "node", () => { canvas.style.cursor = ""; });
      canvas.addEventListener("keydown", (event) => this.key(event));
      this.resized = new ResizeObserver(() => this.cy.resize());
      this.resized.observe(canvas);
      this.measure = document.createElement("canvas").getContext("2d");
    }

    end() { this.resized.disconnect(); this.cy.destroy(); }

    show(drawing, chosen, anew) {
      if (anew) {
        const boxes = drawing.boxes.map((box) => this.sized(box));
        const places = global.archdocLayout.layout(boxes, drawing.arrows, this.canvas.clientWidth / (this.canvas.clientHeight || 1));
        const many = boxes.length > MANY;
        Object.assign(this.cy.renderer(), { hideEdgesOnViewport: many, textureOnViewport: many });
        /* Ids of the repository may be anything; Cytoscape gets numbers, and the box itself as scratch. */
        const numbers = new Map(boxes.map((box, i) => [box.id, "n" + i]));
        const elements = boxes.map((box) => ({ group: "nodes", data: { id: numbers.get(box.id), label: box.text,
          width: box.width, height: box.height, category: box.category }, position: places.get(box.id),
          scratch: { _archdoc: box }, classes: box.group ? "group" : "" }));
        const labelled = drawing.arrows.length <= FEW_ARROWS;
        drawing.arrows.forEach((arrow, i) => elements.push({ group: "edges", data: { id: "e" + i,
          source: numbers.get(arrow.source), target: numbers.get(arrow.target),
          label: labelled ? [...arrow.kinds].map((k) => k.replace(/_/g, " ")).join(", ") : "" }, scratch: { _archdoc: arrow } }));
        this.cy.batch(() => { this.cy.elements().remove(); this.cy.add(elements); });
        this.style(many);
        this.area = area(boxes, places);
        this.begin();
      }
      this.mark(chosen);
    }

    sized(box) {
      const lines = [...wrapped(box.label, LINE, 3), ...(box.sub && box.sub !== box.label ? wrapped(box.sub, LINE + 4, 1) : [])];
      this.measure.font = "12px " + FONT;
      const wide = Math.max(...lines.map((line) => this.measure.measureText(line).width));
      return { ...box, text: lines.join("\n"), width: Math.max(64, Math.ceil(wide) + 22), height: 16 + lines.length * 15 };
    }

    mark(chosen) {
      this.cy.batch(() => {
        this.cy.elements().removeClass("chosen near");
        const box = this.cy.nodes().filter((n) => n.scratch("_archdoc").id === chosen);
        box.addClass("chosen");
        box.connectedEdges().addClass("near");
      });
    }

    colours() {
      const seen = getComputedStyle(this.canvas), probe = document.createElement("span");
      this.canvas.append(probe);
      const found = {};
      this.cy.nodes().forEach((node) => {
        const category = node.data("category");
        if (found[category]) return;
        probe.className = "archdoc-swatch archdoc-" + category;
        const look = getComputedStyle(probe);
        found[category] = [look.backgroundColor, look.borderTopColor];
      });
      probe.remove();
      return { categories: found, words: seen.color, line: seen.getPropertyValue("--archdoc-line").trim() || "#6e7781",
        strong: seen.getPropertyValue("--archdoc-strong").trim() || "#4051b5", paper: this.paper() };
    }
    paper() { return getComputedStyle(this.canvas).backgroundColor; }
    recolour() { this.style(this.cy.nodes().length > MANY); }

    style(many) {
      const look = this.colours();
      const rules = [
        { selector: "node", style: { shape: "round-rectangle", width: "data(width)", height: "data(height)",
          label: "data(label)", "text-wrap": "wrap", "text-valign": "center", "text-halign": "center", "font-size": 12,
          "font-family": FONT, color: "#1b1f24", "border-width": 1.4, "min-zoomed-font-size": 5,
          "text-max-width": 1000, "line-height": 1.25 } },
        { selector: "edge", style: { width: 1.2, "line-color": look.line, "target-arrow-color": look.line,
          "target-arrow-shape": "triangle", "arrow-scale": 0.9, "curve-style": many ? "straight" : "bezier",
          label: "data(label)", "font-size": 9, "font-family": FONT, color: look.words, "text-background-color": look.paper,
          "text-background-opacity": 0.85, "text-background-padding": 1, "min-zoomed-font-size": 7 } },
        /* Above its box and outside it: an arrow that ends inside its own box cannot be drawn. */
        { selector: "edge:loop", style: { "curve-style": "bezier", "loop-direction": "0deg", "loop-sweep": "-50deg",
          "control-point-step-size": (edge) => edge.source().height() / 2 + LOOP } },
        { selector: "node.group", style: { "border-style": "double", "border-width": 4 } },
        { selector: "edge.near", style: { width: 2.6, "line-color": look.strong, "target-arrow-color": look.strong, "z-index": 9 } },
        { selector: "node.chosen", style: { "border-width": 4, "border-color": look.strong, "border-style": "solid" } }
      ];
      for (const [category, [fill, border]] of Object.entries(look.categories)) {
        rules.splice(2, 0, { selector: 'node[category = "' + category.replace(/[^a-z_]/g, "") + '"]',
          style: { "background-color": fill, "border-color": border } });
      }
      this.cy.style().fromJson(rules).update();
    }

    /* The whole drawing, unless nobody could read it: then the beginning of it, at a size that can be read. */
    begin() {
      const whole = this.fitting();
      this.look(whole >= READABLE || this.cy.nodes().length > MANY ? whole : READABLE);
    }
    fit() { this.look(this.fitting()); }

    fitting() {
      this.cy.resize();
      const room = { x: this.cy.width() - 2 * EDGE, y: this.cy.height() - 2 * EDGE };
      return Math.max(0.02, Math.min(1.1, room.x / this.area.width, room.y / this.area.height));
    }
    look(scale) {
      const start = (room, size, first) => Math.max(EDGE, (room - size * scale) / 2) - first * scale;
      this.cy.viewport({ zoom: scale, pan: { x: start(this.cy.width(), this.area.width, this.area.left),
        y: start(this.cy.height(), this.area.height, this.area.top) } });
    }
    zoom(factor) {
      this.cy.zoom({ level: this.cy.zoom() * factor, renderedPosition: { x: this.cy.width() / 2, y: this.cy.height() / 2 } });
    }
    key(event) {
      const step = 60, pan = (x, y) => () => this.cy.panBy({ x, y });
      const keys = { "+": () => this.zoom(1.25), "=": () => this.zoom(1.25), "-": () => this.zoom(0.8), "0": () => this.fit(),
        ArrowLeft: pan(step, 0), ArrowRight: pan(-step, 0), ArrowUp: pan(0, step), ArrowDown: pan(0, -step) };
      if (event.ctrlKey || event.metaKey || event.altKey || !Object.hasOwn(keys, event.key)) return;
      event.preventDefault();
      event.stopPropagation();
      keys[event.key]();
    }
  }

  /* The room that boxes take, without asking Cytoscape, which would compute every style for it. */
  function area(boxes, places) {
    let left = Infinity, right = -Infinity, top = Infinity, bottom = -Infinity;
    for (const box of boxes) {
      const p = places.get(box.id);
      left = Math.min(left, p.x - box.width / 2);
      right = Math.max(right, p.x + box.width / 2);
      top = Math.min(top, p.y - box.height / 2);
      bottom = Math.max(bottom, p.y + box.height / 2);
    }
    return boxes.length ? { left, top, width: right - left, height: bottom - top } : { left: 0, top: 0, width: 1, height: 1 };
  }

  /* Lines of at most ``width`` letters, broken behind a sign where there is one; at most ``most`` lines. */
  function wrapped(text, width, most) {
    const letters = [...String(text).replace(/\s+/g, " ")], lines = [];
    while (letters.length && lines.length < most) {
      let cut = Math.min(width, letters.length);
      if (cut < letters.length) {
        for (let at = cut; at > width / 2; at--) if (/[\s./_:,@=\-\]]/.test(letters[at - 1])) { cut = at; break; }
      }
      lines.push(letters.splice(0, cut).join("").trim());
    }
    if (letters.length) lines[lines.length - 1] += "…";
    return lines.length ? lines : ["(no name)"];
  }

  global.archdocStage = Stage;
})(window);
