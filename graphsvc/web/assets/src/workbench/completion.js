// What may stand at the cursor: keywords, variables of the query, prefixes, classes and properties
// that the graph uses, and things by their labels. A name that is taken brings its PREFIX line.
import { api } from "./service.js";

const KEYWORDS =
  "ASK BIND CONSTRUCT COUNT DESC DESCRIBE DISTINCT EXISTS FILTER FROM GRAPH GROUP BY HAVING LIMIT MINUS NOT OFFSET OPTIONAL ORDER BY PREFIX REGEX SELECT STR UNION VALUES WHERE"
    .replaceAll(" BY", "_BY")
    .split(" ")
    .map((word) => ({ label: word.replace("_", " "), type: "keyword", boost: -20 }));
const LEAST_LETTERS = 3;

let loaded;

function vocabulary() {
  loaded ??= api("vocabulary.json", {}, "GET").catch(() => {
    loaded = undefined;
    return { prefixes: {}, terms: [] };
  });
  return loaded;
}

// Writes a name, and the PREFIX line that the query lacks for it.
function writing(prefixes, name) {
  return (view, _completion, from, to) => {
    const changes = [{ from, to, insert: name }];
    const [prefix] = name.split(":");
    const isPrefixed = !name.startsWith("<") && prefix in prefixes;
    const declared = new RegExp(`^\\s*PREFIX\\s+${prefix}:`, "im").test(view.state.doc.toString());
    let shift = 0;
    if (isPrefixed && !declared) {
      const line = `PREFIX ${prefix}: <${prefixes[prefix]}>\n`;
      changes.unshift({ from: prologueStart(view.state.doc), insert: line });
      shift = line.length;
    }
    view.dispatch({ changes, selection: { anchor: from + name.length + shift }, userEvent: "input.complete" });
  };
}

// After the comments at the head of the query.
function prologueStart(doc) {
  let number = 1;
  while (number < doc.lines && /^\s*(#|$)/.test(doc.line(number).text)) number += 1;
  return /^\s*(#|$)/.test(doc.line(number).text) ? 0 : doc.line(number).from;
}

function isInsideWords(text) {
  const line = text.slice(text.lastIndexOf("\n") + 1);
  return /^[^"'<]*#/.test(line) || (line.match(/"/g)?.length ?? 0) % 2 === 1;
}

export async function completions(context) {
  const text = context.state.sliceDoc(0, context.pos);
  if (isInsideWords(text)) return null;
  const variable = context.matchBefore(/[?$]\w*/);
  if (variable) return { from: variable.from, options: variables(context), validFor: /^[?$]\w*$/ };
  const word = context.matchBefore(/[\p{L}\p{N}_.-]*:?[\p{L}\p{N}_.-]*/u);
  if (!context.explicit && (!word || word.from === word.to)) return null;
  const { prefixes, terms } = await vocabulary();
  const options = [...terms.map((term) => termOption(term, prefixes)), ...prefixOptions(prefixes), ...KEYWORDS];
  const typed = word.text;
  const named = await thingOptions(typed, prefixes, context);
  return { from: word.from, options: [...options, ...named], filter: true };
}

function variables(context) {
  const names = new Set(context.state.doc.toString().match(/[?$]\w+/g));
  names.delete(context.matchBefore(/[?$]\w*/).text);
  return [...names].map((label) => ({ label, type: "variable" }));
}

function termOption({ name, label, kind, count, definition }, prefixes) {
  return {
    label: name,
    displayLabel: name,
    detail: `${label} · ${kind}, ${count.toLocaleString("en")}`,
    info: definition || undefined,
    type: kind,
    boost: name.startsWith("<") ? -50 : 0,
    apply: writing(prefixes, name),
  };
}

function prefixOptions(prefixes) {
  return Object.entries(prefixes).map(([prefix, iri]) => ({
    label: `${prefix}:`,
    detail: iri,
    type: "namespace",
    boost: -10,
    apply: writing(prefixes, `${prefix}:`),
  }));
}

// Things are found by the words of their labels, which need not begin their names.
async function thingOptions(typed, prefixes, context) {
  const words = typed.slice(typed.indexOf(":") + 1);
  if (words.length < LEAST_LETTERS) return [];
  await new Promise((resolve) => setTimeout(resolve, 150));
  if (context.aborted) return [];
  try {
    const { things } = await api("things.json", { words }, "GET");
    return things.map(({ name, label }) => ({
      label: `${typed} ${label}`,
      displayLabel: name,
      detail: label.length > 60 ? `${label.slice(0, 59)}…` : label,
      type: "thing",
      boost: -5,
      apply: writing(prefixes, name),
    }));
  } catch {
    return [];
  }
}
