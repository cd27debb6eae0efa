// Buttons that copy the text of an element, where the browser lets a page do so.

for (const button of document.querySelectorAll("button.copy")) {
  const said = button.parentElement.querySelector("output");
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.of).innerText.trim());
    said.hidden = false;
  });
}
