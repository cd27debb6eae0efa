// Who looks up a part of a document that is on another page of it, or on none, is sent to what is said
// of the part. Without this file the part is found by its name.

const { iri, describe } = document.getElementById("fragment-script").dataset;

async function follow() {
  const { hash } = location;
  if (!hash || document.getElementById(decodeURIComponent(hash.slice(1)))) return;
  const address = `${describe}?iri=${encodeURIComponent(iri + hash)}`;
  const answer = await fetch(address, { method: "HEAD", headers: { Accept: "text/html" } });
  // What is sent back here would be sent round and round.
  if (answer.ok && !answer.redirected) location.replace(address);
}

follow();
