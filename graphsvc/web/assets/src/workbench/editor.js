// The editor: SPARQL with highlighting, completion from this graph, and its faults marked.
import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap, acceptCompletion } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { bracketMatching, indentOnInput, syntaxHighlighting } from "@codemirror/language";
import { forceLinting, linter, lintKeymap, setDiagnostics } from "@codemirror/lint";
import { highlightSelectionMatches, searchKeymap } from "@codemirror/search";
import { EditorState, Prec } from "@codemirror/state";
import { drawSelection, EditorView, highlightActiveLine, highlightSpecialChars, keymap, lineNumbers } from "@codemirror/view";
import { sparql } from "codemirror-lang-sparql";
import { colours, diagnosticsOf, PHRASES, theme, typingOver } from "../shared/codemirror.js";
import { element } from "../shared/element.js";
import { termCompletions, thingCompletions } from "./completion.js";
import { api } from "./service.js";

// How long after the last key a query is looked at, in milliseconds.
const PAUSE = 500;

// Puts an editor in the place of a text area. What is known to be wrong with the text (``known``) is
// marked until the text is another; from then on the service is asked.
export function createEditor(area, run, known = []) {
  const host = element("div", { class: "editor" });
  const root = host.attachShadow({ mode: "open" });
  const label = document.querySelector(`label[for="${area.id}"]`);
  label.replaceWith(element("span", { class: "label" }, ...label.childNodes));
  const hadFocus = document.activeElement === area;
  const { selectionStart: anchor, selectionEnd: head } = area;
  area.replaceWith(host);

  const looked = linter(
    async (view) => {
      const query = view.state.doc.toString();
      if (!query.trim()) return [];
      if (known.length && query === area.value) return diagnosticsOf(known, view.state.doc);
      try {
        const { faults } = await api("check.json", { query });
        return diagnosticsOf(faults, view.state.doc);
      } catch {
        // What cannot be looked at now is told when the query is run.
        return [];
      }
    },
    { delay: PAUSE },
  );
  const view = new EditorView({
    root,
    parent: root,
    state: EditorState.create({
      doc: area.value,
      extensions: [
        Prec.highest(
          keymap.of([
            { key: "Mod-Enter", run: () => (run(), true) },
            { key: "Tab", run: acceptCompletion },
          ]),
        ),
        EditorState.phrases.of(PHRASES),
        lineNumbers(),
        highlightSpecialChars(),
        history(),
        drawSelection(),
        indentOnInput(),
        bracketMatching(),
        closeBrackets(),
        highlightActiveLine(),
        highlightSelectionMatches(),
        autocompletion({ override: [termCompletions, thingCompletions], icons: false, interactionDelay: 0 }),
        keymap.of([...closeBracketsKeymap, ...defaultKeymap, ...searchKeymap, ...historyKeymap, ...completionKeymap, ...lintKeymap]),
        typingOver,
        sparql(),
        syntaxHighlighting(colours),
        looked,
        theme,
        EditorView.lineWrapping,
        EditorView.contentAttributes.of({ "aria-label": gettext("Query"), spellcheck: "false", autocapitalize: "off" }),
      ],
    }),
  });
  if (known.length) {
    // At once and only once: to mark again would close what somebody reads of a mark.
    forceLinting(view);
    view.dispatch({ effects: EditorView.scrollIntoView(diagnosticsOf(known, view.state.doc)[0].from) });
  }
  // Who has begun to write in the text area goes on here.
  if (hadFocus) {
    view.dispatch({ selection: { anchor, head } });
    view.focus();
  }
  return {
    get text() {
      return view.state.doc.toString();
    },
    set text(text) {
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } });
    },
    mark(faults) {
      view.dispatch(setDiagnostics(view.state, diagnosticsOf(faults, view.state.doc)));
    },
    focus: () => view.focus(),
  };
}
