// An answer as a chart: bars for categories, a line where both axes are numbers or dates.
import { element } from "../shared/element.js";
import { nameOf } from "./table.js";

const SVG = "http://www.w3.org/2000/svg";
const MOST_BARS = 40;
const [NARROWEST, WIDEST] = [280, 720];
const [BAR, GAP] = [24, 8];
const MOST_OF_NAMES = 260;
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
    picture.replaceChildren(...KINDS[kinds.value].draw(points, names, width, rulerOf(picture)));
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

// Measures words as the style sheet has them written in a picture.
function rulerOf(place) {
  const picture = svg("svg", {});
  place.append(picture);
  const ruler = document.createElement("canvas").getContext("2d");
  ruler.font = getComputedStyle(picture).font;
  picture.remove();
  return (words) => ruler.measureText(words).width;
}

// Numbers in the reader's way; years are written without a sign for thousands.
function written(numbers) {
  const useGrouping = numbers.some((number) => Math.abs(number) > 9999);
  return numbers.map((number) => grouped(number, { useGrouping }));
}

// Words cut so that they have room.
function fitted(words, room, measure) {
  if (measure(words) <= room) return words;
  let end = words.length - 1;
  while (end > 1 && measure(`${words.slice(0, end)}…`) > room) end -= 1;
  return `${words.slice(0, end)}…`;
}

// Where a value stands on an axis of numbers: a number, a date, a year; else nowhere.
function position(term) {
  if (term.kind === "number") return Number(term.value);
  const day = /^-?\d{4,}-\d\d(-\d\d)?/.test(term.value) ? Date.parse(term.value) : Number.NaN;
  return Number.isNaN(day) ? null : day;
}

function bars(points, [place, height], width, measure) {
  const shown = points.slice(0, MOST_BARS);
  const least = Math.min(0, ...shown.map((each) => each.height));
  const most = Math.max(0, ...shown.map((each) => each.height));
  // Names have the room that the longest needs, but no more than leaves some for the bars.
  const labels = shown.map((each) => fitted(each.label, Math.min(MOST_OF_NAMES, width * 0.4), measure));
  const values = written(shown.map((each) => each.height));
  const left = Math.max(...labels.map(measure)) + 2 * GAP;
  const room = width - left - Math.max(...values.map(measure)) - 2 * GAP;
  const at = (value) => left + (room * (value - least)) / (most - least || 1);
  const rows = shown.map((each, number) => {
    const y = number * BAR + 4;
    const [from, to] = [at(Math.min(0, each.height)), at(Math.max(0, each.height))];
    return svg(
      "g",
      {},
      svg("title", {}, `${each.label}: ${each.height}`),
      svg("text", { x: left - GAP, y: y + 12, "text-anchor": "end" }, labels[number]),
      svg("rect", { x: from, y, width: Math.max(1, to - from), height: BAR - 8, rx: 2 }),
      svg("text", { x: to + GAP, y: y + 12, class: "value" }, values[number]),
    );
  });
  const words = gettext("%(height)s for each %(place)s, as bars", { height, place });
  const picture = svg("svg", { viewBox: `0 0 ${width} ${shown.length * BAR + 4}`, role: "img", "aria-label": words }, ...rows);
  if (shown.length === points.length) return [picture];
  return [picture, element("p", { class: "fine" }, gettext("The first %(shown)s of %(total)s bars are drawn.", { shown: shown.length, total: points.length }))];
}

function line(points, [place, height], width, measure) {
  const numbered = points.every((each) => each.place !== null);
  const placed = points.map((each, number) => ({ ...each, x: numbered ? each.place : number }));
  placed.sort((one, other) => one.x - other.x);
  const heights = placed.map((each) => each.height);
  const marks = [...new Set([Math.min(0, ...heights), Math.max(...heights)])];
  const words = written(marks);
  const left = Math.max(...words.map(measure)) + 2 * GAP;
  const [right, top, bottom] = [width - 30, 12, 300];
  const scale = (values, from, to) => {
    const [least, most] = [Math.min(...values), Math.max(...values)];
    return (value) => from + ((to - from) * (value - least)) / (most - least || 1);
  };
  const across = scale(placed.map(({ x }) => x), left, right);
  const up = scale([Math.min(0, ...heights), ...heights], bottom, top);
  const path = placed.map((each, number) => `${number ? "L" : "M"}${across(each.x)} ${up(each.height)}`).join("");
  const dots = placed.map((each) =>
    svg("circle", { cx: across(each.x), cy: up(each.height), r: 3.5 }, svg("title", {}, `${each.label}: ${each.height}`)),
  );
  const levels = marks.map((value, number) =>
    svg(
      "g",
      { class: "level" },
      svg("line", { x1: left, x2: right, y1: up(value), y2: up(value) }),
      svg("text", { x: left - GAP, y: up(value) + 4, "text-anchor": "end" }, words[number]),
    ),
  );
  const half = (right - left) / 2 - GAP;
  const ends = [placed[0], placed.at(-1)].filter(Boolean).map((each, number) =>
    svg("text", { x: across(each.x), y: bottom + 22, "text-anchor": number ? "end" : "start" }, fitted(each.label, half, measure)),
  );
  const label = gettext("%(height)s against %(place)s, as a line", { height, place });
  return [
    svg("svg", { viewBox: `0 0 ${width} 330`, role: "img", "aria-label": label }, ...levels, svg("path", { d: path }), ...dots, ...ends),
  ];
}
