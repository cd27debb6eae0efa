// The filter of the examples: every word must occur in an example or in the name of its group.
export function filterExamples(gallery) {
  const field = gallery.querySelector("input");
  const count = gallery.querySelector("output");
  gallery.querySelector(".filter").hidden = false;
  field.addEventListener("input", () => {
    const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
    let found = 0;
    for (const group of gallery.querySelectorAll("section")) {
      const heading = group.querySelector("h3").textContent.toLowerCase();
      let shown = 0;
      for (const item of group.querySelectorAll("li")) {
        const text = `${heading} ${item.textContent.toLowerCase()} ${item.firstElementChild.dataset.example}`;
        item.hidden = !words.every((word) => text.includes(word));
        shown += !item.hidden;
      }
      group.hidden = shown === 0;
      found += shown;
    }
    count.textContent = words.length ? ngettext("%(num)s found", "%(num)s found", found) : "";
  });
}
