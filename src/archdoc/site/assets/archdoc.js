/* archdoc: draws the Mermaid diagrams of a page, in the page's theme, and lets them be zoomed and moved.
 *
 * Works with Material for MkDocs and Zensical (instant navigation and palette included) and without either.
 * Mermaid lies next to this file and is loaded by the first page that has a diagram; nothing comes from elsewhere.
 */
(function () {
  "use strict";

  var own = document.currentScript && document.currentScript.src;
  var loading = null;
  var count = 0;
  var queue = Promise.resolve();

  function library() {
    if (window.mermaid && window.mermaid.render) return Promise.resolve(window.mermaid);
    if (!loading) {
      loading = load("mermaid.min.js").then(function () { return window.mermaid; });
    }
    return loading;
  }

  function isDark() {
    var scheme = document.body.getAttribute("data-md-color-scheme");
    if (scheme === "slate" || scheme === "default") return scheme === "slate";
    /* Another theme: what it stands on says it. A theme that knows no dark page stays light on a dark desktop. */
    for (var element = document.querySelector(".mermaid") || document.body; element; element = element.parentElement) {
      var parts = (getComputedStyle(element).backgroundColor.match(/[\d.]+/g) || []).map(Number);
      if (parts.length === 3 || parts[3] > 0.5) return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2] < 110;
    }
    return getComputedStyle(document.documentElement).colorScheme === "dark";
  }

  function settings(dark) {
    var text = dark ? "#e6edf3" : "#1b1f24";
    var line = dark ? "#9aa4af" : "#57606a";
    var paper = dark ? "#161b22" : "#ffffff";
    return {
      startOnLoad: false,
      securityLevel: "strict",
      theme: "base",
      look: "classic",
      fontFamily: "system-ui, -apple-system, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif",
      flowchart: { htmlLabels: true, useMaxWidth: false, wrappingWidth: 360 },
      themeVariables: {
        darkMode: dark, background: paper, primaryColor: dark ? "#21262d" : "#f6f8fa", primaryTextColor: text,
        primaryBorderColor: line, lineColor: line, textColor: text, titleColor: text, nodeTextColor: text,
        edgeLabelBackground: paper, clusterBkg: dark ? "#1c232c" : "#f6f8fa", clusterBorder: line
      }
    };
  }

  /* A link to a page of the site is written as to its Markdown file, as a code host wants it. */
  function siteAddress(address) {
    var match = /^(?![a-z]+:|\/|#)([^?#]*)\.md(#.*)?$/i.exec(address);
    if (!match) return address;
    var directories = /\/$/.test(location.pathname);
    var base = new URL(directories ? "../" : "./", location.href);
    var name = match[1].replace(/(^|\/)(index|README)$/, "$1");
    var ending = name === "" || /\/$/.test(name) ? "" : directories ? "/" : ".html";
    return new URL(name + ending + (match[2] || ""), base).href;
  }

  function mendLinks(svg) {
    svg.querySelectorAll("a").forEach(function (anchor) {
      var address = anchor.getAttribute("href") || anchor.getAttribute("xlink:href") || "";
      anchor.removeAttribute("xlink:href");
      if (!/^(https?:|[^:]*$)/i.test(address)) { anchor.removeAttribute("href"); return; }
      anchor.setAttribute("href", siteAddress(address));
      anchor.removeAttribute("target");
    });
  }

  function draw(block) {
    var source = block.dataset.archdocSource || block.textContent;
    block.dataset.archdocSource = source;
    return library().then(function (mermaid) {
      mermaid.initialize(settings(isDark()));
      block.dataset.archdocState = "drawing";
      /* Measured where it will stand: the fonts of the page decide how wide a label is. */
      return mermaid.render("archdoc-mermaid-" + count++, source, block);
    }).then(function (made) {
      block.innerHTML = made.svg;
      var svg = block.querySelector("svg[id^=archdoc-mermaid]");
      mendLinks(svg);
      if (made.bindFunctions) made.bindFunctions(block);
      frame(block, svg);
      block.dataset.archdocState = "drawn";
    }).catch(function (error) {
      block.textContent = source;
      block.tabIndex = 0; /* it scrolls */
      block.dataset.archdocState = "failed";
      console.error("archdoc: a diagram cannot be drawn: " + (error && error.message || error));
    });
  }

  /* Another theme is other colours and nothing else: what is drawn stays as the reader moved it, and takes the style
   * that Mermaid gives a box of the same classes. What may say its colours in another way is drawn anew. */
  function repaint(block) {
    var source = block.dataset.archdocSource || "";
    var svg = block.querySelector("svg[id^=archdoc-mermaid]");
    var style = svg && svg.querySelector("style");
    var classes = source.match(/^\s*classDef .*$/gm) || [];
    if (!style || !/^flowchart/.test(svg.getAttribute("aria-roledescription")) || /^\s*---|%%\{/.test(source) ||
        classes.length !== (source.match(/classDef/g) || []).length) return draw(block);
    var id = "archdoc-mermaid-" + count++;
    var room = document.createElement("div");
    room.style.cssText = "position: absolute; visibility: hidden";
    document.body.append(room);
    return library().then(function (mermaid) {
      mermaid.initialize(settings(isDark()));
      return mermaid.render(id, "flowchart TB\n  x\n" + classes.join("\n"), room);
    }).then(function (made) {
      room.innerHTML = made.svg;
      style.textContent = room.querySelector("style").textContent.split(id).join(svg.id);
      block.dataset.archdocState = "drawn";
    }).catch(function () { return draw(block); }).finally(function () { room.remove(); });
  }

  /* -- zoom and pan ------------------------------------------------------------------------------------------ */

  function frame(block, svg) {
    var box = svg.viewBox && svg.viewBox.baseVal;
    var width = (box && box.width) || svg.getBoundingClientRect().width;
    var height = (box && box.height) || svg.getBoundingClientRect().height;
    svg.style.maxWidth = "none";
    svg.setAttribute("width", width);
    svg.setAttribute("height", height);
    var stage = document.createElement("div");
    stage.className = "archdoc-stage";
    stage.tabIndex = 0;
    stage.setAttribute("role", "group");
    var title = svg.querySelector("title");
    stage.setAttribute("aria-label", ((title && title.textContent) || "Diagram") +
      "; zoom with plus and minus, move with the arrow keys, 0 shows all");
    stage.append(svg);
    var view = { scale: 1, x: 0, y: 0 };

    function show() {
      svg.style.transform = "translate(" + view.x + "px," + view.y + "px) scale(" + view.scale + ")";
    }
    function fit(least) {
      var full = document.fullscreenElement === block;
      var room = stage.clientWidth || width;
      var high = full ? block.clientHeight : Math.max(420, window.innerHeight * 0.8);
      view.scale = full ? Math.min(room / width, high / height) : Math.max(least, Math.min(1, room / width));
      view.x = Math.max(0, (room - width * view.scale) / 2);
      view.y = 0;
      stage.style.height = Math.ceil(full ? high : Math.min(height * view.scale, high)) + "px";
      show();
    }
    function whole() {
      var high = Math.max(420, window.innerHeight * 0.8);
      fit(0);
      if (document.fullscreenElement === block || height * view.scale <= high) return;
      zoom(high / (height * view.scale), 0, 0);
      view.x = Math.max(0, ((stage.clientWidth || width) - width * view.scale) / 2);
      show();
    }
    function zoom(factor, x, y) {
      var next = Math.min(8, Math.max(0.05, view.scale * factor));
      if (x === undefined) { x = stage.clientWidth / 2; y = stage.clientHeight / 2; }
      view.x = x - (x - view.x) * next / view.scale;
      view.y = y - (y - view.y) * next / view.scale;
      view.scale = next;
      show();
    }
    function move(x, y) { view.x += x; view.y += y; show(); }

    stage.addEventListener("wheel", function (event) {
      if (!event.ctrlKey && !event.metaKey) return; /* the page scrolls, unless asked otherwise */
      event.preventDefault();
      var area = stage.getBoundingClientRect();
      zoom(Math.exp(-event.deltaY / 300), event.clientX - area.left, event.clientY - area.top);
    }, { passive: false });
    var held = null;
    stage.addEventListener("pointerdown", function (event) {
      if (event.button === 0) held = { x: event.clientX, y: event.clientY, far: false, id: event.pointerId };
    });
    stage.addEventListener("pointermove", function (event) {
      if (!held || held.id !== event.pointerId) return;
      var x = event.clientX - held.x, y = event.clientY - held.y;
      if (!held.far && Math.abs(x) + Math.abs(y) < 5) return;
      if (!held.far) stage.setPointerCapture(event.pointerId);
      held = { x: event.clientX, y: event.clientY, far: true, id: held.id };
      move(x, y);
    });
    ["pointerup", "pointercancel"].forEach(function (name) {
      stage.addEventListener(name, function () { setTimeout(function () { held = null; }, 0); });
    });
    stage.addEventListener("click", function (event) {
      if (held && held.far) { event.preventDefault(); event.stopPropagation(); }
    }, true);
    stage.addEventListener("keydown", function (event) {
      var step = 60;
      var keys = {
        "+": function () { zoom(1.25); }, "=": function () { zoom(1.25); }, "-": function () { zoom(0.8); }, "0": whole,
        ArrowLeft: function () { move(step, 0); }, ArrowRight: function () { move(-step, 0); },
        ArrowUp: function () { move(0, step); }, ArrowDown: function () { move(0, -step); }
      };
      if (event.ctrlKey || event.metaKey || event.altKey || !keys[event.key]) return;
      event.preventDefault();
      event.stopPropagation();
      keys[event.key]();
    });

    var bar = document.createElement("div");
    bar.className = "archdoc-bar";
    [["M12 5v14M5 12h14", "Zoom in", function () { zoom(1.25); }], ["M5 12h14", "Zoom out", function () { zoom(0.8); }],
      ["M5 9V5h4M19 15v4h-4M5 5l6 6M19 19l-6-6", "Show all", whole],
      ["M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5", "Full screen", function () {
        if (document.fullscreenElement) document.exitFullscreen(); else if (block.requestFullscreen) block.requestFullscreen();
      }]].forEach(function (each) {
      var button = document.createElement("button");
      button.type = "button";
      button.innerHTML = '<svg viewBox="0 0 24 24" aria-hidden="true"><path fill="none" stroke="currentColor" ' +
        'stroke-width="2" stroke-linecap="round" d="' + each[0] + '"/></svg>';
      button.title = each[1];
      button.setAttribute("aria-label", each[1]);
      button.addEventListener("click", each[2]);
      bar.append(button);
    });
    block.replaceChildren(stage, bar);
    block.onfullscreenchange = whole;
    fit(0.5); /* what is too wide to be read at once starts at its left end */
  }

  /* -- when ---------------------------------------------------------------------------------------------------- */

  /* Other programs look for the same blocks: Material's own script takes <pre class="mermaid"> and fetches a Mermaid,
   * Mermaid starts by itself where mermaid2 is not told otherwise. Both pass over what is claimed. */
  function claim() {
    document.querySelectorAll("pre.mermaid").forEach(function (block) {
      var own = document.createElement("div");
      own.className = block.className;
      own.textContent = block.textContent;
      block.replaceWith(own);
    });
    document.querySelectorAll("div.mermaid").forEach(function (block) { block.setAttribute("data-processed", "true"); });
  }

  function drawAll() {
    claim();
    document.querySelectorAll("div.mermaid").forEach(function (block) {
      if (!block.dataset.archdocState) enqueue(block, "waiting", draw);
    });
  }

  function repaintAll() {
    document.querySelectorAll("div.mermaid[data-archdoc-state]").forEach(function (block) {
      enqueue(block, block.dataset.archdocState === "drawn" ? "repainting" : "waiting", repaint);
    });
  }

  function enqueue(block, state, work) {
    block.dataset.archdocState = state;
    queue = queue.then(function () { return block.isConnected ? work(block) : undefined; });
  }

  function watchTheme() {
    var last = isDark();
    function look() {
      if (isDark() !== last) { last = isDark(); repaintAll(); }
    }
    new MutationObserver(look).observe(document.body, { attributes: true, attributeFilter: ["data-md-color-scheme"] });
    window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", look);
  }

  /* -- the explorer ---------------------------------------------------------------------------------------------- */

  var EXPLORER = ["cytoscape.min.js", "dagre.min.js", "explorer-graph.js", "explorer-layout.js", "explorer-picture.js",
    "explorer-stage.js", "explorer.js"];
  var exploring = null;

  function load(name) {
    return new Promise(function (done, failed) {
      var script = document.createElement("script");
      script.src = new URL(name, own).href;
      script.onload = done;
      script.onerror = function () { failed(new Error("cannot load " + script.src)); };
      document.head.append(script);
    });
  }

  function explore() {
    var place = document.getElementById("archdoc-explorer");
    if (!place || place.dataset.archdocState) return;
    place.dataset.archdocState = "loading";
    /* Next to the place and not in the head: instant navigation takes out of the head what it did not put there. */
    var style = document.createElement("link");
    style.rel = "stylesheet";
    style.href = new URL("explorer.css", own).href;
    var styled = new Promise(function (done) { style.onload = style.onerror = done; });
    place.before(style);
    if (!exploring) {
      exploring = EXPLORER.reduce(function (before, name) {
        return before.then(function () { return load(name); });
      }, Promise.resolve());
    }
    Promise.all([exploring, styled]).then(function () { if (place.isConnected) window.archdocExplore(place); }).catch(function (error) {
      console.error("archdoc: " + (error && error.message || error));
    });
  }

  /* What the theme leaves out: a name for its search, and a way for the keyboard into tables that scroll. */
  function reachable() {
    document.querySelectorAll(".md-search[role=dialog]:not([aria-label])").forEach(function (search) {
      search.setAttribute("aria-label", "Search");
    });
    document.querySelectorAll(".md-typeset__scrollwrap, .md-search__scrollwrap").forEach(function (wrap) {
      if (wrap.scrollWidth > wrap.clientWidth && !wrap.hasAttribute("tabindex")) wrap.tabIndex = 0;
    });
  }

  function look() { drawAll(); explore(); reachable(); setTimeout(reachable, 300); }

  function start() {
    watchTheme();
    if (window.document$ && window.document$.subscribe) window.document$.subscribe(look);
    else look();
  }
  claim();
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
