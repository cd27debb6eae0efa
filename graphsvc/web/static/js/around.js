// Opens and closes neighbours in place: the page of the next choice is fetched, and its picture and
// tables are put where the old ones are. Without this file the links lead to that page.

const main = document.querySelector("main");

/** The last choice wins: an answer to one before it is not shown. */
let request;

async function show(address) {
  request?.abort();
  request = new AbortController();
  try {
    const answer = await fetch(address, { signal: request.signal, headers: { Accept: "text/html" } });
    if (!answer.ok) return location.assign(address);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    main.replaceChildren(...page.querySelector("main").childNodes);
    return true;
  } catch (error) {
    if (error.name !== "AbortError") location.assign(address);
  }
}

/** Return the circle of a neighbour in the picture that is seen: the other one has no size. */
function circle(iri) {
  return [...main.querySelectorAll("a.toggle")].find((one) => one.dataset.of === iri && one.getClientRects().length);
}

main.addEventListener("click", async (event) => {
  const link = event.target.closest("a.toggle");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  const { href, dataset } = link;
  const address = typeof href === "string" ? href : href.baseVal;
  const before = link.getBoundingClientRect();
  if (!(await show(address))) return;
  history.pushState({}, "", address.replace(/#.*/, ""));
  const now = circle(dataset.of);
  if (!now) return;
  // What was pointed at stays where it was.
  const after = now.getBoundingClientRect();
  scrollBy({ top: after.y - before.y, behavior: "instant" });
  const frame = now.closest(".scroll");
  if (frame) frame.scrollLeft += now.getBoundingClientRect().x - before.x;
  now.focus({ preventScroll: true });
});

addEventListener("popstate", () => show(location.href));

// A picture that is wider than the screen is shown from its middle, where its thing stands.
const centre = main.querySelector(".scroll .centre");
const frame = centre?.closest(".scroll");
if (frame?.clientWidth) {
  const from = frame.getBoundingClientRect().x + frame.clientWidth / 2;
  const { x, width } = centre.getBoundingClientRect();
  frame.scrollLeft += x + width / 2 - from;
}
