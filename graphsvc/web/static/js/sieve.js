// The list of questions is narrowed as somebody types; the form does the same when it is sent.

const form = document.querySelector("form.sieve");
const words = form.elements.namedItem("q");
const told = document.querySelector(".told");
const total = Number(told.dataset.total);
told.setAttribute("role", "status");

/** What stood here before anybody typed may be a part: then the list is fetched whole, once. */
let isWhole = Number(told.dataset.shown) === total;

async function fetched() {
  const answer = await fetch(form.action, { headers: { Accept: "text/html" } });
  if (!answer.ok) throw new Error(answer.statusText);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  document.querySelector(".questions").replaceWith(page.querySelector(".questions"));
  isWhole = true;
}

function fits(item, sought) {
  const text = `${item.firstElementChild.textContent} ${item.dataset.said}`.toLocaleLowerCase();
  return sought.every((word) => text.includes(word));
}

function sift() {
  const sought = words.value.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  let found = 0;
  for (const group of document.querySelectorAll(".questions section")) {
    const items = [...group.querySelectorAll("li")];
    for (const item of items) item.hidden = !fits(item, sought);
    const shown = items.filter((item) => !item.hidden).length;
    group.hidden = !shown;
    group.querySelector(".count").textContent = grouped(shown);
    found += shown;
  }
  told.textContent = found < total
    ? ngettext("%(num)s question of %(total)s.", "%(num)s questions of %(total)s.", found, { total: grouped(total) })
    : ngettext("%(num)s question", "%(num)s questions", found);
  const asked = new URLSearchParams([...new FormData(form)].filter(([, value]) => value));
  history.replaceState(null, "", asked.size ? `?${asked}` : location.pathname);
}

form.addEventListener("input", async () => {
  try {
    if (!isWhole) await fetched();
    sift();
  } catch {
    // No answer: the form still works.
  }
});
