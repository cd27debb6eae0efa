// New things: a form takes a class and a label, and their first statement goes into the block.
import { ask, Problem } from "./service.js";

export class NewThings {
  // The labels of new things by their IRIs, for the file that has those of others.
  labels = {};
  #form;
  #add;

  constructor(form, add) {
    this.#form = form;
    this.#add = add;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#make();
    });
  }

  async #make() {
    const given = new FormData(this.#form);
    const said = this.#form.querySelector("output");
    try {
      const sent = { class: given.get("class"), label: given.get("label").trim(), end: given.get("end").trim() };
      const { iri, statement, has_label_elsewhere: isKept } = await ask("thing.json", sent);
      if (isKept) this.labels[iri] = sent.label;
      said.textContent = gettext("Written into the facts: %(statement)s", { statement });
      this.#form.reset();
      this.#add(statement);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      said.textContent = error.message;
    }
  }
}
