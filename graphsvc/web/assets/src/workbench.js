// The workbench: puts an editor in the place of the text area, and runs queries without leaving the
// page. The address stays the state: a link to it, or a step back, shows the same query again.
import { Answer } from "./workbench/answer.js";
import { filterExamples } from "./workbench/examples.js";
import { api, LongQuery, linkTo } from "./workbench/service.js";

const form = document.getElementById("ask");
const area = document.getElementById("query");
const said = document.getElementById("said");
const share = document.getElementById("share");
const answer = new Answer(document.getElementById("answer"));

// Until the editor is there the text area is it.
let editor = {
  get text() {
    return area.value;
  },
  set text(text) {
    area.value = text;
  },
  mark() {},
  focus: () => area.focus(),
};

function say(words) {
  said.textContent = words;
}

async function run() {
  const query = editor.text;
  say(gettext("Running …"));
  try {
    const link = linkTo(form, query);
    if (link !== location.pathname + location.search) history.pushState(null, "", link);
    share.hidden = false;
    say("");
  } catch (error) {
    if (!(error instanceof LongQuery)) throw error;
    history.pushState(null, "", form.action);
    share.hidden = true;
    say(gettext("The query is too long for a link."));
  }
  renewCode(query);
  const problem = await answer.ask(query, new FormData(form));
  editor.mark(problem ? [{ severity: "error", ...problem, message: problem.detail }] : []);
}

async function renewCode(query) {
  const { snippets } = await api("snippets.json", { query });
  for (const part of document.querySelectorAll("[data-snippet]")) {
    part.querySelector("code").textContent = snippets[part.dataset.snippet];
  }
  document.getElementById("notebook").href =
    `${new URL(form.action).pathname}/notebook?${new URLSearchParams({ query })}`;
}

function showAddress() {
  const given = new URLSearchParams(location.search);
  if (given.has("query")) {
    editor.text = given.get("query");
    run();
  } else {
    answer.hide();
  }
}

async function openExample(link) {
  const { text } = await api("example.json", { name: link.dataset.example }, "GET");
  editor.text = text;
  history.pushState(null, "", link.href);
  renewCode(text);
  editor.focus();
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  run();
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.defaultPrevented) {
    event.preventDefault();
    run();
  }
});
document.querySelector(".gallery").addEventListener("click", (event) => {
  const link = event.target.closest("a[data-example]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  openExample(link);
});
share.addEventListener("click", async () => {
  const link = new URL(linkTo(form, editor.text), location.href).href;
  try {
    await navigator.clipboard.writeText(link);
    say(gettext("The link is copied."));
  } catch {
    say(link);
  }
});
addEventListener("popstate", showAddress);

filterExamples(document.querySelector(".gallery"));
share.hidden = !new URLSearchParams(location.search).has("query");
answer.adopt(area.value, () => new FormData(form));

const { createEditor } = await import("./workbench/editor.js");
editor = createEditor(area, run);
document.querySelector(".keys").hidden = false;
form.dataset.ready = "";
