// The ten review criteria as bars, each with its verdict in words.
import { byId, element } from "./dom.js";
import { verdictWords } from "./words.js";

const SVG = "http://www.w3.org/2000/svg";
const CLASSES = { satisfactory: "good", "not satisfactory": "bad" };

function bar(score) {
  const chart = document.createElementNS(SVG, "svg");
  const set = (target, values) => Object.entries(values).forEach(([key, value]) => target.setAttribute(key, value));
  set(chart, { viewBox: "0 0 100 8", preserveAspectRatio: "none", "aria-hidden": "true", class: "bar" });
  for (const [name, width] of [["bar-all", 100], ["bar-score", 100 * score]]) {
    const part = document.createElementNS(SVG, "rect");
    set(part, { class: name, width: width.toFixed(1), height: 8 });
    chart.append(part);
  }
  return chart;
}

/**
 * @param {Record<string, {score: number, verdict: string | null, because: object[]}> | null} scorecard
 * @param {{id: string, title: string, question: string}[]} criteria in order
 * @param {(place: {start: number, end: number}) => void} jump
 */
export function showScorecard(scorecard, criteria, jump) {
  const rows = criteria
    .filter(({ id }) => scorecard?.[id])
    .map(({ id, title, question }) => {
      const { score, verdict, because } = scorecard[id];
      const reasons = because.map((place) =>
        element("button", { type: "button", class: "link quote", onclick: () => jump(place) }, `“${place.text}”`),
      );
      const row = element("li", { class: `criterion ${CLASSES[verdict] ?? "unknown"}` });
      row.append(
        element("span", { class: "criterion-title", title: question }, title),
        bar(score),
        element("span", { class: "criterion-score" }, `${score.toFixed(2)}`),
        element("span", { class: "criterion-verdict" }, verdictWords(verdict)),
      );
      if (reasons.length) row.append(element("span", { class: "because" }, "because of", ...reasons));
      return row;
    });
  byId("criteria").replaceChildren(...rows);
  byId("scorecard").hidden = rows.length === 0;
}
