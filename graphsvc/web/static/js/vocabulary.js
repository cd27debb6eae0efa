// The vocabulary: the index marks the term that is read, a picture that does not fit is shown from its
// most linked class and can be made smaller and larger. Without this file all of it can be read.

const index = document.querySelector(".index");
const jump = document.querySelector(".jump");

/** Return the link of the index to a term, or to the class whose list of properties hides it. */
function linkTo(id) {
  const links = [...index.querySelectorAll(".classes a")].filter((one) => one.hash === `#${id}`);
  const shown = links.find((one) => one.checkVisibility());
  return shown ?? links[0]?.closest("li:has(> details)")?.querySelector("a");
}

function mark(list, link) {
  list.querySelectorAll("[aria-current]").forEach((one) => one.removeAttribute("aria-current"));
  link?.setAttribute("aria-current", "location");
}

/** Show a link within its list, but never under the hand of somebody who uses the list. */
function reveal(list, link) {
  if (!link?.checkVisibility() || list.matches(":hover, :focus-within")) return;
  const [box, frame] = [link.getBoundingClientRect(), list.getBoundingClientRect()];
  if (box.top < frame.top || box.bottom > frame.bottom) list.scrollTop += box.top - frame.top - frame.height / 3;
  if (box.left < frame.left || box.right > frame.right) list.scrollLeft += box.left - frame.left - 8;
}

function follow(term) {
  const here = linkTo(term.id);
  mark(index, here);
  reveal(index, here);
  const section = jump.querySelector(`[href="#${term.closest("section").getAttribute("aria-labelledby")}"]`);
  mark(jump, section);
  reveal(jump, section);
}

const inView = new Set();
const terms = [...document.querySelectorAll("article.term")];
const watcher = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) isIntersecting ? inView.add(target) : inView.delete(target);
  const first = terms.find((one) => inView.has(one));
  if (first) follow(first);
}, { rootMargin: "-8% 0px -60% 0px" });
terms.forEach((one) => watcher.observe(one));

/** How much larger or smaller a picture gets at a time, and at least and at most. */
const [STEP, LEAST, MOST] = [1.25, 0.2, 3];

function zoomable(frame) {
  const svg = frame.querySelector("svg");
  const { width, height } = svg.viewBox.baseVal;
  let scale = 1;
  const look = (x, y) => {
    frame.scrollLeft = x * scale - frame.clientWidth / 2;
    frame.scrollTop = y * scale - frame.clientHeight / 2;
  };
  const zoom = (to) => {
    const x = (frame.scrollLeft + frame.clientWidth / 2) / scale;
    const y = (frame.scrollTop + frame.clientHeight / 2) / scale;
    scale = Math.min(Math.max(to, LEAST), MOST);
    svg.setAttribute("width", width * scale);
    svg.setAttribute("height", height * scale);
    look(x, y);
  };
  const ways = {
    "-": [gettext("Smaller"), () => zoom(scale / STEP)],
    "+": [gettext("Larger"), () => zoom(scale * STEP)],
    0: [gettext("Whole"), () => zoom(frame.clientWidth / width)],
  };
  const bar = document.createElement("p");
  bar.className = "zoom";
  for (const [key, [words, act]] of Object.entries(ways)) {
    const button = document.createElement("button");
    Object.assign(button, { type: "button", textContent: words, onclick: act });
    button.setAttribute("aria-keyshortcuts", key);
    bar.append(button);
  }
  frame.before(bar);
  frame.addEventListener("keydown", (event) => {
    const way = ways[event.key === "=" ? "+" : event.key];
    if (!way || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    way[1]();
  });
  look(Number(frame.dataset.x), Number(frame.dataset.y));
}

[...document.querySelectorAll(".picture")].filter((one) => one.scrollWidth > one.clientWidth).forEach(zoomable);
