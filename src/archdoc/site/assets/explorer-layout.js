/* archdoc's explorer: where boxes stand. Layers, by dagre where the drawing is small enough for it
 * to finish while one waits, else by a plain layering of our own that takes time in proportion to the drawing.
 */
(function (global) {
  "use strict";

  const FOR_DAGRE = { boxes: 160, arrows: 420 };
  const GAP = { across: 26, layer: 70 };

  /* Boxes with width and height, arrows with source and target, and how many times wider than high the room is; gives a
   * Map from id to {x, y} (centres). */
  function layout(boxes, arrows, shape) {
    const joined = new Set();
    for (const a of arrows) if (a.source !== a.target) { joined.add(a.source); joined.add(a.target); }
    const busy = boxes.filter((b) => joined.has(b.id)), idle = boxes.filter((b) => !joined.has(b.id));
    const small = busy.length <= FOR_DAGRE.boxes && arrows.length <= FOR_DAGRE.arrows;
    const places = busy.length ? (small ? better(busy, arrows, shape) : byLayers(busy, arrows)) : new Map();
    below(places, busy, idle);
    return places;
  }

  /* Layers from left to right or from top to bottom, whichever is seen larger. */
  function better(boxes, arrows, shape) {
    let best = null, least = Infinity;
    for (const direction of ["LR", "TB"]) {
      const places = byDagre(boxes, arrows, direction);
      const span = (side, size) => {
        const ends = boxes.flatMap((b) => [places.get(b.id)[side] - b[size] / 2, places.get(b.id)[side] + b[size] / 2]);
        return Math.max(...ends) - Math.min(...ends);
      };
      const need = Math.max(span("x", "width"), span("y", "height") * (shape || 1));
      if (need < least * 0.9) { best = places; least = need; }
    }
    return best;
  }

  function byDagre(boxes, arrows, direction) {
    const graph = new global.dagre.graphlib.Graph();
    graph.setGraph({ rankdir: direction, nodesep: GAP.across, ranksep: GAP.layer, ranker: "network-simplex" });
    graph.setDefaultEdgeLabel(() => ({}));
    /* Ids of the repository are no names of properties: dagre gets numbers. */
    const numbers = new Map(boxes.map((box, number) => [box.id, "n" + number]));
    boxes.forEach((box) => graph.setNode(numbers.get(box.id), { width: box.width, height: box.height }));
    arrows.forEach((a) => { if (a.source !== a.target) graph.setEdge(numbers.get(a.source), numbers.get(a.target)); });
    global.dagre.layout(graph);
    return new Map(boxes.map((box) => {
      const place = graph.node(numbers.get(box.id));
      return [box.id, { x: place.x, y: place.y }];
    }));
  }

  /* Longest-path layers of the graph without the arrows that close a circle; a few sweeps that put each box near its
   * neighbours; a layer that is too high goes on in a column next to it. */
  function byLayers(boxes, arrows) {
    const out = new Map(boxes.map((b) => [b.id, []])), into = new Map(boxes.map((b) => [b.id, []]));
    for (const [source, target] of withoutCircles(boxes, arrows)) { out.get(source).push(target); into.get(target).push(source); }
    const layers = layered(boxes, out, into);
    for (let sweep = 0; sweep < 6; sweep++) order(layers, sweep % 2 ? out : into, sweep % 2 === 1);
    const sizes = new Map(boxes.map((b) => [b.id, b]));
    const most = Math.max(12, Math.ceil(Math.sqrt(boxes.length) * 1.3));
    const places = new Map();
    let x = 0;
    for (const layer of layers) {
      for (let start = 0; start < layer.length; start += most) {
        const column = layer.slice(start, start + most);
        const width = Math.max(...column.map((id) => sizes.get(id).width));
        const height = column.reduce((sum, id) => sum + sizes.get(id).height + GAP.across, -GAP.across);
        let y = -height / 2;
        for (const id of column) {
          places.set(id, { x: x + width / 2, y: y + sizes.get(id).height / 2 });
          y += sizes.get(id).height + GAP.across;
        }
        x += width + (start + most < layer.length ? GAP.across * 2 : GAP.layer * 1.6);
      }
    }
    return places;
  }

  function withoutCircles(boxes, arrows) {
    const next = new Map(boxes.map((b) => [b.id, []]));
    for (const a of arrows) if (a.source !== a.target) next.get(a.source).push(a.target);
    const state = new Map(), kept = [];
    for (const box of boxes) {
      if (state.has(box.id)) continue;
      const stack = [[box.id, 0]];
      state.set(box.id, 1);
      while (stack.length) {
        const top = stack[stack.length - 1], targets = next.get(top[0]);
        if (top[1] === targets.length) { state.set(top[0], 2); stack.pop(); continue; }
        const target = targets[top[1]++];
        if (state.get(target) === 1) { kept.push([target, top[0]]); continue; } /* turned round, for the layers only */
        kept.push([top[0], target]);
        if (!state.has(target)) { state.set(target, 1); stack.push([target, 0]); }
      }
    }
    return kept;
  }

  function layered(boxes, out, into) {
    const waits = new Map(boxes.map((b) => [b.id, into.get(b.id).length])), rank = new Map();
    let front = boxes.filter((b) => !waits.get(b.id)).map((b) => b.id);
    front.forEach((id) => rank.set(id, 0));
    while (front.length) {
      const reached = [];
      for (const id of front) {
        for (const target of out.get(id)) {
          rank.set(target, Math.max(rank.get(target) || 0, rank.get(id) + 1));
          waits.set(target, waits.get(target) - 1);
          if (!waits.get(target)) reached.push(target);
        }
      }
      front = reached;
    }
    const layers = [];
    for (const box of boxes) {
      const at = rank.get(box.id) || 0;
      while (layers.length <= at) layers.push([]);
      layers[at].push(box.id);
    }
    return layers.filter((layer) => layer.length);
  }

  function order(layers, near, backwards) {
    const at = new Map();
    const place = (layer) => layer.forEach((id, i) => at.set(id, (i + 0.5) / layer.length));
    layers.forEach(place);
    for (const layer of backwards ? [...layers].reverse() : layers) {
      const weight = new Map(layer.map((id) => {
        const ids = near.get(id);
        return [id, ids.length ? ids.reduce((sum, other) => sum + at.get(other), 0) / ids.length : at.get(id)];
      }));
      layer.sort((a, b) => weight.get(a) - weight.get(b));
      place(layer);
    }
  }

  /* Boxes without arrows stand in rows below the rest. */
  function below(places, busy, idle) {
    if (!idle.length) return;
    let left = 0, right = 0, bottom = 0;
    for (const box of busy) {
      const p = places.get(box.id);
      left = Math.min(left, p.x - box.width / 2);
      right = Math.max(right, p.x + box.width / 2);
      bottom = Math.max(bottom, p.y + box.height / 2);
    }
    const area = idle.reduce((sum, b) => sum + (b.width + GAP.across) * (b.height + GAP.across), 0);
    const room = Math.max(right - left, Math.sqrt(area * 1.8), 600);
    let x = left, y = busy.length ? bottom + GAP.layer : 0, high = 0;
    for (const box of idle) {
      if (x > left && x + box.width > left + room) { x = left; y += high + GAP.across; high = 0; }
      places.set(box.id, { x: x + box.width / 2, y: y + box.height / 2 });
      x += box.width + GAP.across;
      high = Math.max(high, box.height);
    }
  }

  global.archdocLayout = { layout };
})(window);
