// What the editors have in common: their looks, what their parts say, and how faults are marked.
//
// An editor stands in a shadow root, where CodeMirror's styles are constructed sheets, which the page's
// policy allows; in the page itself they would be inline and refused.
import { HighlightStyle } from "@codemirror/language";
import { EditorView } from "@codemirror/view";
import { tags } from "@lezer/highlight";

export const theme = EditorView.theme({
  "&": { color: "var(--ink)", backgroundColor: "var(--raised)", border: "1px solid var(--quiet)", borderRadius: "4px", fontSize: "0.9rem" },
  "&.cm-focused": { outline: "3px solid var(--accent)", outlineOffset: "1px" },
  ".cm-scroller": { fontFamily: "var(--code-face)", lineHeight: "1.5", minHeight: "16rem", maxHeight: "32rem", overflow: "auto" },
  ".cm-content": { caretColor: "var(--ink)", padding: "0.6rem 0" },
  ".cm-cursor": { borderLeftColor: "var(--ink)" },
  ".cm-gutters": { color: "var(--quiet)", backgroundColor: "var(--raised)", border: "0" },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "color-mix(in srgb, var(--accent) 8%, transparent)" },
  ".cm-selectionBackground, &.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground": { backgroundColor: "color-mix(in srgb, var(--accent) 28%, transparent)" },
  ".cm-matchingBracket, &.cm-focused .cm-matchingBracket": { backgroundColor: "color-mix(in srgb, var(--accent) 25%, transparent)", outline: "1px solid var(--accent)" },
  ".cm-tooltip": { color: "var(--ink)", backgroundColor: "var(--paper)", border: "1px solid var(--quiet)", borderRadius: "4px", maxWidth: "36rem" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul": { fontFamily: "var(--plain-face)", fontSize: "0.85rem", maxHeight: "18rem" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li": { padding: "0.2rem 0.6rem" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]": { color: "var(--paper)", backgroundColor: "var(--link)" },
  ".cm-completionDetail": { color: "var(--quiet)", fontStyle: "normal", marginLeft: "0.8em" },
  "li[aria-selected] .cm-completionDetail": { color: "inherit" },
  ".cm-completionInfo": { padding: "0.4rem 0.7rem", maxWidth: "22rem", fontSize: "0.85rem" },
  ".cm-diagnostic": { padding: "0.4rem 0.7rem", fontFamily: "var(--plain-face)" },
  ".cm-completionSection, completion-section": { color: "var(--quiet)", fontSize: "0.8rem", padding: "0.2rem 0.6rem", borderBottom: "1px solid var(--line)", opacity: "1" },
  // CodeMirror's own marks are images in data: addresses, which the page's policy refuses.
  ".cm-lintRange-error, .cm-lintRange-warning": { backgroundImage: "none", textDecoration: "underline wavy 1.5px", textUnderlineOffset: "3px" },
  ".cm-lintRange-error": { textDecorationColor: "var(--fault)" },
  ".cm-lintRange-warning": { textDecorationColor: "var(--editorial)" },
  ".cm-diagnosticAction": { color: "var(--paper)", backgroundColor: "var(--link)", padding: "0.1rem 0.5rem" },
  ".cm-panels": { color: "var(--ink)", backgroundColor: "var(--paper)" },
});

export const colours = HighlightStyle.define([
  { tag: tags.keyword, color: "var(--code-keyword)", fontWeight: "600" },
  { tag: tags.variableName, color: "var(--code-variable)" },
  { tag: [tags.namespace, tags.url, tags.typeName], color: "var(--code-name)" },
  { tag: [tags.string, tags.annotation], color: "var(--code-string)" },
  { tag: [tags.integer, tags.float, tags.bool], color: "var(--code-number)" },
  { tag: tags.comment, color: "var(--quiet)", fontStyle: "italic" },
]);

// What is typed over a selection is put in here: the browser would give it the look of what it
// replaces by a style attribute, which the page's policy refuses.
export const typingOver = EditorView.domEventHandlers({
  beforeinput(event, view) {
    const { from, to, empty } = view.state.selection.main;
    if (event.inputType !== "insertText" || !event.data || empty || view.composing) return false;
    const insert = () => view.state.update(view.state.replaceSelection(event.data), { userEvent: "input.type" });
    const isHandled = view.state.facet(EditorView.inputHandler).some((handle) => handle(view, from, to, event.data, insert));
    if (!isHandled) view.dispatch(insert());
    event.preventDefault();
    return true;
  },
});

// What the editor's own parts say.
export const PHRASES = {
  Completions: gettext("Completions"),
  Diagnostics: gettext("Diagnostics"),
  "No diagnostics": gettext("No diagnostics"),
  Find: gettext("Find"),
  Replace: gettext("Replace"),
  next: gettext("next"),
  previous: gettext("previous"),
  all: gettext("all"),
  "match case": gettext("match case"),
  regexp: gettext("regexp"),
  "by word": gettext("by word"),
  replace: gettext("replace"),
  "replace all": gettext("replace all"),
  close: gettext("close"),
  "Go to line": gettext("Go to line"),
  go: gettext("go"),
};

// A fault is marked at the word where it stands; one without a place, at the end.
export function diagnosticsOf(faults, doc) {
  return faults.map(({ severity, message, remedy, line, column, near = [] }) => {
    let [from, to] = [doc.length, doc.length];
    if (line && line <= doc.lines) {
      const { from: start, to: end, text } = doc.line(line);
      // The service counts characters, the editor UTF-16 units.
      const before = [...text].slice(0, column - 1).join("").length;
      from = Math.min(start + before, end);
      to = from + (text.slice(before).match(/^[^\s{}();,]+/)?.[0].length ?? 1);
    }
    const actions = near.map((name) => ({
      name: gettext("Write %(name)s", { name }),
      apply: (view, start, end) => view.dispatch({ changes: { from: start, to: end, insert: name } }),
    }));
    return { from, to: Math.min(to, doc.length), severity, message: [message, remedy].filter(Boolean).join(" "), actions };
  });
}
