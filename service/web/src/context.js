// What the article tells of its evidence, and what it doesn't seem to tell.
import { byId, element } from "./dom.js";
import { KINDS, evidenceWords, placeWords } from "./words.js";

/**
 * What is told of the study itself, each value once; of several numbers of people the largest, as the others are mostly
 * its groups.
 */
export function toldOnce(context) {
  const own = context.filter((telling) => !telling.background);
  const sizes = own.filter((telling) => telling.kind === "sample_size").map((telling) => Number(telling.value));
  const largest = sizes.reduce((most, size) => Math.max(most, size), 0);
  const first = new Map();
  for (const telling of own) {
    if (telling.kind === "sample_size" && Number(telling.value) !== largest) continue;
    const key = `${telling.kind} ${telling.value}`;
    if (!first.has(key)) first.set(key, telling);
  }
  return [...first.values()];
}

/**
 * @param {object[] | null} context of an answer; null if there is none
 * @param {object} info what the page knows of the service
 * @param {(place: {start: number, end: number}) => void} jump
 */
export function showContext(context, info, jump) {
  const lines = toldOnce(context ?? []).map((telling) => {
    const words = evidenceWords(telling, info);
    const go = element("button", { type: "button", class: "link", onclick: () => jump(telling) }, placeWords(telling.paragraph));
    return element("li", {}, `${words[0].toUpperCase()}${words.slice(1)}, told in `, go);
  });
  byId("context").replaceChildren(...lines);
  const told = new Set((context ?? []).filter((telling) => !telling.background).map((telling) => telling.kind));
  const missing = Object.keys(KINDS).filter((kind) => !told.has(kind));
  byId("untold").textContent = context && missing.length ? `Not found: ${missing.map((kind) => KINDS[kind]).join(", ")}.` : "";
  byId("evidence").hidden = !context;
}
