// An answer: its figures, its downloads, and its views. The graph, the chart and the map are loaded
// when they are first wanted.
import { element } from "../shared/element.js";
import { api, linkAs, Problem, save, whyEmpty } from "./service.js";
import { tableView } from "./table.js";

const VIEWS = {
  table: { label: gettext("Table"), draw: async (found, at) => tableView(found, at) },
  graph: { label: gettext("Graph"), draw: async (found, at) => (await import("./graph.js")).graphView(found, at) },
  chart: { label: gettext("Chart"), draw: async (found, at) => (await import("./chart.js")).chartView(found, at) },
  map: { label: gettext("Map"), draw: async (found, at) => (await import("./map.js")).mapView(found, at) },
  turtle: { label: "Turtle", draw: async (found, at) => turtleView(found, at) },
};

export class Answer {
  #section;
  #body;
  #asked = 0;
  #close = () => {};

  constructor(section) {
    this.#section = section;
    this.#body = section.querySelector("#answer-body");
  }

  hide() {
    this.#section.hidden = true;
  }

  // The server has written an answer already: it stays until more is wanted of it than it can do.
  // If the page has all of it, nothing is asked again; what stands over the rows stays as it is.
  adopt(query, parameters) {
    if (this.#section.hidden) return;
    const told = document.getElementById("told");
    const offer = element("button", { type: "button", class: "plain" }, gettext("Sort and draw"));
    offer.addEventListener("click", () => {
      const form = parameters();
      form.set("query", query);
      if (!told) return this.ask(query, form);
      offer.remove();
      const head = this.#body.querySelector(".downloads");
      while (head.nextElementSibling) head.nextElementSibling.remove();
      return this.#showViews(JSON.parse(told.textContent));
    });
    this.#body.querySelector(".figures").append(" ", offer);
  }

  // Asks a query and shows its answer; returns the problem, if it is one.
  async ask(query, parameters) {
    const turn = ++this.#asked;
    parameters.set("query", query);
    this.#section.hidden = false;
    this.#section.setAttribute("aria-busy", "true");
    try {
      const found = await api("answer.json", parameters);
      if (turn === this.#asked) {
        this.#close();
        this.#close = () => {};
        await this.#show(found, parameters);
      }
      return null;
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      this.#close();
      this.#close = () => {};
      if (turn === this.#asked) this.#showProblem(error.members);
      return error.members;
    } finally {
      if (turn === this.#asked) this.#section.removeAttribute("aria-busy");
    }
  }

  async #show(found, parameters) {
    const figures = element("p", { class: "figures", role: "status" }, ...figuresOf(found));
    this.#body.replaceChildren(figures, downloads(found, parameters));
    const isEmpty = found.boolean === null ? found.rows.length === 0 : !found.boolean;
    if (found.boolean !== null) {
      this.#body.append(element("p", { class: "boolean" }, found.boolean ? gettext("Yes") : gettext("No")));
    } else if (!isEmpty) {
      await this.#showViews(found);
    }
    if (isEmpty) await this.#explain(parameters);
  }

  async #showViews(found) {
    const names = ["table", ...["graph", "chart"].filter((name) => found.views[name])];
    if (found.map) names.push("map");
    if (found.turtle) names.push("turtle");
    const tabs = element("div", { class: "tabs", role: "tablist", "aria-label": gettext("Views of the answer") });
    const panel = element("div", { class: "view", role: "tabpanel", id: "view" });
    const open = async (name) => {
      for (const tab of tabs.children) {
        const chosen = tab.dataset.view === name;
        tab.setAttribute("aria-selected", chosen);
        tab.tabIndex = chosen ? 0 : -1;
      }
      panel.setAttribute("aria-labelledby", `tab-${name}`);
      this.#close();
      panel.replaceChildren();
      this.#close = (await VIEWS[name].draw(found, panel)) ?? (() => {});
      history.replaceState(null, "", name === "table" ? location.pathname + location.search : `#${name}`);
    };
    for (const name of names) {
      const tab = element(
        "button",
        { type: "button", role: "tab", id: `tab-${name}`, "data-view": name, "aria-controls": "view" },
        VIEWS[name].label,
      );
      tab.addEventListener("click", () => open(name));
      tabs.append(tab);
    }
    tabs.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!step) return;
      event.preventDefault();
      const at = names.indexOf(document.activeElement.dataset.view);
      const next = tabs.children[(at + step + names.length) % names.length];
      next.focus();
      next.click();
    });
    this.#body.append(tabs, panel);
    const wanted = location.hash.slice(1);
    await open(names.includes(wanted) ? wanted : "table");
  }

  #showProblem(problem) {
    const parts = [element("p", { class: "lead" }, problem.detail)];
    if (problem.excerpt) parts.push(...place(problem));
    if (problem.remedy) parts.push(element("p", {}, problem.remedy));
    const box = element("div", { class: "problem", role: "alert" }, element("h3", {}, problem.title), ...parts);
    this.#body.replaceChildren(box);
  }

  async #explain(parameters) {
    const box = element("div", { class: "explanation", role: "status" });
    this.#body.append(box);
    try {
      const told = await whyEmpty(parameters);
      box.append(element("h3", {}, gettext("Why it is empty")));
      if (!told.reasons.length) box.append(element("p", {}, told.summary));
      for (const reason of told.reasons) {
        box.append(element("p", { class: "reason" }, reason.message));
        if (reason.excerpt) box.append(...place(reason));
        box.append(element("p", {}, reason.remedy));
      }
      for (const part of told.unexamined) box.append(element("p", { class: "fine" }, gettext("Not examined: %(part)s", { part: part.message })));
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      box.append(element("p", {}, gettext("Why it is empty could not be found out. %(reason)s", { reason: error.message })));
    }
  }
}

