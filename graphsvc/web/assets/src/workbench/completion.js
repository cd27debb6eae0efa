// What may stand at the cursor: keywords, variables of the query, prefixes, classes and properties
// that the graph uses, and things by their labels. A name that is taken brings its PREFIX line.
import { api } from "./service.js";

const KEYWORDS =
  "ASK BIND CONSTRUCT COUNT DESC DESCRIBE DISTINCT EXISTS FILTER FROM GRAPH GROUP BY HAVING LIMIT MINUS NOT OFFSET OPTIONAL ORDER BY PREFIX REGEX SELECT STR UNION VALUES WHERE"
    .replaceAll(" BY", "_BY")
    .split(" ")
    .map((word) => ({ label: word.replace("_", " "), type: "keyword" }));
const TERMS = { name: gettext("Terms"), rank: 1 };
const THINGS = { name: gettext("Things"), rank: 2 };
const KINDS = { class: gettext("class"), property: gettext("property") };
const MOST_OPTIONS = 60;
const LEAST_LETTERS = 3;
const LONGEST = 60;

// How long after the last key things are looked for, in milliseconds.
const PAUSE = 150;

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

// The word at the cursor, or null where nothing is to be completed.
function wordAt(context) {
  if (isInsideWords(context.state.sliceDoc(0, context.pos))) return null;
  const word = context.matchBefore(/[\p{L}\p{N}_.-]*:?[\p{L}\p{N}_.-]*/u);
  return word && (context.explicit || word.from < word.to) ? word : null;
}

// How well an option fits what was typed, the best lowest; null if not at all.
function rank({ label, detail = "", type }, typed) {
  const wanted = typed.toLowerCase();
  const name = label.toLowerCase();
  const tests = [
    name.startsWith(wanted),
    name.slice(name.indexOf(":") + 1).startsWith(wanted),
    detail.toLowerCase().startsWith(wanted),
    name.includes(wanted),
    detail.toLowerCase().includes(wanted),
  ];
  const found = tests.indexOf(true);
  if (found < 0) return null;
  // A prefix alone is less than a name.
  return type === "namespace" ? found + 2 : found;
}

function fitting(options, typed) {
  return options
    .map((option) => [rank(option, typed), option])
    .filter(([at]) => at !== null)
    .sort(([one], [other]) => one - other)
    .slice(0, MOST_OPTIONS)
    .map(([, option]) => ({ ...option, section: TERMS }));
}

export async function termCompletions(context) {
  if (isInsideWords(context.state.sliceDoc(0, context.pos))) return null;
  const variable = context.matchBefore(/[?$]\w*/);
  if (variable) return { from: variable.from, options: variables(context), validFor: /^[?$]\w*$/ };
  const word = wordAt(context);
  if (!word) return null;
  const { prefixes, terms } = await vocabulary();
  const options = [...terms.map((term) => termOption(term, prefixes)), ...KEYWORDS, ...prefixOptions(prefixes)];
  return { from: word.from, options: fitting(options, word.text), filter: false };
}

// Things are found by the words of their labels, which need not begin their names.
export async function thingCompletions(context) {
  const word = wordAt(context);
  const words = word?.text.slice(word.text.indexOf(":") + 1) ?? "";
  if (words.length < LEAST_LETTERS || context.matchBefore(/[?$]\w*/)) return null;
  await new Promise((resolve) => setTimeout(resolve, PAUSE));
  if (context.aborted) return null;
  const [{ prefixes, terms }, found] = await Promise.all([vocabulary(), thingsCalled(words)]);
  const listed = new Set(terms.map((term) => term.name));
  const options = found.filter(({ name }) => !listed.has(name)).map(({ name, label }) => ({
    label: name,
    detail: label.length > LONGEST ? `${label.slice(0, LONGEST - 1)}…` : label,
    type: "thing",
    section: THINGS,
    apply: writing(prefixes, name),
  }));
  return { from: word.from, options, filter: false };
}

async function thingsCalled(words) {
  try {
    return (await api("things.json", { words }, "GET")).things;
  } catch {
    return [];
  }
}

function variables(context) {
  const names = new Set(context.state.doc.toString().match(/[?$]\w+/g));
  names.delete(context.matchBefore(/[?$]\w*/).text);
  return [...names].map((label) => ({ label, type: "variable" }));
}

function termOption({ name, label, kind, count, definition }, prefixes) {
  return {
    label: name,
    detail: `${label} · ${KINDS[kind] ?? kind}, ${grouped(count)}`,
    info: definition || undefined,
    type: kind,
    apply: writing(prefixes, name),
  };
}

function prefixOptions(prefixes) {
  return Object.entries(prefixes).map(([prefix, iri]) => ({
    label: `${prefix}:`,
    detail: iri,
    type: "namespace",
    apply: writing(prefixes, `${prefix}:`),
  }));
}
