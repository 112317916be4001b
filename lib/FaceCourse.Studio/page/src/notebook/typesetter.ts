/** Formulas between dollar signs, by KaTeX. */
import katex from "katex";
import type { IRenderMime } from "@jupyterlab/rendermime-interfaces";

// JupyterLab's Markdown renderer has taken the formulas out of the text and put them back as they were, delimiters and all.
const formula = /\$\$([\s\S]+?)\$\$|\\\[([\s\S]+?)\\\]|\\\(([\s\S]+?)\\\)|\$((?:\\.|[^$\\])+?)\$/g;
const skip = new Set(["PRE", "CODE", "SCRIPT", "STYLE", "TEXTAREA"]);

export class KatexTypesetter implements IRenderMime.ILatexTypesetter {
  typeset(element: HTMLElement): void {
    element.normalize();
    const texts: Text[] = [];
    const walker = document.createTreeWalker(element, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT, {
      acceptNode: node => node instanceof Element
        ? skip.has(node.tagName) || node.classList.contains("katex") ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_SKIP
        : /[$\\]/.test(node.nodeValue ?? "") ? NodeFilter.FILTER_ACCEPT : NodeFilter.FILTER_SKIP,
    });
    while (walker.nextNode()) texts.push(walker.currentNode as Text);
    for (const text of texts) this.replace(text);
  }

  private replace(text: Text): void {
    const source = text.data;
    const parts: (Node | string)[] = [];
    let end = 0;
    for (const match of source.matchAll(formula)) {
      parts.push(source.slice(end, match.index));
      const span = document.createElement("span");
      const display = match[1] ?? match[2];
      if (display !== undefined) span.className = "fc-formula";
      katex.render(display ?? match[3] ?? match[4], span, { displayMode: display !== undefined, throwOnError: false });
      parts.push(span);
      end = match.index! + match[0].length;
    }
    if (end > 0) text.replaceWith(...parts, source.slice(end));
  }
}
