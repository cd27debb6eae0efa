// The editor of a block: Turtle with completion of terms and things, and its faults marked.
import { acceptCompletion, autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { bracketMatching, StreamLanguage, syntaxHighlighting } from "@codemirror/language";
import { turtle } from "@codemirror/legacy-modes/mode/turtle";
import { forceLinting, linter, lintKeymap } from "@codemirror/lint";
import { searchKeymap } from "@codemirror/search";
import { EditorState, Prec } from "@codemirror/state";
import { drawSelection, EditorView, highlightActiveLine, highlightSpecialChars, keymap, lineNumbers } from "@codemirror/view";
import { colours, diagnosticsOf, PHRASES, theme, typingOver } from "../shared/codemirror.js";
import { element } from "../shared/element.js";
import { ask } from "./service.js";

// How long after the last key a block is looked at, and names are looked for, in milliseconds.
const [LOOK, COMPLETE] = [400, 120];
const KINDS = { class: gettext("class"), property: gettext("property"), thing: gettext("thing") };

async function completions(context) {
  const line = context.state.doc.lineAt(context.pos);
  const before = line.text.slice(0, context.pos - line.from);
  // Words between quotation marks, in a comment and in an IRI are nobody's name.
  if ((before.match(/"/g)?.length ?? 0) % 2 || /(^|\s)#/.test(before)) return null;
  const word = context.matchBefore(/[\p{L}\p{N}_.-]*:?[\p{L}\p{N}_.-]*/u);
  if (!word || (!context.explicit && word.to - word.from < 2)) return null;
  await new Promise((resolve) => setTimeout(resolve, COMPLETE));
  if (context.aborted) return null;
  const { options } = await ask("complete.json", { typed: word.text }, "GET");
  return {
    from: word.from,
    filter: false,
    options: options.map(({ name, label, kind, definition }) => ({
      label: name,
      detail: `${label} · ${KINDS[kind]}`,
      info: definition || undefined,
      type: kind,
    })),
  };
}

// Puts the editor in the place of an element. It tells of each change, and asks to be saved.
export function createEditor(place, { changed, save, passage }) {
  const host = element("div", { class: "editor" });
  const root = host.attachShadow({ mode: "open" });
  place.replaceWith(host);

  const looked = linter(
    async (view) => {
      if (!passage()) return [];
      try {
        const { faults } = await ask("check.json", { passage: passage(), block: view.state.doc.toString() });
        showFaults(faults);
        return diagnosticsOf(faults, view.state.doc);
      } catch {
        // What cannot be looked at now is told when the block is saved.
        return [];
      }
    },
    { delay: LOOK },
  );
  const stateOf = (doc) =>
    EditorState.create({
      doc,
      extensions: [
        Prec.highest(
          keymap.of([
            { key: "Mod-s", run: () => (save(), true), preventDefault: true },
            { key: "Tab", run: acceptCompletion },
          ]),
        ),
        EditorState.phrases.of(PHRASES),
        lineNumbers(),
        highlightSpecialChars(),
        history(),
        drawSelection(),
        bracketMatching(),
        closeBrackets(),
        highlightActiveLine(),
        autocompletion({ override: [completions], icons: false, interactionDelay: 0 }),
        keymap.of([...closeBracketsKeymap, ...defaultKeymap, ...searchKeymap, ...historyKeymap, ...completionKeymap, ...lintKeymap]),
        typingOver,
        StreamLanguage.define(turtle),
        syntaxHighlighting(colours),
        looked,
        theme,
        EditorView.lineWrapping,
        EditorView.contentAttributes.of({ "aria-label": gettext("Facts"), spellcheck: "false", autocapitalize: "off" }),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) changed(update.state.doc.toString());
        }),
      ],
    });
  const view = new EditorView({ root, parent: root, state: stateOf("") });
  return {
    // Opens the block of another passage: what was done before in another one cannot be undone here.
    open(text) {
      view.setState(stateOf(text));
      forceLinting(view);
    },
    set text(text) {
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } });
    },
    // Adds a statement on a line of its own, after all others.
    add(statement) {
      const { doc } = view.state;
      const text = doc.toString();
      const insert = `${text.trim() ? `${text.endsWith("\n") ? "" : "\n"}` : ""}    ${statement}\n`;
      view.dispatch({ changes: { from: doc.length, insert }, selection: { anchor: doc.length + insert.length } });
      view.focus();
    },
    focus: () => view.focus(),
  };
}

// The same faults as text under the editor, for who does not hover over a mark.
function showFaults(faults) {
  document.getElementById("wrong").replaceChildren(
    ...faults.map(({ severity, line, message, remedy }) =>
      element("li", { class: severity }, gettext("Line %(line)s:", { line }), ` ${message} `, element("span", {}, remedy)),
    ),
  );
}
