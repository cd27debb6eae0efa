// The editor's page: a passage at the left is chosen, its facts at the right are written and saved.
// What is written and not saved yet is kept for each passage as long as the page is open.
import { createEditor } from "./editing/editor.js";
import { NewThings } from "./editing/things.js";
import { ask, Problem } from "./editing/service.js";
import { element } from "./shared/element.js";

const page = document.getElementById("desk");
const links = [...page.querySelectorAll("a[data-passage]")];
const sentence = document.getElementById("sentence");
const said = document.getElementById("said");
const choice = document.getElementById("choice");
const pages = document.getElementById("pages");
const [saveButton, revertButton] = ["save", "revert"].map((id) => document.getElementById(id));

// By the name of a passage: what is written, what the file has, and of which digest that is.
const drafts = new Map();
let current = null;
let isSaving = false;

const editor = createEditor(document.getElementById("facts"), {
  changed,
  save,
  passage: () => current,
});
const things = new NewThings(document.getElementById("new-thing"), (statement) => editor.add(statement));

function say(words, isFault = false) {
  said.textContent = words;
  said.classList.toggle("fault", isFault);
}

function linkOf(name) {
  return links.find((link) => link.dataset.passage === name);
}

function isUnsaved(draft) {
  return draft.text !== draft.saved;
}

function changed(text) {
  const draft = drafts.get(current);
  if (!draft) return;
  draft.text = text;
  mark();
}

function mark() {
  const draft = drafts.get(current);
  linkOf(current).classList.toggle("unsaved", isUnsaved(draft));
  saveButton.disabled = revertButton.disabled = !isUnsaved(draft);
}

async function choose(name) {
  if (!drafts.has(name)) {
    const { block, digest } = await ask("block.json", { passage: name }, "GET");
    drafts.set(name, { text: block, saved: block, digest });
  }
  current = name;
  for (const link of links) {
    if (link.dataset.passage === name) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
  sentence.textContent = linkOf(name).querySelector(".exact").textContent;
  choice.replaceChildren();
  pages.replaceChildren();
  say("");
  editor.open(drafts.get(name).text);
  mark();
}

async function save() {
  const name = current;
  const draft = drafts.get(name);
  // Two at a time would each find the file changed by the other.
  if (isSaving || !isUnsaved(draft)) return;
  isSaving = true;
  say(gettext("Saving …"));
  const { text } = draft;
  try {
    const sent = { passage: name, block: text, digest: draft.digest, labels: things.labels };
    const { digest, pages: subjects, lacks_facts: isLacking } = await ask("save.json", sent);
    draft.saved = text;
    // The file is another one now, also for what of it is still open and unsaved.
    for (const each of drafts.values()) if (each.digest === sent.digest) each.digest = digest;
    draft.digest = digest;
    linkOf(name).classList.toggle("lacking", isLacking);
    choice.replaceChildren();
    say(gettext("Saved. The pages follow in a moment."));
    showPages(subjects);
    if (name === current) mark();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    say(`${error.message} ${error.members.remedy ?? ""}`, true);
    if (error.members.status === 409) await offer(name);
  } finally {
    isSaving = false;
  }
}

// Another program has changed the file: the person decides which facts of this passage stay.
async function offer(name) {
  const { block, digest } = await ask("block.json", { passage: name }, "GET");
  const mine = element("button", { type: "button", class: "plain" }, gettext("Keep mine"));
  const theirs = element("button", { type: "button", class: "plain" }, gettext("Take what the file has"));
  mine.addEventListener("click", () => {
    Object.assign(drafts.get(name), { saved: block, digest });
    save();
  });
  theirs.addEventListener("click", () => {
    drafts.set(name, { text: block, saved: block, digest });
    choose(name);
    editor.focus();
  });
  choice.replaceChildren(
    element("p", {}, gettext("The file now has for this sentence:")),
    element("pre", { tabindex: "0" }, block || gettext("(nothing)")),
    mine,
    " ",
    theirs,
  );
}

function showPages(subjects) {
  pages.replaceChildren(
    ...subjects.map(({ label, href }) => element("li", {}, element("a", { href, target: "_blank" }, label))),
  );
}

function step(by) {
  const at = links.indexOf(linkOf(current)) + by;
  if (at >= 0 && at < links.length) go(links[at].dataset.passage);
}

async function go(name) {
  const address = new URL(location.href);
  address.searchParams.set("passage", name);
  history.replaceState(null, "", address);
  await choose(name);
  linkOf(name).scrollIntoView({ block: "nearest" });
  editor.focus();
}

page.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-passage]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  go(link.dataset.passage);
});
saveButton.addEventListener("click", save);
revertButton.addEventListener("click", () => {
  editor.text = drafts.get(current).saved;
});
document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented) return;
  const isCommand = event.ctrlKey || event.metaKey;
  if (isCommand && event.key === "s") {
    event.preventDefault();
    save();
  } else if (event.altKey && (event.key === "PageDown" || event.key === "PageUp")) {
    event.preventDefault();
    step(event.key === "PageDown" ? 1 : -1);
  }
});
addEventListener("beforeunload", (event) => {
  if ([...drafts.values()].some(isUnsaved)) event.preventDefault();
});
// The page stays as it is after a build: somebody writes on it. What another program has written is
// shown where nothing is unsaved.
document.addEventListener("rebuilt", (event) => event.preventDefault());
document.addEventListener("built", () => {
  say(gettext("The pages are up to date."));
  takeAnew(current);
});

async function takeAnew(name) {
  for (const [each, draft] of drafts) if (each !== name && !isUnsaved(draft)) drafts.delete(each);
  const { block, digest } = await ask("block.json", { passage: name }, "GET");
  const draft = drafts.get(name);
  if (isUnsaved(draft)) return;
  const isOther = block !== draft.saved;
  drafts.set(name, { text: block, saved: block, digest });
  if (isOther && name === current) editor.open(block);
}

const first = linkOf(page.dataset.chosen) ?? links.find((link) => link.classList.contains("lacking")) ?? links[0];
if (first) await choose(first.dataset.passage);
page.dataset.ready = "";
