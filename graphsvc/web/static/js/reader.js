// Links a sentence with the facts beside it under the pointer; everything works without this.

const text = document.querySelector(".reader");
const beside = (passage) => document.getElementById(passage.dataset.facts)?.closest("details");
const sentence = (details) => document.getElementById(details.getAttribute("name").replace(/^facts-/, "p-"));

function mark(target) {
  text.querySelectorAll(".linked").forEach((one) => one.classList.remove("linked"));
  const passage = target.closest(".passage");
  const details = target.closest("details.stated");
  const words = target.closest("a.property");
  const pair = words ? [details, document.getElementById(words.hash.slice(1))] : passage ? [passage, beside(passage)] : details ? [details, sentence(details)] : [];
  pair.forEach((one) => one?.classList.add("linked"));
}

text?.addEventListener("pointerover", (event) => mark(event.target));
text?.addEventListener("focusin", (event) => mark(event.target));
text?.addEventListener("click", (event) => {
  const passage = event.target.closest(".passage");
  if (!passage || event.target.closest("a") || String(getSelection())) return;
  const details = beside(passage);
  if (details && !details.hidden) details.open = !details.open;
});
