// An answer as a graph of things. Who cannot see it has the same in the table below it.
import Graph from "graphology";
import forceAtlas2 from "graphology-layout-forceatlas2";
import Sigma from "sigma";
import { element } from "../shared/element.js";
import { cellOf, nameOf } from "./table.js";

const MOST_NODES = 400;
const ROUNDS = 300;
const LONGEST = 40;
const MOST_EDGE_LABELS = 60;
const EDGE = 4;

// Of a graph each triple whose value is a thing; of a table each two things that stand side by side.
function edgesOf(found) {
  const isThing = (number) => number !== null && found.terms[number].kind !== "literal" && found.terms[number].kind !== "number";
  if (found.turtle) {
    return found.rows.filter(([, , value]) => isThing(value)).map(([one, property, other]) => [one, other, nameOf(found.terms[property])]);
  }
  const columns = found.columns
    .map((_, column) => column)
    .filter((column) => found.rows.some((row) => row[column] !== null) && found.rows.every((row) => row[column] === null || isThing(row[column])));
  const edges = new Map();
  for (const row of found.rows) {
    for (const [at, column] of columns.slice(1).entries()) {
      const [one, other] = [row[columns[at]], row[column]];
      if (one === null || other === null) continue;
      edges.set(`${one} ${other}`, [one, other, ""]);
    }
  }
  return [...edges.values()];
}

// Draws the graph; returns what ends the drawing.
export function graphView(found, at) {
  const { graph, edges, left } = graphOf(found);
  const picture = element("div", { class: "graph", "aria-hidden": "true" });
  const list = element("tbody", {}, ...edges.map((edge) => rowOf(found, edge)));
  const names = found.turtle ? [gettext("From"), gettext("Link"), gettext("To")] : [gettext("From"), gettext("To")];
  const heads = names.map((name) => element("th", { scope: "col" }, name));
  const table = element("table", { class: "list rows" }, element("thead", {}, element("tr", {}, ...heads)), list);
  const scroll = element("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": gettext("The links of the graph") }, table);
  const same = element("details", { class: "same" }, element("summary", {}, ngettext("The same as a table: %(num)s link", "The same as a table: %(num)s links", edges.length)), scroll);
  at.append(picture);
  if (left) at.append(element("p", { class: "fine" }, cutShort(left)));
  at.append(same);
  try {
    return draw(graph, picture);
  } catch {
    // Without WebGL there is no picture.
    picture.replaceWith(element("p", { class: "fine" }, gettext("This browser cannot draw the graph.")));
    same.open = true;
    return undefined;
  }
}

function cutShort(left) {
  return ngettext(
    "The first %(count)s things are drawn; %(num)s link to others is not.",
    "The first %(count)s things are drawn; %(num)s links to others are not.",
    left,
    { count: MOST_NODES },
  );
}

function graphOf(found) {
  const graph = new Graph({ multi: true });
  const edges = [];
  let left = 0;
  for (const edge of edgesOf(found)) {
    const [one, other, label] = edge;
    const fresh = new Set([one, other].filter((node) => !graph.hasNode(node)));
    if (graph.order + fresh.size > MOST_NODES) {
      left += 1;
      continue;
    }
    for (const node of fresh) graph.addNode(node, nodeOf(found.terms[node], graph.order));
    graph.addEdge(one, other, { label, size: 1 });
    edges.push(edge);
  }
  graph.forEachNode((node) => graph.setNodeAttribute(node, "size", 4 + 2 * Math.sqrt(graph.degree(node))));
  forceAtlas2.assign(graph, { iterations: ROUNDS, settings: { ...forceAtlas2.inferSettings(graph), adjustSizes: true } });
  return { graph, edges, left };
}

// On a spiral first, so that the same answer is drawn the same way each time.
function nodeOf(term, number) {
  const name = nameOf(term);
  const turn = number * 2.399963;
  const label = name.length > LONGEST ? `${name.slice(0, LONGEST - 1)}…` : name;
  return { label, href: term.href ?? "", x: Math.sqrt(number + 1) * Math.cos(turn), y: Math.sqrt(number + 1) * Math.sin(turn) };
}

function rowOf(found, [one, other, label]) {
  const link = found.turtle ? [[label]] : [];
  const cells = [cellOf(found.terms[one]), ...link, cellOf(found.terms[other])];
  return element("tr", {}, ...cells.map((cell) => element("td", {}, ...cell)));
}

// A label stands right of its node; where the drawing ends, left of it, or under it within the edges.
function drawLabel(context, { label, x, y, size }, { labelFont, labelSize, labelWeight, labelColor }) {
  if (!label) return;
  context.font = `${labelWeight} ${labelSize}px ${labelFont}`;
  context.fillStyle = labelColor.color;
  const { clientWidth, clientHeight } = context.canvas;
  const width = context.measureText(label).width;
  const gap = size + 3;
  const beside = y + labelSize / 3;
  if (x + gap + width <= clientWidth) context.fillText(label, x + gap, beside);
  else if (x - gap - width >= 0) context.fillText(label, x - gap - width, beside);
  else {
    const under = y + gap + labelSize;
    const start = Math.max(EDGE, Math.min(x - width / 2, clientWidth - width - EDGE));
    context.fillText(label, start, under <= clientHeight ? under : y - gap);
  }
}

// Draws into an element; returns what ends the drawing.
function draw(graph, picture) {
  const colour = (name) => getComputedStyle(picture).getPropertyValue(name).trim();
  const colours = () => ({
    defaultNodeColor: colour("--accent"),
    defaultEdgeColor: colour("--edge"),
    labelColor: { color: colour("--ink") },
    edgeLabelColor: { color: colour("--quiet") },
  });
  const drawn = new Sigma(graph, picture, {
    ...colours(),
    defaultEdgeType: "arrow",
    renderEdgeLabels: graph.size <= MOST_EDGE_LABELS,
    labelFont: "system-ui, sans-serif",
    labelSize: 12,
    edgeLabelSize: 10,
    defaultDrawNodeLabel: drawLabel,
    labelRenderedSizeThreshold: graph.order > 80 ? 8 : 0,
    defaultDrawNodeHover: () => {},
    zIndex: true,
  });
  drawn.on("clickNode", ({ node }) => {
    const href = graph.getNodeAttribute(node, "href");
    if (href) location.assign(href);
  });
  const scheme = matchMedia("(prefers-color-scheme: dark)");
  const recolour = () => drawn.setSettings(colours());
  scheme.addEventListener("change", recolour);
  return () => {
    scheme.removeEventListener("change", recolour);
    drawn.kill();
  };
}
