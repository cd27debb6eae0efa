// An answer as a chart: bars for categories, a line where both axes are numbers or dates.
import { element } from "./service.js";
import { nameOf } from "./table.js";

const SVG = "http://www.w3.org/2000/svg";
const MOST_BARS = 40;
const [NARROWEST, WIDEST] = [280, 720];
const LETTER = 6.5;
const BAR = 24;
const KINDS = {
  bars: { label: gettext("Bars"), draw: bars },
  line: { label: gettext("Line"), draw: line },
};

function svg(name, attributes, ...children) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

export function chartView(found, at) {
  const values = (column) => found.rows.map((row) => (row[column] === null ? null : found.terms[row[column]]));
  const columns = found.columns.map((name, number) => ({ name, number, values: values(number) }));
  const numeric = columns.filter(({ values }) => values.some(Boolean) && values.every((it) => !it || it.kind === "number"));
  const heights = choice("chart-y", numeric, numeric.at(-1).number);
  const first = columns.find((column) => column.number !== numeric.at(-1).number) ?? columns[0];
  const places = choice("chart-x", columns, first.number);
  const kinds = element("select", { id: "chart-kind" }, ...Object.entries(KINDS).map(([kind, { label }]) => element("option", { value: kind }, label)));
  const picture = element("div", { class: "chart", tabindex: "0", role: "region", "aria-label": gettext("Chart") });

  const draw = () => {
    const points = found.rows
      .map((row) => [found.terms[row[places.value]], found.terms[row[heights.value]]])
      .filter(([place, height]) => place && height)
      .map(([place, height]) => ({ label: nameOf(place), place: position(place), height: Number(height.value) }))
      .filter(({ height }) => Number.isFinite(height));
    const names = [columns[places.value].name, columns[heights.value].name];
    const width = Math.max(NARROWEST, Math.min(WIDEST, picture.clientWidth));
    picture.replaceChildren(...KINDS[kinds.value].draw(points, names, width));
  };
  for (const select of [heights, places, kinds]) select.addEventListener("change", draw);
  at.append(
    element("p", { class: "options" }, ...labelled(gettext("Numbers"), heights), ...labelled(gettext("Against"), places), ...labelled(gettext("As"), kinds)),
    picture,
    element("p", { class: "fine" }, gettext("The table has the same values.")),
  );
  draw();
}

function choice(id, columns, chosen) {
  const select = element("select", { id });
  for (const { name, number } of columns) select.append(element("option", { value: number }, name));
  select.value = chosen;
  return select;
}

function labelled(words, field) {
  return [element("label", { for: field.id }, words), " ", field, " "];
}

// Where a value stands on an axis of numbers: a number, a date, a year; else nowhere.
function position(term) {
  if (term.kind === "number") return Number(term.value);
  const day = /^-?\d{4,}-\d\d(-\d\d)?/.test(term.value) ? Date.parse(term.value) : Number.NaN;
  return Number.isNaN(day) ? null : day;
}

function bars(points, [place, height], width) {
  const shown = points.slice(0, MOST_BARS);
  const least = Math.min(0, ...shown.map((each) => each.height));
  const most = Math.max(0, ...shown.map((each) => each.height));
  // Names have the room that the longest needs, but no more than leaves some for the bars.
  const letters = Math.floor(Math.min(260, width * 0.4) / LETTER);
  const longest = Math.min(letters, Math.max(...shown.map((each) => each.label.length)));
  const left = (longest + 2) * LETTER;
  const room = width - left - 60;
  const at = (value) => left + (room * (value - least)) / (most - least || 1);
  const rows = shown.map((each, number) => {
    const y = number * BAR + 4;
    const [from, to] = [at(Math.min(0, each.height)), at(Math.max(0, each.height))];
    const label = each.label.length > longest ? `${each.label.slice(0, longest - 1)}…` : each.label;
    return svg(
      "g",
      {},
      svg("title", {}, `${each.label}: ${each.height}`),
      svg("text", { x: left - 8, y: y + 12, "text-anchor": "end" }, label),
      svg("rect", { x: from, y, width: Math.max(1, to - from), height: BAR - 8, rx: 2 }),
      svg("text", { x: to + 6, y: y + 12, class: "value" }, grouped(each.height, { useGrouping: most > 9999 })),
    );
  });
  const words = gettext("%(height)s for each %(place)s, as bars", { height, place });
  const picture = svg("svg", { viewBox: `0 0 ${width} ${shown.length * BAR + 4}`, role: "img", "aria-label": words }, ...rows);
  if (shown.length === points.length) return [picture];
  return [picture, element("p", { class: "fine" }, gettext("The first %(shown)s of %(total)s bars are drawn.", { shown: shown.length, total: points.length }))];
}

function line(points, [place, height], width) {
  const numbered = points.every((each) => each.place !== null);
  const placed = points.map((each, number) => ({ ...each, x: numbered ? each.place : number }));
  placed.sort((one, other) => one.x - other.x);
  const [left, top, bottom] = [70, 12, 300];
  const scale = (values, from, to) => {
    const [least, most] = [Math.min(...values), Math.max(...values)];
    return (value) => from + ((to - from) * (value - least)) / (most - least || 1);
  };
  const across = scale(placed.map(({ x }) => x), left, width - 30);
  const heights = placed.map((each) => each.height);
  const up = scale([Math.min(0, ...heights), ...heights], bottom, top);
  const path = placed.map((each, number) => `${number ? "L" : "M"}${across(each.x)} ${up(each.height)}`).join("");
  const dots = placed.map((each) =>
    svg("circle", { cx: across(each.x), cy: up(each.height), r: 3.5 }, svg("title", {}, `${each.label}: ${each.height}`)),
  );
  const levels = [...new Set([Math.min(0, ...heights), Math.max(...heights)])].map((value) =>
    svg(
      "g",
      { class: "level" },
      svg("line", { x1: left, x2: width - 30, y1: up(value), y2: up(value) }),
      svg("text", { x: left - 8, y: up(value) + 4, "text-anchor": "end" }, String(value)),
    ),
  );
  const ends = [placed[0], placed.at(-1)].filter(Boolean).map((each, number) =>
    svg("text", { x: across(each.x), y: bottom + 22, "text-anchor": number ? "end" : "start" }, each.label.slice(0, 40)),
  );
  const words = gettext("%(height)s against %(place)s, as a line", { height, place });
  return [
    svg("svg", { viewBox: `0 0 ${width} 330`, role: "img", "aria-label": words }, ...levels, svg("path", { d: path }), ...dots, ...ends),
  ];
}
