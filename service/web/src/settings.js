// What a reader has chosen. Mode and groups are in the address, so that a link keeps them; the theme and the ids of
// hidden marks are in this browser's storage. The text is in neither.

export const MODES = ["strict", "balanced", "sensitive"];
const HIDDEN = "overclaim.hidden";
const THEME = "overclaim.theme";
const MOST_HIDDEN = 2000;

function stored(key) {
  try {
    return localStorage.getItem(key);
  } catch {
    return null; // The browser keeps nothing for this page.
  }
}

function store(key, value) {
  try {
    if (value === null) localStorage.removeItem(key);
    else localStorage.setItem(key, value);
  } catch {
    // It then holds until the page is closed.
  }
}

/**
 * Mode and groups of an address's last part; what isn't known is passed over.
 * @param {string} hash for example `#mode=strict&off=tone`
 * @param {string[]} groups all groups' ids
 */
export function readHash(hash, groups) {
  const values = new URLSearchParams(hash.replace(/^#/, ""));
  const mode = values.get("mode");
  const off = (values.get("off") ?? "").split(",").filter((id) => groups.includes(id));
  return { mode: MODES.includes(mode) ? mode : "balanced", off: new Set(off) };
}

/** @param {{mode: string, off: Set<string>}} chosen */
export function writeHash({ mode, off }) {
  const parts = [];
  if (mode !== "balanced") parts.push(`mode=${mode}`);
  if (off.size) parts.push(`off=${[...off].join(",")}`);
  history.replaceState(null, "", parts.length ? `#${parts.join("&")}` : location.pathname);
}

/** Ids of the marks that were hidden. */
export function readHidden() {
  try {
    const ids = JSON.parse(stored(HIDDEN) ?? "[]");
    return new Set(Array.isArray(ids) ? ids.filter((id) => /^[0-9a-f]{1,64}$/.test(id)) : []);
  } catch {
    return new Set();
  }
}

/** @param {Set<string>} ids the oldest first */
export function writeHidden(ids) {
  store(HIDDEN, ids.size ? JSON.stringify([...ids].slice(-MOST_HIDDEN)) : null);
}

/** `light`, `dark`, or `auto` for what the system says. */
export function readTheme() {
  const theme = stored(THEME);
  return theme === "light" || theme === "dark" ? theme : "auto";
}

/** @param {string} theme */
export function setTheme(theme) {
  document.documentElement.dataset.theme = theme;
  store(THEME, theme === "auto" ? null : theme);
}
