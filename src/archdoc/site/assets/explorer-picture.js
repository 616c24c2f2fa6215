/* archdoc's explorer: the drawing as a file. PNG is the canvas's own; SVG is written here, from the places and colours
 * that Cytoscape has, with every letter of a label escaped.
 */
(function (global) {
  "use strict";

  const MARGIN = 24;
  const MOST_PIXELS = 8000;

  function escaped(text) {
    return String(text).replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ud800-\udfff]/gu, "")
      .replace(/[&<>"']/g, (c) => "&#" + c.charCodeAt(0) + ";");
  }
  const round = (number) => Math.round(number * 10) / 10;
  const fontSize = (node) => parseFloat(node.style("font-size")) || 12;

  function svg(cy, paper, title) {
    const box = cy.elements().boundingBox({ includeLabels: true });
    const width = Math.ceil(box.w + 2 * MARGIN), height = Math.ceil(box.h + 2 * MARGIN);
    const parts = [
      '<svg xmlns="http://www.w3.org/2000/svg" width="' + width + '" height="' + height + '" viewBox="' +
        round(box.x1 - MARGIN) + " " + round(box.y1 - MARGIN) + " " + width + " " + height + '" role="img" ' +
        'font-family="system-ui, -apple-system, \'Segoe UI\', Roboto, Helvetica, Arial, sans-serif">',
      "<title>" + escaped(title) + "</title>",
      '<rect x="' + round(box.x1 - MARGIN) + '" y="' + round(box.y1 - MARGIN) + '" width="' + width + '" height="' +
        height + '" fill="' + paper + '"/>'
    ];
    cy.edges().forEach((edge) => parts.push(...arrow(edge)));
    cy.nodes().forEach((node) => parts.push(...card(node)));
    parts.push("</svg>", "");
    return parts.join("\n");
  }

  function arrow(edge) {
    const from = edge.sourceEndpoint(), to = edge.targetEndpoint(), colour = escaped(edge.style("line-color"));
    if (!from || !to || !isFinite(from.x) || !isFinite(to.x)) return [];
    const bends = edge.controlPoints() || [];
    const at = (p) => round(p.x) + " " + round(p.y);
    const way = bends.length === 1 ? "Q" + at(bends[0]) + " " + at(to)
      : bends.length >= 2 ? "C" + at(bends[0]) + " " + at(bends[bends.length - 1]) + " " + at(to) : "L" + at(to);
    const last = bends.length ? bends[bends.length - 1] : from;
    const angle = Math.atan2(to.y - last.y, to.x - last.x);
    const tip = [0.42, -0.42].map((turn) => ({ x: to.x - 9 * Math.cos(angle + turn), y: to.y - 9 * Math.sin(angle + turn) }));
    const made = ['<path d="M' + at(from) + way + '" fill="none" stroke="' + colour + '" stroke-width="' +
      round(parseFloat(edge.style("width")) || 1) + '"/>',
      '<path d="M' + at(to) + "L" + at(tip[0]) + "L" + at(tip[1]) + 'Z" fill="' + colour + '"/>'];
    const label = edge.style("label");
    if (label) {
      const middle = edge.midpoint();
      made.push('<text x="' + round(middle.x) + '" y="' + round(middle.y) + '" font-size="9" text-anchor="middle" fill="' +
        escaped(edge.style("color")) + '">' + escaped(label) + "</text>");
    }
    return made;
  }

  function card(node) {
    const place = node.position(), width = node.width(), height = node.height(), size = fontSize(node);
    const fill = escaped(node.style("background-color")), border = escaped(node.style("border-color"));
    const made = ['<rect x="' + round(place.x - width / 2) + '" y="' + round(place.y - height / 2) + '" width="' +
      round(width) + '" height="' + round(height) + '" rx="6" fill="' + fill + '" stroke="' + border +
      '" stroke-width="1.4"/>'];
    const lines = String(node.style("label")).split("\n");
    const top = place.y - ((lines.length - 1) * size * 1.25) / 2 + size * 0.35;
    lines.forEach((line, i) => made.push('<text x="' + round(place.x) + '" y="' + round(top + i * size * 1.25) +
      '" font-size="' + size + '" text-anchor="middle" fill="' + escaped(node.style("color")) + '">' + escaped(line) + "</text>"));
    return made;
  }

  function png(cy, paper) {
    const box = cy.elements().boundingBox();
    const scale = Math.min(2, MOST_PIXELS / Math.max(box.w, box.h, 1));
    return cy.png({ output: "blob", full: true, scale: scale, bg: paper });
  }

  function save(blob, name) {
    const anchor = document.createElement("a");
    anchor.href = URL.createObjectURL(blob);
    anchor.download = name;
    document.body.append(anchor);
    anchor.click();
    anchor.remove();
    setTimeout(() => URL.revokeObjectURL(anchor.href), 10000);
  }

  global.archdocPicture = { svg, png, save };
})(window);