function place({ line, column, excerpt }) {
  return [
    element("p", {}, gettext("Line %(line)s, column %(column)s:", { line, column })),
    element("pre", { tabindex: "0" }, element("code", {}, excerpt)),
  ];
}

function figuresOf(found) {
  const time = `${grouped(Math.max(1, Math.round(found.seconds * 1000)))} ms`;
  const release = aroundRelease(element("code", {}, found.release));
  if (found.boolean !== null) return [`${time} · `, ...release];
  const count = grouped(found.rows.length);
  const cut = found.complete ? "" : `, ${gettext("the first %(count)s here; the downloads are whole", { count })}`;
  return [element("b", {}, countOf(found, count)), `${cut} · ${time} · `, ...release];
}

function countOf(found, count) {
  const given = [found.rows.length, { count }];
  if (found.turtle && found.complete) return ngettext("%(count)s triple", "%(count)s triples", ...given);
  if (found.turtle) return ngettext("more than %(count)s triple", "more than %(count)s triples", ...given);
  if (found.complete) return ngettext("%(count)s row", "%(count)s rows", ...given);
  return ngettext("more than %(count)s row", "more than %(count)s rows", ...given);
}

// The text around the name of the release, which is an element.
function aroundRelease(name) {
  const [before, after] = gettext("release %(name)s", { name: "\0" }).split("\0");
  return [before, name, after].filter(Boolean);
}

function downloads(found, parameters) {
  const list = element("ul");
  const short = parameters.get("query").length < 6000;
  for (const { name, label } of found.formats) {
    const form = new FormData();
    for (const [key, value] of parameters) form.append(key, value);
    if (short) {
      list.append(element("li", {}, element("a", { href: linkAs(form, name), download: `answer.${name}` }, label)));
    } else {
      const button = element("button", { type: "button", class: "link" }, label);
      button.addEventListener("click", () => save(form, name));
      list.append(element("li", {}, button));
    }
  }
  return element("nav", { class: "downloads", "aria-label": gettext("The whole answer as data") }, list);
}

function turtleView(found, at) {
  at.append(element("pre", { tabindex: "0" }, element("code", {}, found.turtle)));
}
