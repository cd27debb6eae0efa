// The things of an answer that lie somewhere: the map of the graph with all others left out.
import { element } from "../shared/element.js";
import { Problem } from "./service.js";

export async function mapView(found, at) {
  const reply = await fetch(found.map);
  if (!reply.ok) {
    throw new Problem({ title: gettext("No map"), detail: gettext("The map cannot be had."), remedy: gettext("Try again.") });
  }
  const page = new DOMParser().parseFromString(await reply.text(), "text/html");
  const drawing = document.adoptNode(page.querySelector("svg.world"));
  const wanted = new Set(found.terms.map(({ href }) => href).filter(Boolean));
  const names = only(drawing, wanted);
  drawing.querySelector("desc").textContent = names.join(", ");
  const note = names.length
    ? gettext("The table has all things of the answer.")
    : gettext("Nothing of this answer is on the map.");
  at.append(element("div", { class: "mapped" }, drawing), element("p", { class: "fine" }, note));
}

// Leaves on a map what is wanted, and returns its names.
function only(drawing, wanted) {
  for (const knot of drawing.querySelectorAll(".knot")) knot.remove();
  for (const title of drawing.querySelectorAll("[data-of]")) {
    if (!wanted.has(title.dataset.of)) title.remove();
  }
  for (const dots of drawing.querySelectorAll(":scope > .dots")) dots.remove();
  const names = new Set();
  for (const link of drawing.querySelectorAll("a")) {
    if (wanted.has(link.getAttribute("href"))) {
      names.add(link.querySelector("title").textContent);
      continue;
    }
    const country = link.querySelector(".named");
    country?.setAttribute("class", "land");
    link.replaceWith(...(country ? [country] : []));
  }
  return [...names];
}
