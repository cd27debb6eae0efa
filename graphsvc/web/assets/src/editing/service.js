// What the scripts of the editor's page ask the service for. Who writes shows the page's token.
const { address, token } = document.getElementById("desk").dataset;

export class Problem extends Error {
  constructor(members) {
    super(members.detail);
    this.members = members;
  }
}

export async function ask(name, members, method = "POST") {
  const headers = { Accept: "application/json" };
  let reply;
  try {
    reply =
      method === "GET"
        ? await fetch(`${address}/${name}?${new URLSearchParams(members)}`, { headers })
        : await fetch(`${address}/${name}`, {
            method,
            headers: { ...headers, "Content-Type": "application/json", "Edit-Token": token },
            body: JSON.stringify(members),
          });
  } catch {
    throw new Problem({ detail: gettext("The service cannot be reached."), remedy: gettext("Try again.") });
  }
  const told = await reply.json();
  if (!reply.ok) throw new Problem(told);
  return told;
}
