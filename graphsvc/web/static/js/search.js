// Suggestions in the search box: the combobox pattern with a list below the field.
// https://www.w3.org/WAI/ARIA/apg/patterns/combobox/
// Without this file the box is a plain form, and all that is suggested can be found with it.

/** How long somebody has to pause before the server is asked, in milliseconds. */
const PAUSE = 120;

/** How many answers a page remembers. */
const MOST_KEPT = 100;

/** A field with a list below it, in `box`. Who extends it says what is suggested and what is done with it. */
export class Combobox {
  constructor(box, input) {
    this.input = input;
    this.list = box.appendChild(make("ul", { id: `${this.input.id}-list`, class: "suggestions", role: "listbox", "aria-label": gettext("Suggestions") }));
    this.status = box.appendChild(make("p", { class: "unseen", role: "status" }));
    this.active = -1;
    this.suggestions = [];
    /** What was answered before: who takes a letter back need not wait again. */
    this.answers = new Map();
    set(this.input, {
      role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false",
      "aria-controls": this.list.id,
    });
    this.close();
    this.listen();
  }

  listen() {
    this.input.addEventListener("input", () => this.askSoon());
    this.input.addEventListener("keydown", (event) => this.press(event));
    this.input.addEventListener("blur", () => this.close());
    // The field keeps the focus while something in the list is clicked.
    this.list.addEventListener("mousedown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) this.take(this.suggestions[[...this.list.children].indexOf(option)]);
    });
  }

  askSoon() {
    clearTimeout(this.timer);
    this.request?.abort();
    const words = this.input.value.trim();
    if (!words) return this.offer();
    // What stands in the list answers what was typed before: it can still be read, not chosen by Enter.
    this.choose(-1);
    this.list.classList.add("stale");
    if (this.answers.has(words)) return this.show(this.answers.get(words));
    this.timer = setTimeout(() => this.ask(words), PAUSE);
  }

  /** What stands in the list before anything is typed: nothing. */
  offer() {
    this.close();
  }

  async ask(words) {
    const request = this.request = new AbortController();
    try {
      const found = await this.find(words, request.signal);
      if (this.answers.size >= MOST_KEPT) this.answers.clear();
      this.answers.set(words, found);
      if (document.activeElement === this.input) this.show(found);
    } catch (error) {
      // Superseded by another letter, or no answer: the form still works.
      if (error.name === "AbortError" || request !== this.request) return;
      this.close();
      this.status.textContent = this.excuse;
    }
  }

  show({ suggestions, total }) {
    this.suggestions = suggestions;
    this.list.replaceChildren(...suggestions.map((each, at) => option(each, `${this.list.id}-${at}`)));
    this.list.classList.remove("stale");
    this.list.hidden = !suggestions.length;
    this.input.setAttribute("aria-expanded", String(!this.list.hidden));
    this.status.textContent = told(suggestions.length, total);
    this.choose(-1);
  }

  close() {
    clearTimeout(this.timer);
    this.request?.abort();
    this.list.hidden = true;
    this.suggestions = [];
    this.input.setAttribute("aria-expanded", "false");
    this.status.textContent = "";
    this.choose(-1);
  }

  choose(at) {
    this.active = at;
    [...this.list.children].forEach((each, number) => each.setAttribute("aria-selected", String(number === at)));
    const chosen = this.list.children[at];
    if (chosen) {
      this.input.setAttribute("aria-activedescendant", chosen.id);
      chosen.scrollIntoView({ block: "nearest" });
    } else {
      this.input.removeAttribute("aria-activedescendant");
    }
  }

  press(event) {
    const open = !this.list.hidden;
    const last = this.suggestions.length - 1;
    const moves = {
      ArrowDown: () => (open ? this.choose(this.active < last ? this.active + 1 : -1) : this.askSoon()),
      ArrowUp: () => open && this.choose(this.active < 0 ? last : this.active - 1),
      Escape: () => (open ? this.close() : (this.input.value = "")),
      Enter: () => this.take(this.suggestions[this.active]),
    };
    if (event.isComposing || !moves[event.key] || (event.key === "Enter" && this.active < 0)) return;
    event.preventDefault();
    moves[event.key]();
  }

}

class SearchBox extends Combobox {
  constructor(form) {
    super(form, form.querySelector("input[type=search]"));
    this.address = form.dataset.suggest;
    this.excuse = gettext("Suggestions cannot be had now. Enter searches all the same.");
    this.input.setAttribute("aria-keyshortcuts", "/");
    document.addEventListener("keydown", (event) => {
      if (event.key === "/" && !isTyping(event)) {
        event.preventDefault();
        this.input.focus();
        this.input.select();
      }
    });
  }

  find(words, signal) {
    return suggested(this.address, words, signal);
  }

  take({ href }) {
    if (href) location.assign(href);
  }
}

/** Return what the service suggests at an address for the beginning of a name. */
export async function suggested(address, words, signal) {
  const asked = new URL(address, location);
  asked.searchParams.set("prefix", words);
  const answer = await fetch(asked, { signal, headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(answer.statusText);
  return answer.json();
}

/** Return an option of the list: the name with the letters that match, and what it is. */
function option(suggestion, id) {
  const { label, matched, type, kind } = suggestion;
  const name = matched.map(([piece]) => piece).join("");
  const item = make("li", { id, role: "option", "aria-selected": "false" });
  const line = item.appendChild(make("span", { class: kind === "sentence" ? "name quote" : "name" }));
  const isLabel = name === label || kind === "sentence";
  if (isLabel) line.append(...marked(matched));
  else line.append(label);
  const is = item.appendChild(make("span", { class: "is" }));
  is.append(type);
  if (!isLabel) is.append(type ? " · " : "", ...marked(matched));
  return item;
}

function marked(pieces) {
  return pieces.map(([piece, isMarked]) => {
    if (!isMarked) return piece;
    const mark = make("mark", {});
    mark.textContent = piece;
    return mark;
  });
}

function told(shown, total) {
  if (!shown) return gettext("No suggestions.");
  if (total > shown) return gettext("%(shown)s of %(total)s suggestions, choose with the arrow keys.", { shown, total });
  return ngettext("%(num)s suggestion, choose with the arrow keys.", "%(num)s suggestions, choose with the arrow keys.", total);
}

function isTyping(event) {
  // An editor may live in a shadow tree, whose host is all that the event names outside it.
  const [field] = event.composedPath();
  return event.ctrlKey || event.metaKey || event.altKey || field.isContentEditable
    || ["INPUT", "TEXTAREA", "SELECT"].includes(field.tagName);
}

function make(name, attributes) {
  return set(document.createElement(name), attributes);
}

function set(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}

document.querySelectorAll("form[data-suggest]").forEach((form) => new SearchBox(form));
