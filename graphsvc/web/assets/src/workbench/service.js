// What the scripts ask the service for.
import { element } from "../shared/element.js";

const { endpoint: root, things } = document.getElementById("ask").dataset;

// So many characters of an address are safe with every server and proxy on the way.
const LONGEST_LINK = 8000;

export class LongQuery extends Error {}

export class Problem extends Error {
  constructor(members) {
    super(members.detail);
    this.members = members;
  }
}

// Asks by POST, so that a query may be long; by GET where an answer may be kept.
export async function api(name, parameters, method = "POST") {
  const sent = new URLSearchParams(parameters);
  const address = `${root}/${name}`;
  const headers = { Accept: "application/json" };
  let reply;
  try {
    reply =
      method === "GET"
        ? await fetch(`${address}?${sent}`, { headers })
        : await fetch(address, { method, headers, body: sent });
  } catch {
    throw new Problem({
      title: gettext("No answer"),
      detail: gettext("The service cannot be reached."),
      remedy: gettext("Try again."),
    });
  }
  const told = await reply.json();
  if (!reply.ok) throw new Problem(told);
  return told;
}

// What the search suggests for the beginning of a name.
export async function suggested(prefix) {
  const reply = await fetch(`${things}&${new URLSearchParams({ prefix })}`, { headers: { Accept: "application/json" } });
  return reply.ok ? (await reply.json()).suggestions : [];
}

// The address of a query, its graphs included: what the form itself would open.
export function linkTo(form, query) {
  const given = new URLSearchParams(new FormData(form));
  given.set("query", query);
  const link = `${root}?${given}`;
  if (link.length > LONGEST_LINK) throw new LongQuery();
  return link;
}

export function linkAs(form, format) {
  form.set("format", format);
  return `${root}?${new URLSearchParams(form)}`;
}

export async function whyEmpty(parameters) {
  const given = new URLSearchParams(parameters);
  given.set("explain", "empty");
  const reply = await fetch(root, { method: "POST", headers: { Accept: "application/json" }, body: given });
  const told = await reply.json();
  if (!reply.ok) throw new Problem(told);
  return told;
}

// A long answer is fetched by a form: only a form can POST and save what comes.
export function save(form, format) {
  const sender = element("form", { method: "post", action: root, hidden: "" });
  form.set("format", format);
  for (const [name, value] of form) {
    const field = element("textarea", { name });
    field.value = value;
    sender.append(field);
  }
  document.body.append(sender);
  sender.submit();
  sender.remove();
}
