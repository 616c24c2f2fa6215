/* archdoc's explorer, the part without a screen: what is in the graph, what a reader asks of it, and the address that
 * keeps the question. Nothing here touches the page, so it runs in any JavaScript.
 */
(function (global) {
  "use strict";

  /* Kinds that hold a configuration together. They are shown when they are asked for or searched for. */
  const PLUMBING = ["variable", "local", "output", "provider", "data_source", "handler", "task_file", "collection"];
  /* Things that nearly everything hangs on: a path through them says nothing, so they are a last resort. */
  const HUBS = ["root", "provider", "inventory", "collection"];

  /* Who depends on whom: "source" means that the arrow's source needs its target. A kind that is not here says
   * nothing about need: that a firewall lets something through, or that a network holds a server. */
  const NEEDS = {
    references: "source", depends_on: "source", calls: "source", applies: "source", includes: "source",
    notifies: "source", targets: "source", runs_on: "source", attached_to: "source", routes_to: "source",
    connects_to: "source", scrapes: "source", ships_logs_to: "source", alerts: "source", visualizes: "source",
    backs_up: "source", stores_in: "source", restores: "source", verifies: "source", needs: "source",
    deploys_to: "source", runs: "source", same_as: "source", deploys: "target", triggers: "target", member_of: "target"
  };
  const WHOLES = ["playbook", "workflow", "role"]; /* what is made of its parts, and fails with them */

  function index(documentOfGraph) {
    const nodes = new Map(), out = new Map(), into = new Map();
    for (const node of documentOfGraph.nodes) {
      nodes.set(node.id, node);
      out.set(node.id, []);
      into.set(node.id, []);
    }
    const edges = documentOfGraph.edges.filter((e) => nodes.has(e.source) && nodes.has(e.target));
    for (const edge of edges) {
      out.get(edge.source).push(edge);
      into.get(edge.target).push(edge);
    }
    const graph = { nodes, edges, out, into, sourceLink: String((documentOfGraph.graph || {}).source_link || "") };
    graph.kinds = counted(documentOfGraph.nodes.map((n) => n.kind));
    graph.providers = counted(documentOfGraph.nodes.map(provider).filter(Boolean));
    graph.environments = environments(graph);
    graph.hosts = hosts(graph);
    return graph;
  }

  function counted(values) {
    const found = new Map();
    for (const value of values) found.set(value, (found.get(value) || 0) + 1);
    return new Map([...found].sort((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0)));
  }

  function provider(node) {
    const titled = node.attributes.provider_title;
    return typeof titled === "string" ? titled : node.kind === "provider" ? String(node.attributes.title || node.name) : "";
  }

  /* The part of an id that says which root module (and environment) or Ansible project a node belongs to. */
  function scope(node) {
    const parts = node.id.split(":");
    return parts[0] === "tf" || parts[0] === "ansible" ? parts[1] || "." : "";
  }

  /* Environment, else root module, to the ids in it: Terraform's own nodes, the hosts that its servers are, and what
   * runs on those. */
  function environments(graph) {
    const found = new Map();
    const add = (name, id) => { if (!found.has(name)) found.set(name, new Set()); found.get(name).add(id); };
    for (const node of graph.nodes.values()) {
      if (node.root === undefined) continue;
      const name = typeof node.attributes.environment === "string" ? node.attributes.environment : node.root;
      add(name, node.id);
      for (const edge of graph.into.get(node.id)) {
        if (edge.kind !== "same_as") continue;
        add(name, edge.source);
        for (const inner of graph.into.get(edge.source)) if (inner.kind === "runs_on") add(name, inner.source);
      }
    }
    return new Map([...found].sort((a, b) => (a[0] < b[0] ? -1 : 1)));
  }

  /* Host to the ids that belong to it: the server that it is, what is attached to that, what runs there, and where
   * that keeps its data. */
  function hosts(graph) {
    const found = new Map();
    for (const node of graph.nodes.values()) {
      if (node.kind !== "host") continue;
      const own = new Set([node.id]);
      for (const edge of graph.out.get(node.id)) {
        if (edge.kind !== "same_as") continue;
        own.add(edge.target);
        for (const inner of graph.into.get(edge.target)) if (inner.kind === "attached_to") own.add(inner.source);
        for (const inner of graph.out.get(edge.target)) if (inner.kind === "attached_to") own.add(inner.target);
      }
      for (const edge of graph.into.get(node.id)) {
        if (edge.kind !== "runs_on") continue;
        own.add(edge.source);
        for (const inner of graph.out.get(edge.source)) if (inner.kind === "stores_in") own.add(inner.target);
      }
      found.set(node.id, own);
    }
    return found;
  }

  /* -- the question -------------------------------------------------------------------------------------------- */

  /* q: words; kinds: null (what is not plumbing) or names; provider, environment, host: "" or one; node: the chosen
   * one; see: "" | around | needed | needs | path; depth: steps of "around"; to: the other end of a path; together:
   * "auto" | "none" | "type" | "purpose" | "kind"; open: keys of groups that are shown piece by piece. */
  function question() {
    return { q: "", kinds: null, provider: "", environment: "", host: "", node: "", see: "", depth: 1, to: "",
      together: "auto", open: [] };
  }

  function toAddress(asked) {
    const kept = new URLSearchParams(), empty = question();
    for (const name of Object.keys(empty)) {
      const value = asked[name];
      if (value === null || String(value) === String(empty[name])) continue;
      if (Array.isArray(value)) for (const each of value) kept.append(name, each);
      else kept.set(name, String(value));
      if (name === "kinds" && value.length === 0) kept.append(name, "-");
    }
    return kept.toString();
  }

  function fromAddress(address) {
    const given = new URLSearchParams(address.replace(/^#/, "")), asked = question();
    for (const name of ["q", "provider", "environment", "host", "node", "to"]) asked[name] = given.get(name) || "";
    asked.kinds = given.has("kinds") ? given.getAll("kinds").filter((k) => k !== "-") : null;
    asked.open = given.getAll("open");
    if (["around", "needed", "needs", "path"].includes(given.get("see"))) asked.see = given.get("see");
    if (["none", "type", "purpose", "kind"].includes(given.get("together"))) asked.together = given.get("together");
    asked.depth = Math.min(9, Math.max(1, parseInt(given.get("depth"), 10) || 1));
    return asked;
  }

  /* The ids that a question is about, in the order of the graph. A focus (neighbours, needs, a path) is whole: the
   * filters do not take anything out of it. */
  function answer(graph, asked) {
    const focus = focused(graph, asked);
    if (focus) return focus;
    const words = wordsOf(asked);
    const kinds = asked.kinds || (words.length ? null : [...graph.kinds.keys()].filter((k) => !PLUMBING.includes(k)));
    const wanted = kinds && new Set(kinds);
    const environment = asked.environment ? graph.environments.get(asked.environment) || new Set() : null;
    const host = asked.host ? graph.hosts.get(asked.host) || new Set() : null;
    const found = [];
    for (const node of graph.nodes.values()) {
      if (wanted && !wanted.has(node.kind)) continue;
      if (asked.provider && provider(node) !== asked.provider) continue;
      if (environment && !environment.has(node.id)) continue;
      if (host && !host.has(node.id)) continue;
      if (words.length && !words.every((word) => hay(node).includes(word))) continue;
      found.push(node.id);
    }
    return found;
  }

  function wordsOf(asked) { return asked.q.toLowerCase().split(/\s+/).filter(Boolean); }

  /* The ids that the search calls by their whole name. */
  function called(graph, asked, ids) {
    const words = wordsOf(asked);
    const found = words.length ? ids.filter((id) => words.includes(graph.nodes.get(id).name.toLowerCase())) : [];
    return found.length <= CALLED ? found : [];
  }

  const haystacks = new WeakMap();
  function hay(node) {
    if (!haystacks.has(node)) {
      const said = [node.id, node.name, node.address, node.type, node.kind, node.category, node.source.path,
        JSON.stringify(node.attributes).slice(0, 4000)];
      haystacks.set(node, said.join("\n").toLowerCase());
    }
    return haystacks.get(node);
  }

  function focused(graph, asked) {
    if (!asked.see || !graph.nodes.has(asked.node)) return null;
    if (asked.see === "path") return graph.nodes.has(asked.to) ? path(graph, asked.node, asked.to) : null;
    if (asked.see === "around") return walk(graph, asked.node, neighbours, asked.depth);
    return walk(graph, asked.node, asked.see === "needed" ? dependants : dependencies, Infinity);
  }

  function walk(graph, start, next, depth) {
    const seen = new Set([start]);
    let front = [start];
    for (let step = 0; step < depth && front.length; step++) {
      const reached = [];
      for (const id of front) {
        for (const other of next(graph, id)) if (!seen.has(other)) { seen.add(other); reached.push(other); }
      }
      front = reached;
    }
    return [...seen];
  }

  function neighbours(graph, id) {
    return [...graph.out.get(id).map((e) => e.target), ...graph.into.get(id).map((e) => e.source)];
  }
  function need(graph, edge) {
    if (edge.kind === "contains") return WHOLES.includes(graph.nodes.get(edge.source).kind) ? "source" : "";
    return NEEDS[edge.kind] || "";
  }
  function dependants(graph, id) {
    return [...graph.into.get(id).filter((e) => need(graph, e) === "source").map((e) => e.source),
      ...graph.out.get(id).filter((e) => need(graph, e) === "target").map((e) => e.target)];
  }
  function dependencies(graph, id) {
    return [...graph.out.get(id).filter((e) => need(graph, e) === "source").map((e) => e.target),
      ...graph.into.get(id).filter((e) => need(graph, e) === "target").map((e) => e.source)];
  }

  /* A shortest way between two nodes, whichever way the arrows point; through a hub only where there is no other. */
  function path(graph, from, to) {
    for (const avoid of [HUBS, []]) {
      const before = new Map([[from, ""]]);
      let front = [from];
      while (front.length && !before.has(to)) {
        const reached = [];
        for (const id of front) {
          for (const other of neighbours(graph, id)) {
            if (before.has(other) || (other !== to && avoid.includes(graph.nodes.get(other).kind))) continue;
            before.set(other, id);
            reached.push(other);
          }
        }
        front = reached;
      }
      if (before.has(to)) {
        const found = [];
        for (let id = to; id; id = before.get(id)) found.unshift(id);
        return found;
      }
    }
    return from === to ? [from] : [from, to];
  }

  /* -- what is drawn ---------------------------------------------------------------------------------------------- */

  const READABLE = 60; /* boxes; with more, things of one sort are drawn as one */
  const CALLED = 12; /* with more of one name, a name does not say which one is meant */
  const LEVELS = {
    none: (node) => node.id,
    type: (node) => [scope(node), node.kind, node.type].join("|"),
    purpose: (node) => [scope(node), node.kind === "resource" ? node.category : node.kind].join("|"),
    kind: (node) => node.kind
  };

  /* Boxes ({id, label, sub, category, members, group}) and arrows ({id, source, target, kinds, edges}) for some ids.
   * What is chosen or called by its name comes first, and is never drawn together with others. */
  function drawing(graph, asked, ids) {
    const level = chosenLevel(graph, asked, ids);
    const meant = called(graph, asked, ids), alone = new Set([asked.node, asked.to, ...meant]);
    const members = new Map(meant.map((id) => [id, []]));
    for (const id of ids) {
      const node = graph.nodes.get(id), key = alone.has(id) ? id : LEVELS[level](node);
      if (!members.has(key)) members.set(key, []);
      members.get(key).push(node);
    }
    const boxes = [], boxOf = new Map();
    for (const [key, nodes] of members) {
      if (level === "none" || nodes.length === 1 || asked.open.includes(key)) for (const node of nodes) { boxes.push(single(node)); boxOf.set(node.id, node.id); }
      else { boxes.push(several(key, nodes, level)); for (const node of nodes) boxOf.set(node.id, key); }
    }
    return { boxes, arrows: arrows(graph, ids, boxOf), level, boxOf };
  }

  function chosenLevel(graph, asked, ids) {
    if (asked.together !== "auto") return asked.together;
    for (const level of ["none", "type", "purpose"]) {
      const keys = new Set(ids.map((id) => LEVELS[level](graph.nodes.get(id))));
      if (keys.size <= READABLE) return level;
    }
    return "kind";
  }

  function single(node) {
    return { id: node.id, label: node.address || node.name, sub: said(node.type || node.kind), category: node.category,
      members: [node.id], group: false };
  }
  function several(key, nodes, level) {
    const first = nodes[0], where = scope(first);
    const label = said({ type: first.type || first.kind, purpose: key.split("|").pop(), kind: first.kind }[level]);
    const categories = counted(nodes.map((n) => n.category));
    const common = [...categories].sort((a, b) => b[1] - a[1])[0][0];
    return { id: key, label: label + " × " + nodes.length, sub: level === "kind" ? "" : where, category: common,
      members: nodes.map((n) => n.id), group: true };
  }
  function said(word) { return String(word).replace(/_/g, " "); }

  function arrows(graph, ids, boxOf) {
    const made = new Map();
    for (const id of ids) {
      for (const edge of graph.out.get(id)) {
        const source = boxOf.get(id), target = boxOf.get(edge.target);
        if (target === undefined || (source === target && id !== edge.target)) continue;
        const key = source + "\n" + target;
        if (!made.has(key)) made.set(key, { id: "arrow " + made.size, source, target, kinds: new Set(), edges: [] });
        made.get(key).kinds.add(edge.kind);
        made.get(key).edges.push(edge);
      }
    }
    return [...made.values()];
  }

  /* -- places in the code ----------------------------------------------------------------------------------------- */

  function addressOf(graph, source) {
    if (!/^https?:\/\//.test(graph.sourceLink) || !source) return "";
    const path = encodeURIComponent(source.path).replace(/%2F/g, "/").replace(/[!'()*]/g,
      (c) => "%" + c.charCodeAt(0).toString(16).toUpperCase());
    return graph.sourceLink.split("{path}").join(path).split("{line}").join(String(source.line))
      .split("{end_line}").join(String(source.end_line || source.line));
  }

  global.archdocGraph = { index, question, toAddress, fromAddress, answer, drawing, addressOf, provider, said, hay, need };
})(typeof window === "undefined" ? globalThis : window);
