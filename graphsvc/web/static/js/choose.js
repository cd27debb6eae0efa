// The parameters of a query that are things: chosen by name, as in the search box, and sent as IRIs.
// Without this file a thing is chosen from a list where there is one, and else named by its IRI.

// The same file as the page names, so that it is loaded once.
const { Combobox, suggested } = await import(`./search.js${new URL(import.meta.url).search}`);

/** How many of the things that fit are listed at a time. */
const MOST = 50;

/** What is taken as it is: an IRI, or a name with a prefix. */
const ADDRESS = /^[a-z][\w+.-]*:\S+$/i;

class Chooser extends Combobox {
  /** Puts itself in the place of a field: a list of what fits, or a text that is an IRI. */
  constructor(field) {
    const box = document.createElement("div");
    box.className = "chooser";
    const sent = Object.assign(document.createElement("input"), { type: "hidden", name: field.name, value: field.value });
    const input = Object.assign(document.createElement("input"), { id: field.id, type: "text", required: true, spellcheck: false, autocomplete: "off" });
    input.setAttribute("aria-describedby", field.getAttribute("aria-describedby"));
    box.append(sent, input);
    field.replaceWith(box);
    super(box, input);
    this.sent = sent;
    this.address = field.dataset.things;
    this.excuse = gettext("Suggestions cannot be had now.");
    this.fitting = [...(field.options ?? [])].map(({ value, text }) => ({ iri: value, label: text }));
    this.take({ iri: field.value, label: field.dataset.chosen ?? field.selectedOptions[0].text });
    input.addEventListener("focus", () => input.select());
    input.addEventListener("input", () => {
      this.chosen = null;
      input.setCustomValidity("");
    });
    input.form.addEventListener("submit", (event) => this.settle(event));
  }

  find(words, signal) {
    if (this.address) return suggested(this.address, words, signal);
    return this.listed(words === this.chosen?.label ? "" : words);
  }

  /** Return those of the things that fit in whose names all words occur. */
  listed(text) {
    const words = text.toLocaleLowerCase().split(/\s+/);
    const found = this.fitting.filter(({ label }) => words.every((word) => label.toLocaleLowerCase().includes(word)));
    const suggestions = found.slice(0, MOST).map((each) => ({ ...each, matched: [[each.label, false]], type: "" }));
    return { suggestions, total: found.length };
  }

  offer() {
    if (this.fitting.length) this.show(this.listed(""));
    else this.close();
  }

  take({ iri, label }) {
    this.chosen = { iri, label };
    this.sent.value = iri;
    this.input.value = label;
    this.input.setCustomValidity("");
    this.close();
  }

  /** Find out what is meant before the form is sent: a name that is whole or fits one thing, or an IRI. */
  settle(event) {
    if (this.chosen) return;
    const words = this.input.value.trim();
    const { suggestions } = this.listed(words);
    const known = [...suggestions, ...this.suggestions];
    const named = known.find(({ label }) => label.toLocaleLowerCase() === words.toLocaleLowerCase());
    const meant = named ?? (suggestions.length === 1 ? suggestions[0] : null);
    if (meant) return this.take(meant);
    if (ADDRESS.test(words)) return this.take({ iri: words, label: words });
    event.preventDefault();
    this.input.setCustomValidity(gettext("Choose one of the suggestions, or give an IRI."));
    this.input.reportValidity();
  }
}

document.querySelectorAll(".parameter select, .parameter [data-things]").forEach((field) => new Chooser(field));
