// A page that shows a query because something is wrong with it: the editor in the place of the text
// area, with the faults marked that the page tells. The form is sent as without scripts.
import { createEditor } from "./workbench/editor.js";

const form = document.getElementById("ask");
const told = document.getElementById("faults");
const faults = told ? JSON.parse(told.textContent) : [];
const editor = createEditor(document.getElementById("query"), () => form.requestSubmit(), faults);

form.addEventListener("formdata", ({ formData }) => formData.set("query", editor.text));
document.querySelector(".keys").hidden = false;
form.dataset.ready = "";
