// The texts of the scripts in the reader's language: gettext, ngettext and grouped, for all of them.
// They stand in the scripts in English, and in other languages in the blocks script.texts of a page,
// which graphsvc/web/script_texts.py writes: with them, which plural form goes with which number.
const blocks = [...document.querySelectorAll("script.texts")].map((block) => JSON.parse(block.textContent));
const texts = Object.assign({}, ...blocks.map((block) => block.texts));

function form(number) {
  if (!blocks.length) return number === 1 ? 0 : 1;
  return Number(blocks[0].plural[number < 200 ? number : 100 + (number % 100)]);
}

function filled(text, values) {
  return text.replace(/%\((\w+)\)s/g, (place, name) => values[name] ?? place);
}

globalThis.grouped = (number, options) => number.toLocaleString(document.documentElement.lang, options);
globalThis.gettext = (message, values = {}) => filled(texts[message] ?? message, values);
globalThis.ngettext = (one, many, number, values = {}) =>
  filled((texts[one] ?? [one, many])[form(number)], { num: grouped(number), ...values });
