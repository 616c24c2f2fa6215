/* archdoc's explorer: a page that asks the graph. It stands where a page has <div id="archdoc-explorer"></div>, and
 * reads the graph that the page's link to archdoc.json names. Names from the repository reach the page as text only.
 */
(function (global) {
  "use strict";

  const G = global.archdocGraph;
  const LISTED = 200;
  const SHOWN = 60; /* attributes, relations of one thing */
  const WAIT = 120; /* milliseconds of quiet before a search is made */

  function start(host) {
    const link = document.querySelector('a[href$="archdoc.json"]');
    if (!link) return failed(host, "the page does not link to archdoc.json");
    fetch(link.href).then((answer) => {
      if (!answer.ok) throw new Error(answer.status + " for " + link.href);
      return answer.json();
    }).then((found) => {
      if (host.isConnected) new Explorer(host, G.index(found));
    }).catch((error) => failed(host, String(error && error.message || error)));
  }

  function failed(host, why) {
    host.dataset.archdocState = "failed";
    host.replaceChildren(el("p", {}, "The explorer cannot read the graph (" + why + "). It needs a web server: " +
      "run mkdocs serve, or open the published site."));
  }

  function el(name, attributes, ...children) {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes || {})) {
      if (key === "onclick" || key === "oninput" || key === "onchange") made.addEventListener(key.slice(2), value);
      else if (value !== false && value !== undefined) made.setAttribute(key, value === true ? "" : value);
    }
    made.append(...children); /* strings become text nodes, never markup */
    return made;
  }

  const button = (words, onclick, more) => el("button", { type: "button", onclick, ...more }, words);

  class Explorer {
    constructor(host, graph) {
      this.host = host;
      this.graph = graph;
      this.asked = G.fromAddress(location.hash);
      this.picking = false;
      this.build();
      this.stage = new global.archdocStage(this.canvas, {
        chosen: (box) => this.choose(box), opened: (box) => this.opened(box), left: () => this.select("")
      });
      this.onaddress = () => {
        if (!host.isConnected) return this.end();
        this.asked = G.fromAddress(location.hash);
        this.show(true);
      };
      this.ontheme = new MutationObserver(() => (host.isConnected ? this.stage.recolour() : this.end()));
      this.ontheme.observe(document.body, { attributes: true, attributeFilter: ["data-md-color-scheme"] });
      global.addEventListener("hashchange", this.onaddress);
      global.addEventListener("popstate", this.onaddress);
      this.show(true);
      host.dataset.archdocState = "ready";
    }

    end() {
      global.removeEventListener("hashchange", this.onaddress);
      global.removeEventListener("popstate", this.onaddress);
      this.ontheme.disconnect();
      this.stage.end();
    }

    /* -- the page ------------------------------------------------------------------------------------------------ */

    build() {
      const set = (name) => (event) => { this.ask({ [name]: event.target.value }); };
      let waiting = 0;
      const look = () => { clearTimeout(waiting); waiting = 0; this.ask({ q: this.search.value, see: "" }); };
      this.search = el("input", { type: "search", id: "archdoc-q", autocomplete: "off", spellcheck: "false",
        placeholder: "name, type, address, file, value …", oninput: () => {
          clearTimeout(waiting);
          waiting = setTimeout(look, WAIT);
        } });
      this.search.addEventListener("keydown", (event) => {
        if (event.key !== "ArrowDown") return;
        event.preventDefault();
        if (waiting) look(); /* the list is that of the words that stand there, however fast they were typed */
        const first = this.list.querySelector("button");
        if (first) first.focus();
      });
      this.provider = select("archdoc-provider", [...this.graph.providers.keys()].filter(Boolean), set("provider"));
      this.environment = select("archdoc-environment", [...this.graph.environments.keys()], set("environment"));
      const names = [...this.graph.hosts.keys()].map((id) => [id, this.graph.nodes.get(id).name]);
      names.sort((a, b) => (a[1] < b[1] ? -1 : a[1] > b[1] ? 1 : 0));
      this.hostFilter = select("archdoc-host", names, set("host"));
      this.together = select("archdoc-together", [["auto", "as many as needed"], ["none", "nothing"],
        ["type", "one type in one place"], ["purpose", "one purpose in one place"], ["kind", "one kind"]], set("together"), true);
      this.kinds = el("details", { class: "archdoc-kinds" }, el("summary", {}, "Kinds"), this.kindBoxes());
      this.status = el("p", { role: "status", "aria-live": "polite", class: "archdoc-status" });
      this.list = el("ul", { class: "archdoc-list", "aria-label": "Things that match" });
      this.list.addEventListener("keydown", (event) => this.step(event));
      this.canvas = el("div", { class: "archdoc-canvas", tabindex: "0", role: "group",
        "aria-label": "Drawing; zoom with plus and minus, move with the arrow keys, 0 shows all. " +
          "The list before it and the details after it hold the same things as text." });
      this.details = el("section", { class: "archdoc-details", "aria-label": "Details", tabindex: "-1" });
      const bar = el("div", { class: "archdoc-bar" },
        ...[["Zoom in", () => this.stage.zoom(1.25)], ["Zoom out", () => this.stage.zoom(0.8)],
          ["Show all", () => this.stage.fit()], ["Full screen", () => this.fullScreen()]].map(iconButton),
        button("PNG", () => this.save("png"), { "aria-label": "Save as PNG", title: "Save as PNG" }),
        button("SVG", () => this.save("svg"), { "aria-label": "Save as SVG", title: "Save as SVG" }));
      this.host.replaceChildren(
        el("div", { class: "archdoc-asking", role: "search" },
          field("Search", this.search), field("Provider", this.provider), field("Environment or root", this.environment),
          field("Host", this.hostFilter), field("Draw as one", this.together), this.kinds,
          button("Start over", () => { this.asked = G.question(); this.show(true); this.keep(); })),
        this.status,
        el("div", { class: "archdoc-panes" }, el("nav", { "aria-label": "Things" }, this.list),
          el("div", { class: "archdoc-drawn" }, this.canvas, bar), this.details));
    }

    kindBoxes() {
      const group = el("fieldset", {}, el("legend", {}, "Kinds that are shown"));
      this.kindInputs = new Map();
      for (const [kind, count] of this.graph.kinds) {
        const input = el("input", { type: "checkbox", value: kind, onchange: () => this.ask({
          kinds: [...this.kindInputs].filter(([, each]) => each.checked).map(([name]) => name), see: "" }) });
        this.kindInputs.set(kind, input);
        group.append(el("label", {}, input, G.said(kind) + " (" + count + ")"));
      }
      group.append(el("div", {},
        button("All", () => this.ask({ kinds: [...this.graph.kinds.keys()], see: "" })),
        button("None", () => this.ask({ kinds: [], see: "" })),
        button("Usual", () => this.ask({ kinds: null, see: "" }))));
      return group;
    }

    /* -- asking -------------------------------------------------------------------------------------------------- */

    ask(change) {
      const narrows = ["provider", "environment", "host"].some((name) => name in change);
      this.asked = { ...this.asked, ...(narrows ? { see: "" } : {}), ...change };
      this.show(true);
      this.keep();
    }
    keep() {
      const address = G.toAddress(this.asked);
      history.replaceState(history.state, "", address ? "#" + address : location.pathname + location.search);
    }

    show(anew) {
      const asked = this.asked, ids = G.answer(this.graph, asked);
      this.drawing = G.drawing(this.graph, asked, ids);
      this.ids = ids;
      this.controls();
      this.fillDetails(); /* first: it takes room from the drawing */
      this.stage.show(this.drawing, asked.node, anew);
      this.fillList();
      this.say();
    }

    controls() {
      const asked = this.asked;
      if (document.activeElement !== this.search) this.search.value = asked.q;
      this.provider.value = asked.provider;
      this.environment.value = asked.environment;
      this.hostFilter.value = asked.host;
      this.together.value = asked.together;
      const shown = new Set(this.ids.map((id) => this.graph.nodes.get(id).kind));
      for (const [kind, input] of this.kindInputs) input.checked = asked.kinds ? asked.kinds.includes(kind) : shown.has(kind);
    }

    say() {
      const asked = this.asked, boxes = this.drawing.boxes.length;
      const things = this.ids.length === 1 ? "1 thing" : this.ids.length + " things";
      const name = (id) => (this.graph.nodes.has(id) ? label(this.graph.nodes.get(id)) : id);
      const what = { around: "around " + name(asked.node), needed: "that depend on " + name(asked.node) + ", and itself",
        needs: "that " + name(asked.node) + " depends on, and itself", path: "between " + name(asked.node) + " and " + name(asked.to) };
      const words = [things];
      if (this.focused()) words.push(" ", what[asked.see], "; filters are set aside");
      else words.push(" of " + this.graph.nodes.size);
      if (boxes !== this.ids.length) words.push(", drawn as " + boxes + " boxes: choose one with × to take it apart");
      else if (!asked.node) words.push("; choose one to see where it is written and what depends on it");
      if (this.picking) words.splice(0, words.length, "Choose the other end of the path, in the list or in the drawing.");
      if (asked.see === "path" && this.focused() && this.drawing.arrows.length === 0 && asked.node !== asked.to) {
        words.splice(0, words.length, "Nothing in the code joins " + name(asked.node) + " and " + name(asked.to) + ".");
      }
      this.status.textContent = words.join("") + ".";
      if (this.focused()) this.status.append(" ", button("Back to the filters", () => this.ask({ see: "", to: "" })));
    }

    focused() {
      const asked = this.asked;
      return asked.see !== "" && this.graph.nodes.has(asked.node) && (asked.see !== "path" || this.graph.nodes.has(asked.to));
    }

    choose(box) {
      if (box.group) return this.take(box);
      return this.select(box.id);
    }
    take(box) {
      this.ask({ open: this.asked.open.includes(box.id) ? this.asked.open.filter((k) => k !== box.id) : [...this.asked.open, box.id] });
    }
    opened(box) { if (!box.group) this.ask({ node: box.id, see: "around", depth: 1 }); }

    select(id) {
      if (this.picking && id) {
        this.picking = false;
        return this.ask({ see: "path", to: id });
      }
      if (id === this.asked.node) return undefined;
      this.asked = { ...this.asked, node: id, ...(this.focused() ? {} : { see: "", to: "" }) };
      if (this.asked.see === "path") this.asked.see = "";
      /* A focus stays about the thing that it was asked for only as long as that is the chosen one. */
      if (this.asked.see) this.asked.see = "";
      this.show(!this.drawing.boxOf.has(id) || this.drawing.boxOf.get(id) !== id);
      this.keep();
      return undefined;
    }

    /* -- the list ------------------------------------------------------------------------------------------------ */

    fillList() {
      const had = this.list.contains(document.activeElement) ? document.activeElement.dataset.id : null;
      const items = [];
      for (const box of this.drawing.boxes.slice(0, LISTED)) {
        const chosen = box.id === this.asked.node;
        const item = button("", () => this.choose(box), { "data-id": box.id, "aria-current": chosen ? "true" : false });
        item.append(el("span", { class: "archdoc-swatch archdoc-" + box.category, "aria-hidden": "true" }),
          el("span", { class: "archdoc-name" }, box.label), " ", el("small", {}, box.sub));
        items.push(el("li", {}, item));
      }
      const more = this.drawing.boxes.length - LISTED;
      if (more > 0) items.push(el("li", {}, "and " + more + " more: search or filter to see them here"));
      for (const key of this.asked.open) items.push(el("li", {}, button("put " + key.split("|").slice(1).join(" ") + " together",
        () => this.ask({ open: this.asked.open.filter((k) => k !== key) }))));
      this.list.replaceChildren(...items);
      if (had !== null) {
        const again = [...this.list.querySelectorAll("button")].find((each) => each.dataset.id === had);
        (again || this.list.querySelector("button") || this.search).focus();
      }
    }

    step(event) {
      const all = [...this.list.querySelectorAll("button")], at = all.indexOf(document.activeElement);
      const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
      if (to === undefined || at < 0) return;
      event.preventDefault();
      if (to < 0) this.search.focus();
      else if (all[to]) all[to].focus();
    }

    /* -- the details --------------------------------------------------------------------------------------------- */

    fillDetails() {
      const node = this.graph.nodes.get(this.asked.node);
      this.details.hidden = !node;
      if (!node) return;
      const acts = el("div", { class: "archdoc-acts" },
        button("Neighbours", () => this.ask({ see: "around", depth: 1 })),
        button("One step further", () => this.ask({ see: "around", depth: this.asked.see === "around" ? this.asked.depth + 1 : 2 })),
        button("What depends on this", () => this.ask({ see: "needed" })),
        button("What this depends on", () => this.ask({ see: "needs" })),
        button("Path to …", () => { this.picking = true; this.say(); this.search.focus(); }));
      const places = [node.source, ...(node.evidence || [])];
      this.details.replaceChildren(
        el("p", { class: "archdoc-chosen" }, el("strong", {}, label(node)), el("br"),
          [G.said(node.kind), node.type !== node.kind ? node.type : "", G.said(node.category)].filter(Boolean).join(", ")),
        acts,
        heading("Written in"), el("ul", {}, ...places.slice(0, SHOWN).map((place) => el("li", {}, this.place(place)))),
        ...this.relations("Leads to", this.graph.out.get(node.id), "target"),
        ...this.relations("Reached from", this.graph.into.get(node.id), "source"),
        ...this.attributes(node));
    }

    place(source) {
      const words = source.path + ":" + source.line, address = G.addressOf(this.graph, source);
      return address ? el("a", { href: address, rel: "noopener" }, words) : el("code", {}, words);
    }

    relations(title, edges, end) {
      if (!edges.length) return [];
      const items = edges.slice(0, SHOWN).map((edge) => {
        const other = this.graph.nodes.get(edge[end]);
        const why = edge.provenance === "inferred" ? " (inferred: " + edge.rule + ")" : "";
        return el("li", {}, G.said(edge.kind) + " ", button(label(other), () => this.select(other.id), { class: "archdoc-as-link" }),
          why + " ", ...edge.evidence.slice(0, 1).map((place) => this.place(place)));
      });
      if (edges.length > SHOWN) items.push(el("li", {}, "and " + (edges.length - SHOWN) + " more"));
      return [heading(title + " (" + edges.length + ")"), el("ul", {}, ...items)];
    }

    attributes(node) {
      const rows = [];
      for (const [name, value] of Object.entries(node.attributes)) {
        if (name === "values" && value && typeof value === "object") {
          for (const [key, inner] of Object.entries(value)) rows.push([key, inner]);
        } else if (name !== "signals" && name !== "icon") rows.push([G.said(name), value]);
      }
      if (!rows.length) return [];
      const shown = rows.slice(0, SHOWN).map(([name, value]) => {
        const words = typeof value === "string" ? value : JSON.stringify(value);
        return [el("dt", {}, name), el("dd", {}, words.length > 400 ? words.slice(0, 400) + "…" : words)];
      });
      return [heading("Attributes"), el("dl", {}, ...shown.flat())];
    }

    /* -- files and full screen ------------------------------------------------------------------------------------- */

    save(form) {
      const paper = this.stage.paper(), name = "archdoc-explorer." + form;
      if (form === "png") return global.archdocPicture.save(global.archdocPicture.png(this.stage.cy, paper), name);
      const text = global.archdocPicture.svg(this.stage.cy, paper, this.status.firstChild.textContent);
      return global.archdocPicture.save(new Blob([text], { type: "image/svg+xml" }), name);
    }

    fullScreen() {
      if (document.fullscreenElement) document.exitFullscreen();
      else if (this.host.requestFullscreen) this.host.requestFullscreen();
    }
  }

  const ICONS = { "Zoom in": "M12 5v14M5 12h14", "Zoom out": "M5 12h14", "Show all": "M5 9V5h4M19 15v4h-4M5 5l6 6M19 19l-6-6",
    "Full screen": "M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5" };
  function iconButton([title, onclick]) {
    const made = button("", onclick, { title, "aria-label": title, class: "archdoc-icon" });
    const shape = "http://www.w3.org/2000/svg", svg = document.createElementNS(shape, "svg"), path = document.createElementNS(shape, "path");
    for (const [name, value] of [["viewBox", "0 0 24 24"], ["aria-hidden", "true"]]) svg.setAttribute(name, value);
    for (const [name, value] of [["d", ICONS[title]], ["fill", "none"], ["stroke", "currentColor"], ["stroke-width", "2"],
      ["stroke-linecap", "round"]]) path.setAttribute(name, value);
    svg.append(path);
    made.append(svg);
    return made;
  }
  function label(node) { return node.address || node.name || node.id; }
  function heading(words) { return el("p", { class: "archdoc-heading" }, words); }
  function field(words, control) {
    return el("div", { class: "archdoc-field" }, el("label", { for: control.id }, words), control);
  }
  function select(id, values, onchange, whole) {
    const options = whole ? [] : [el("option", { value: "" }, "any")];
    for (const value of values) {
      const [key, words] = Array.isArray(value) ? value : [value, value];
      options.push(el("option", { value: key }, words));
    }
    return el("select", { id, onchange, disabled: !whole && !values.length }, ...options);
  }

  global.archdocExplore = start;
})(window);
