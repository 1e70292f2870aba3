// Everything from the article or the service becomes text nodes and attributes of fixed names here: no markup in it is
// ever read as markup.

/** @param {string} id */
export const byId = (id) => document.getElementById(id);

/**
 * Make an element.
 * @param {string} name
 * @param {Record<string, string | boolean | ((event: Event) => void)>} [attributes] `on…` with a function is a listener,
 *   true is an attribute without a value, and false none
 * @param {...(Node | string)} children
 */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (typeof value === "function") made.addEventListener(key.slice(2), value);
    else if (value !== false) made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...children);
  return made;
}

/** @param {number} count @param {string} name */
export const counted = (count, name) => `${count.toLocaleString("en")} ${name}${count === 1 ? "" : "s"}`;

/** Say something to a screen reader. @param {string} words */
export function announce(words) {
  byId("announcement").textContent = words;
}
