// The rows of an answer, sorted and a page at a time.
import { element } from "../shared/element.js";

const PAGE = 50;
const LONGEST = 120;
const LONGEST_QUOTE = 80;
const LONG_TEXT = 80;
const LONGEST_TEXT = 200;
const BEGINNING = 160;
const words = new Intl.Collator(document.documentElement.lang, { numeric: true });

// Cut between words, as the server cuts.
function shortened(text, most) {
  if (text.length <= most) return text;
  const cut = text.slice(0, most - 2);
  const end = cut.lastIndexOf(" ");
  return `${end < 0 ? cut : cut.slice(0, end)} …`;
}

export const nameOf = (term) =>
  term.passage ? `${gettext("Passage")} ${term.passage}` : (term.label ?? term.short ?? term.value);

// A term of an answer: its label as a link, its own name beside it; a passage is its number. The
// words of a passage are left out if they stand beside it, among others.
export function cellOf(term, others = []) {
  if (term.passage) return passageOf(term, others.includes(term.quote));
  if (term.kind === "iri") {
    const label = term.label && shortened(term.label, LONGEST);
    const inner = label ?? element("code", {}, term.short);
    const named = term.href ? element("a", { href: term.href }, inner) : element("span", {}, inner);
    if (label && term.language) named.lang = term.language;
    return label ? [named, " ", element("code", { class: "address" }, term.short)] : [named];
  }
  if (term.kind !== "literal" && term.kind !== "number") return [element("code", {}, term.value)];
  const text = textOf(term);
  const tag = term.language ?? term.datatype;
  return tag ? [text, " ", element("span", { class: "tag" }, tag)] : [text];
}

// A text: a long one opens when asked.
function textOf({ value, language }) {
  const words = (text) => element("span", language ? { lang: language } : {}, text);
  if (value.length <= LONGEST_TEXT) return words(value);
  const more = element("span", { class: "more" }, gettext("whole text"));
  const less = element("span", { class: "less" }, gettext("shorter"));
  const summary = element("summary", {}, words(shortened(value, BEGINNING)), " ", more, less);
  return element("details", { class: "long" }, summary, words(value));
}

function passageOf(term, isQuoted) {
  const spoken = element("span", { class: "unseen" }, `${gettext("Passage")} `);
  const link = element("a", { class: "number", href: term.href, title: term.quote }, spoken, term.passage);
  const address = element("code", { class: "address" }, term.short);
  if (isQuoted) return [link, " ", address];
  const quote = element("q", term.language ? { lang: term.language } : {}, shortened(term.quote, LONGEST_QUOTE));
  return [link, " ", quote, " ", address];
}

function compare(one, other) {
  if (!one || !other) return Number(!one) - Number(!other);
  if (one.kind === "number" && other.kind === "number") return Number(one.value) - Number(other.value);
  return words.compare(nameOf(one), nameOf(other));
}

export function tableView(found, at) {
  const rows = found.rows.map((row) => row.map((number) => (number === null ? null : found.terms[number])));
  const order = rows.map((_, number) => number);
  let sorted = { column: -1, down: false };
  let page = 0;
  const pages = Math.ceil(rows.length / PAGE);

  const heads = found.columns.map((name, column) => {
    const button = element("button", { type: "button", class: "sort" }, name);
    button.addEventListener("click", () => sort(column));
    const isNumber = rows.length > 0 && rows.every((row) => row[column]?.kind === "number");
    return element("th", { scope: "col", ...(isNumber && { class: "number" }) }, button);
  });
  const body = element("tbody");
  const table = element("table", { class: "list rows" }, element("thead", {}, element("tr", {}, ...heads)), body);
  const scroll = element("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": gettext("Rows of the answer") }, table);
  const position = element("span", { role: "status" });
  const turns = ["← " + gettext("Previous"), gettext("Next") + " →"];
  const steps = turns.map((label) => element("button", { type: "button", class: "plain" }, label));
  steps[0].addEventListener("click", () => show(page - 1));
  steps[1].addEventListener("click", () => show(page + 1));
  const toggle = element("input", { type: "checkbox", id: "addresses" });
  toggle.checked = true;
  toggle.addEventListener("change", () => table.classList.toggle("unaddressed", !toggle.checked));
  const options = element("p", { class: "options" }, toggle, " ", element("label", { for: "addresses" }, gettext("Names and datatypes")));

  function sort(column) {
    sorted = { column, down: sorted.column === column && !sorted.down };
    const sign = sorted.down ? -1 : 1;
    order.sort((one, other) => {
      const [first, second] = [rows[one][column], rows[other][column]];
      // What has no value comes last either way.
      if (!first || !second) return compare(first, second) || one - other;
      return sign * compare(first, second) || one - other;
    });
    heads.forEach((head, number) => {
      if (number === column) head.setAttribute("aria-sort", sorted.down ? "descending" : "ascending");
      else head.removeAttribute("aria-sort");
    });
    show(0);
  }

  function cellsOf(row) {
    const words = row.filter((term) => term?.kind === "literal").map((term) => term.value);
    return row.map((term, column) => tableCell(found.columns[column], term, words));
  }

  function show(number) {
    page = number;
    const part = order.slice(page * PAGE, (page + 1) * PAGE);
    body.replaceChildren(...part.map((each) => element("tr", {}, ...cellsOf(rows[each]))));
    const [first, last] = [page * PAGE + 1, page * PAGE + part.length];
    position.textContent = gettext("Rows %(first)s to %(last)s of %(count)s", { first, last, count: grouped(rows.length) });
    steps[0].disabled = page === 0;
    steps[1].disabled = page + 1 >= pages;
  }

  at.append(options, scroll);
  if (pages > 1) at.append(element("p", { class: "turn" }, steps[0], position, steps[1]));
  show(0);
}

function tableCell(column, term, others) {
  const named = { "data-column": column };
  if (!term) return element("td", named);
  const kind = kindOf(term);
  return element("td", kind ? { ...named, class: kind } : named, ...cellOf(term, others));
}

// Of which kind a value is, where that decides how wide it stands.
function kindOf(term) {
  if (term.kind === "number") return "number";
  return term.kind === "literal" && term.value.length > LONG_TEXT ? "text" : "";
}
