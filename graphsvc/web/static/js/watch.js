// While one edits: a page shows what is wrong with the files, and reloads once they are built anew.
// The page of the editor hears of each build, and stays as it is.

const PAUSE = 500;
const { address, release } = document.getElementById("watch").dataset;

let shown = "";
let number;

function line({ place, message, remedy }) {
  const item = document.createElement("li");
  if (place) {
    const where = document.createElement("code");
    where.textContent = place;
    item.append(where, " ");
  }
  item.append(message);
  if (remedy) item.append(` → ${remedy}`);
  return item;
}

function banner(failure, faults) {
  const box = document.createElement("aside");
  box.id = "faults";
  box.setAttribute("role", "alert");
  const title = document.createElement("p");
  title.textContent = gettext("The files have errors; this page shows the last good graph.");
  const list = document.createElement("ul");
  list.append(...faults.map(line));
  box.append(title, list);
  return box;
}

function show(failure, faults) {
  const now = JSON.stringify(faults);
  if (now === shown) return;
  shown = now;
  document.getElementById("faults")?.remove();
  if (failure) document.body.prepend(banner(failure, faults));
}

async function look() {
  const reply = await fetch(address, { headers: { Accept: "application/json" } });
  if (!reply.ok) return;
  const told = await reply.json();
  show(told.failure, told.faults);
  number ??= told.number;
  if (told.number !== number && told.built === told.release) {
    number = told.number;
    document.dispatchEvent(new Event("built"));
  }
  if (told.release !== release && document.dispatchEvent(new Event("rebuilt", { cancelable: true }))) {
    location.reload();
  }
}

async function keepLooking() {
  try {
    if (!document.hidden) await look();
  } catch {
    // The service is ending or starting: it is asked again.
  }
  setTimeout(keepLooking, PAUSE);
}

keepLooking();
