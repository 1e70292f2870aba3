// The article as it is printed: marked words with numbers, and the notes below.
import { byId, element } from "./dom.js";

/**
 * @param {string} text
 * @param {{from: number, to: number, mark: import("./marks.js").Mark}[]} places where the marks are in `text`
 */
export function showPaper(text, places) {
  const article = byId("paper-article");
  article.replaceChildren();
  // Marks may overlap: cut the text at every start and end. The number stands where its mark ends.
  const cuts = [...new Set([0, text.length, ...places.flatMap(({ from, to }) => [from, to])])].sort((a, b) => a - b);
  cuts.slice(1).forEach((end, index) => {
    const start = cuts[index];
    const over = places.filter(({ from, to }) => from <= start && end <= to);
    const piece = text.slice(start, end);
    const classes = over.map(({ mark }) => `mark-${mark.group.id}`).join(" ");
    article.append(over.length ? element("span", { class: classes }, piece) : piece);
    const numbers = over.filter(({ to }) => to === end).map(({ mark }) => mark.number);
    if (numbers.length) article.append(element("sup", {}, numbers.join(", ")));
  });
  byId("paper-notes").replaceChildren(
    ...places.map(({ mark }) =>
      element(
        "li",
        { value: String(mark.number) },
        element("strong", {}, mark.span.title),
        ` (${mark.group.name}): “${mark.span.text}”. ${mark.span.message} ${mark.span.suggestion}`,
      ),
    ),
  );
}
